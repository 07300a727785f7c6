//! What the phone module in the browser exports. It keeps nothing that a call depends on.
//!
//! Only numbers cross the border. A text goes in as UTF-16, as JavaScript has it, at the address that [`text`] gives; an
//! answer comes out in its place, and its length is returned. The file of formats, where one is needed, is written to the
//! address that [`pack`] gives. So the module needs no heap and no code for what happens when a heap is exhausted, which
//! would be a tenth of it. A country is its ISO 3166 code as two bytes of a number, the first letter in the higher one,
//! or 0.

use core::{
    char,
    sync::atomic::{AtomicU8, AtomicU16, Ordering},
};

use wasm_bindgen::prelude::wasm_bindgen;

use crate::check::phone::{AsYouType, FORMATS, Formats, Phone, Text, short::Line};

/// The room for a text in UTF-16. The longest text that is read fits in, whatever its script.
static TEXT: [AtomicU16; 512] = [const { AtomicU16::new(0) }; 512];
const LONGEST_PACK: usize = 16 * 1024;
const _: () = assert!(FORMATS.len() <= LONGEST_PACK);
/// The room for the file of formats.
static PACK: [AtomicU8; LONGEST_PACK] = [const { AtomicU8::new(0) }; LONGEST_PACK];

/// Where texts go in and answers come out.
#[wasm_bindgen]
pub fn text() -> *const u16 {
    TEXT.as_ptr().cast()
}

/// Where the file of formats goes in.
#[wasm_bindgen]
pub fn pack() -> *const u8 {
    PACK.as_ptr().cast()
}

/// Judges what was typed. The answer has fields separated by tabs: the problem, the number as E.164, its region, its kind,
/// its extension, and `1` if its length is possible. Without a number there is only the problem.
#[wasm_bindgen]
pub fn check(length: usize, country: u16) -> usize {
    give(&Phone::answer(&take(length), &country.to_be_bytes()))
}

/// Writes what was typed as people write it: for people elsewhere if `abroad`. Nothing where no number can be read.
#[wasm_bindgen]
pub fn format(length: usize, country: u16, abroad: bool, pack: usize) -> usize {
    let phone = Phone::read(&take(length), &country.to_be_bytes());
    with_formats(pack, |formats| phone.map_or(0, |phone| give(&phone.written(formats, abroad))))
}

/// Groups the digits of a field while it is filled in. Nothing for a field that stays as it is.
#[wasm_bindgen]
pub fn group(length: usize, country: u16, pack: usize) -> usize {
    let field = take(length);
    with_formats(pack, |formats| {
        let line = AsYouType::group_line(formats, &country.to_be_bytes(), field.as_slice());
        line.map_or(0, |line| give(&line))
    })
}

fn take(length: usize) -> Text {
    let units = TEXT.iter().take(length).map(|unit| unit.load(Ordering::Relaxed));
    char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

fn with_formats(length: usize, then: impl FnOnce(&Formats<'_>) -> usize) -> usize {
    let mut bytes = [0; LONGEST_PACK];
    for (byte, place) in bytes.iter_mut().zip(&PACK) {
        *byte = place.load(Ordering::Relaxed);
    }
    bytes.get(..length).and_then(Formats::parse).map_or(0, |formats| then(&formats))
}

fn give(line: &Line) -> usize {
    let line = line.as_slice();
    for (place, byte) in TEXT.iter().zip(line) {
        place.store(u16::from(*byte), Ordering::Relaxed);
    }
    line.len()
}
