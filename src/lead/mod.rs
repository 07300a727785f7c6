//! The values: a lead, its identity, and what may be wrong with what was typed.
//!
//! Decides nothing. Which values a form takes is the matter of `form`, what they are worth that of `qualify`.

mod contact;
mod id;
mod operation;
mod problem;
mod record;
mod stage;

pub use contact::{plain, property, split_name};
pub use id::LeadId;
pub use operation::{Operation, lanes};
pub use problem::{Problem, Suggestion};
pub use record::{FormRef, Lead};
pub use stage::Stage;
