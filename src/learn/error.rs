//! What can be wrong with a file of outcomes. No sentence contains a value of the file beside its column names.

use alloc::string::String;
use core::fmt;

use crate::wire::csv::CsvError;

/// Outcomes that nothing can be learned from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LearnError {
    kind: Kind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Csv(CsvError),
    NoColumn(String),
    TwiceColumn(String),
    Fields { line: usize, expected: usize, found: usize },
    Outcome { line: usize },
    Score { line: usize },
    TooWide,
    OneSided { won: usize, lost: usize },
}

impl LearnError {
    pub(super) fn new(kind: Kind) -> Self {
        Self { kind }
    }

    /// A stable word for programs; the sentence of `Display` is for people and may change.
    pub fn code(&self) -> &'static str {
        match self.kind {
            Kind::Csv(_) => "csv_invalid",
            Kind::NoColumn(_) => "learn_column_missing",
            Kind::TwiceColumn(_) => "learn_column_twice",
            Kind::Fields { .. } => "learn_fields",
            Kind::Outcome { .. } => "learn_outcome",
            Kind::Score { .. } => "learn_score",
            Kind::TooWide => "learn_too_wide",
            Kind::OneSided { .. } => "learn_one_sided",
        }
    }

    /// The line of the file, counted from one.
    pub fn line(&self) -> Option<usize> {
        match self.kind {
            Kind::Csv(error) => Some(error.line()),
            Kind::Fields { line, .. } | Kind::Outcome { line } | Kind::Score { line } => Some(line),
            Kind::NoColumn(_) | Kind::TwiceColumn(_) | Kind::TooWide => Some(1),
            Kind::OneSided { .. } => None,
        }
    }
}

impl fmt::Display for LearnError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Csv(error) => error.fmt(f),
            Kind::NoColumn(name) => {
                write!(f, "outcomes at line 1: expected a column \"{name}\", found none")
            }
            Kind::TwiceColumn(name) => {
                write!(f, "outcomes at line 1: expected one column \"{name}\", found two")
            }
            Kind::Fields { line, expected, found } => {
                write!(f, "outcomes at line {line}: expected {expected} fields, found {found}")
            }
            Kind::Outcome { line } => write!(
                f,
                "outcomes at line {line}: expected won or lost (or yes or no, true or false, 1 or 0, or nothing while it \
                 is open), found something else"
            ),
            Kind::Score { line } => {
                write!(
                    f,
                    "outcomes at line {line}: expected a number as score, found something else"
                )
            }
            Kind::TooWide => {
                f.write_str("outcomes at line 1: expected at most 1000 columns, found more")
            }
            Kind::OneSided { won, lost } => write!(
                f,
                "outcomes: expected at least 5 won and 5 lost leads, found {won} won and {lost} lost"
            ),
        }
    }
}

impl core::error::Error for LearnError {}

impl From<CsvError> for LearnError {
    fn from(error: CsvError) -> Self {
        Self::new(Kind::Csv(error))
    }
}
