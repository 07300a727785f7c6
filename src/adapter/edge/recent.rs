//! The batches of requests that wait for what they asked for, so that they are not read again.
//!
//! A cache: a request whose batch is not here, after a reset or because others came in between, finds all it needs in its body.

use alloc::{borrow::ToOwned, rc::Rc, string::String, vec::Vec};
use core::cell::RefCell;

use super::{head::Head, leads::Batch};

/// The most batches that are kept.
const MOST: usize = 16;

struct Waiting {
    nonce: String,
    print: u64,
    batch: Rc<Batch>,
}

std::thread_local! {
    static RECENT: RefCell<Vec<Waiting>> = const { RefCell::new(Vec::new()) };
}

/// Takes out the batch of this request.
pub fn take(head: &Head, body: &[u8]) -> Option<Rc<Batch>> {
    let print = fingerprint(body);
    RECENT.with_borrow_mut(|recent| {
        let own = |each: &Waiting| each.nonce == head.nonce() && each.print == print;
        recent.iter().position(own).map(|place| recent.swap_remove(place).batch)
    })
}

/// Keeps the batch for the next step of the same request.
pub fn keep(batch: &Rc<Batch>, head: &Head, body: &[u8]) {
    let (nonce, batch) = (head.nonce().to_owned(), Rc::clone(batch));
    RECENT.with_borrow_mut(|recent| {
        if recent.len() >= MOST {
            recent.remove(0);
        }
        recent.push(Waiting { nonce, print: fingerprint(body), batch });
    });
}

/// A number that differs where bodies do, unless somebody wants it not to: it only keeps two requests apart that share a
/// nonce, which the platform makes.
fn fingerprint(body: &[u8]) -> u64 {
    let add = |sum: u64, word: u64| (sum.rotate_left(5) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let (words, rest) = body.as_chunks::<8>();
    let sum = words.iter().fold(0, |sum, word| add(sum, u64::from_le_bytes(*word)));
    rest.iter().fold(add(sum, body.len() as u64), |sum, byte| add(sum, u64::from(*byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_that_differ_in_a_byte_have_other_fingerprints() {
        let prints = [&b""[..], b"a", b"b", b"12345678", b"12345679", b"123456789", b"123456780"];
        let mut prints = prints.map(fingerprint);
        prints.sort_unstable();
        assert!(prints.is_sorted_by(|a, b| a < b));
    }
}
