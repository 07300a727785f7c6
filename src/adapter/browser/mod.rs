//! The exported API of the browser core.

use alloc::{borrow::ToOwned as _, string::String};

use wasm_bindgen::prelude::wasm_bindgen;

/// The version of the package that this module was built from.
#[wasm_bindgen]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}
