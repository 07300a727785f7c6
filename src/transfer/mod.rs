//! Decides how stored leads reach their destinations. Does no I/O.
//!
//! At least once: a delivery is leased with a fencing token, its attempt is written before the request, and its result is
//! written only while the token still fits. A crash anywhere lets the lease expire, and the delivery is tried again under
//! the same idempotency key. Each destination is a lane of its own with its own places and its own breaker, so that one
//! that hangs does not delay the others.

pub mod access;
pub mod aws;
pub mod control;
pub mod destinations;
pub mod export;
pub mod flight;
pub mod guard;
mod item;
pub mod journal;
pub mod limit;
pub mod retry;
pub mod run;
mod sign;
pub mod statement;
pub mod view;

pub use flight::{GRANTED, KEPT, LOOKED, SENT};
pub use run::Lane;
pub use statement::{Key, Scope};

/// The word in the state of a step that wrote the result of an attempt.
pub const SETTLED: &str = "transfer.settled";
