//! What the phone module in the browser exports: text in, JSON out. It keeps nothing between calls.

use alloc::string::String;

use wasm_bindgen::prelude::wasm_bindgen;

use crate::check::phone::{AsYouType, Formats, Phone};

/// The general allocator of `std` would be a tenth of the module.
#[cfg(all(
    target_arch = "wasm32",
    not(any(feature = "browser", feature = "edge", feature = "cli", feature = "pow"))
))]
#[global_allocator]
static ALLOCATOR: lol_alloc::LockedAllocator<lol_alloc::FreeListAllocator> =
    lol_alloc::LockedAllocator::new(lol_alloc::FreeListAllocator::new());

/// What was typed, judged: see [`Phone::answer`]. `country` is an ISO 3166 code, or empty where it is not known.
#[wasm_bindgen]
pub fn check(text: &str, country: &str) -> String {
    Phone::answer(text, country)
}

/// What was typed as people write it: at home if `abroad` is false, and for people elsewhere if it is true. Empty where
/// nothing can be read. `formats` is the file of formats of the same package.
#[wasm_bindgen]
pub fn format(text: &str, country: &str, abroad: bool, formats: &[u8]) -> String {
    match (Phone::parse(text, Some(country)), Formats::parse(formats)) {
        (Ok(phone), Some(formats)) if abroad => phone.international(&formats),
        (Ok(phone), Some(formats)) => phone.national(&formats),
        _ => String::new(),
    }
}

/// The digits of a field in groups, while it is filled in; the field as it is without the right formats.
#[wasm_bindgen]
pub fn group(field: &str, country: &str, formats: &[u8]) -> String {
    Formats::parse(formats).map_or_else(
        || String::from(field),
        |formats| AsYouType::group(&formats, Some(country), field),
    )
}
