//! Is what was typed a valid e-mail address, postcode, VAT number …, and what is its normal form?
//!
//! One file per format. Every check is a pure function of the typed text, options and [`Known`] facts. What only a
//! platform or a pack can tell (the ASCII form of an international host, the lists of mail domains) is a fact that goes
//! in; while it is missing the answer is "not yet known", never "invalid". A problem is a code out of [`CODES`]; the
//! sentences for visitors are data files, one per locale, in `www/browser/messages`.

mod answer;
mod code;
pub mod company;
pub mod country;
pub mod date;
mod digit;
pub mod email;
pub mod host;
pub mod iban;
mod junk;
mod known;
pub mod magic;
pub mod name;
pub mod number;
pub mod pack;
pub mod phone;
pub mod postcode;
mod slip;
pub mod tax;
mod text;
pub mod url;
pub mod vat;

pub use answer::{answer, answer_format};
pub use code::CODES;
pub use known::{Known, Packs};
