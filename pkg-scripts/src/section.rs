//! The `target_features` section of a Wasm module: what the module says it needs.
//!
//! The compiled standard library declares features that the crate is built without. `wasm-bindgen` believes the section
//! and would then use several tables, which plain JavaScript cannot have. The format is that of the tool conventions:
//! <https://github.com/WebAssembly/tool-conventions/blob/main/Linking.md#target-features-section>

use anyhow::{Context as _, Result, bail};

const DROPPED: &[&[u8]] = &[b"reference-types", b"multivalue", b"call-indirect-overlong"];
const HEADER: usize = 8;
const CUSTOM: u8 = 0;

/// The same module, without a word of the features that [`DROPPED`] names.
pub fn without_new_features(module: &[u8]) -> Result<Vec<u8>> {
    let (header, mut rest) = module.split_at_checked(HEADER).context("the module is too short")?;
    if !header.starts_with(b"\0asm") {
        bail!("not a Wasm module");
    }
    let mut out = header.to_vec();
    while let Some((&id, after)) = rest.split_first() {
        let (size, after) = number(after)?;
        let (body, after) = after.split_at_checked(size).context("a section is cut off")?;
        rest = after;
        let body = if id == CUSTOM { rewritten(body)? } else { body.to_vec() };
        out.push(id);
        push_number(&mut out, body.len());
        out.extend_from_slice(&body);
    }
    Ok(out)
}

fn rewritten(body: &[u8]) -> Result<Vec<u8>> {
    let (name, rest) = bytes(body)?;
    if name != b"target_features" {
        return Ok(body.to_vec());
    }
    let (count, mut rest) = number(rest)?;
    let mut kept = Vec::new();
    for _ in 0..count {
        let (&prefix, after) = rest.split_first().context("a feature is cut off")?;
        let (feature, after) = bytes(after)?;
        rest = after;
        if !DROPPED.contains(&feature) {
            kept.push((prefix, feature));
        }
    }
    let mut out = Vec::new();
    push_bytes(&mut out, name);
    push_number(&mut out, kept.len());
    for (prefix, feature) in kept {
        out.push(prefix);
        push_bytes(&mut out, feature);
    }
    Ok(out)
}

/// Reads an unsigned LEB128 number of at most 32 bits.
fn number(mut rest: &[u8]) -> Result<(usize, &[u8])> {
    let mut value = 0_usize;
    for shift in (0..32).step_by(7) {
        let (&byte, after) = rest.split_first().context("a number is cut off")?;
        rest = after;
        value |= usize::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Ok((value, rest));
        }
    }
    bail!("a number is too long")
}

fn push_number(out: &mut Vec<u8>, mut value: usize) {
    loop {
        let [low, ..] = (value & 0x7f).to_le_bytes();
        value >>= 7;
        out.push(if value == 0 { low } else { low | 0x80 });
        if value == 0 {
            return;
        }
    }
}

fn bytes(rest: &[u8]) -> Result<(&[u8], &[u8])> {
    let (length, rest) = number(rest)?;
    rest.split_at_checked(length).context("a name is cut off")
}

fn push_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    push_number(out, bytes.len());
    out.extend_from_slice(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn module(features: &[&str]) -> Vec<u8> {
        let mut body = Vec::new();
        push_bytes(&mut body, b"target_features");
        push_number(&mut body, features.len());
        for feature in features {
            body.push(b'+');
            push_bytes(&mut body, feature.as_bytes());
        }
        let mut module = b"\0asm\x01\0\0\0".to_vec();
        module.push(CUSTOM);
        push_number(&mut module, body.len());
        module.extend(body);
        module
    }

    #[test]
    fn features_that_plain_javascript_cannot_have_are_dropped_and_others_kept() {
        let before = module(&["sign-ext", "reference-types", "bulk-memory", "multivalue"]);
        let after = without_new_features(&before).unwrap();
        assert_eq!(after, module(&["sign-ext", "bulk-memory"]));
    }

    #[test]
    fn a_file_that_is_cut_off_is_an_error_and_no_panic() {
        let whole = module(&["sign-ext", "reference-types"]);
        for end in 0..whole.len() {
            let _ = without_new_features(&whole[..end]);
        }
        assert!(without_new_features(&whole[..whole.len() - 1]).is_err());
    }
}
