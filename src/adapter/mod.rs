//! The only code that names a platform: what the generated JavaScript calls.
//!
//! `browser` and `edge` hold files of the same names. They never import each other.

#[cfg(all(
    target_arch = "wasm32",
    any(feature = "browser", feature = "formats", feature = "judge"),
    not(any(
        feature = "cli",
        feature = "edge",
        feature = "full",
        feature = "phone",
        feature = "pow"
    ))
))]
mod bare;
#[cfg(feature = "browser")]
pub mod browser;
#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "edge")]
pub mod edge;
#[cfg(feature = "formats")]
pub mod formats;
#[cfg(feature = "full")]
pub mod full;
#[cfg(feature = "judge")]
pub mod judge;
#[cfg(feature = "phone")]
pub mod phone;
#[cfg(feature = "pow")]
pub mod pow;
