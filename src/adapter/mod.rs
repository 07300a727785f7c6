//! The only code that names a platform: what the generated JavaScript calls.
//!
//! `browser` and `edge` hold files of the same names. They never import each other.

#[cfg(feature = "browser")]
pub mod browser;
#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "edge")]
pub mod edge;
#[cfg(feature = "phone")]
pub mod phone;
#[cfg(feature = "pow")]
pub mod pow;
