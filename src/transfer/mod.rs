//! Decides how stored leads reach their destinations. Does no I/O.
//!
//! At least once: a delivery is leased with a fencing token, its attempt is written before the request, and its result is
//! written only while the token still fits. A crash anywhere lets the lease expire, and the delivery is tried again under
//! the same idempotency key.

pub mod guard;
pub mod retry;
