//! What the phone module in the browser exports: text in, JSON out. It keeps nothing between calls.

use alloc::string::String;

use wasm_bindgen::prelude::wasm_bindgen;

use crate::check::phone::Phone;

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
