//! Lead capture, qualification and transfer in one core.
//!
//! Everything here is pure except [`adapter`]: no clock, no randomness, no I/O. Time, seeds and facts are arguments.
//! Logic that waits is a machine: told what happened and what time it is, asked what to do.
#![no_std]

extern crate alloc;
// What a browser loads early does without, see `adapter::bare`.
#[cfg(not(all(
    target_arch = "wasm32",
    any(feature = "browser", feature = "formats", feature = "judge"),
    not(any(feature = "cli", feature = "edge", feature = "phone", feature = "pow"))
)))]
extern crate std;

pub mod abuse;
pub mod adapter;
pub mod attribution;
pub mod check;
pub mod config;
pub mod error;
pub mod form;
pub mod intake;
pub mod lead;
pub mod learn;
pub mod map;
pub mod outbox;
pub mod qualify;
pub mod random;
pub mod render;
pub mod report;
pub mod rule;
pub mod source;
pub mod time;
pub mod transfer;
pub mod wire;

pub use error::Error;
