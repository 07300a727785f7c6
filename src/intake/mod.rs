//! Decides what becomes of leads at the edge: stored once, recognised again, or refused and kept in quarantine.
//!
//! Facts in, a plan of SQL out; does no I/O. A lead, its deliveries and its row for the index commit in one transaction.

pub mod challenge;
pub mod erase;
pub mod file;
pub mod index;
pub mod judge;
pub mod mark;
pub mod movement;
pub mod partial;
pub mod person;
pub mod receipt;
pub mod record;
pub mod schema;
mod siteverify;
pub mod store;
pub mod weigh;
