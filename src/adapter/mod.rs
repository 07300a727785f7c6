//! The only code that names a platform: what the generated JavaScript calls.
//!
//! `browser` and `edge` hold files of the same names. They never import each other.
