//! Reads outcomes: one lead a line, one column that says whether it was won, any columns of facts.
//!
//! Decides what a column is: numbers, where at least 95 % of what is filled in are numbers, or words. Sets aside what
//! nothing can be learned from: columns with one value, row numbers, and text that is different for almost every lead.

use alloc::{borrow::Cow, borrow::ToOwned, collections::BTreeMap, string::String, vec::Vec};

use super::{
    decimal,
    error::{Kind, LearnError},
};
use crate::wire::csv::Csv;

/// The most columns of a file.
const MAX_COLUMNS: usize = 1000;

/// What to read from the outcomes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// The column that says `won` or `lost`; `yes` or `no`, `true` or `false` and `1` or `0` serve as well, in any case
    /// of letters. A lead with an empty field or `open` is left out.
    pub outcome: String,
    /// The column with the points of the rules that are in use, if there is one: what is learned must beat it.
    pub score: Option<String>,
    /// Columns to leave out.
    pub drop: Vec<String>,
    /// Columns to use although they look like leaks.
    pub keep: Vec<String>,
    /// Decides which leads are judged together; the same seed gives the same scorecard.
    pub seed: u64,
}

/// Why nothing is learned from a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unused {
    /// The options say so.
    Dropped,
    /// It looks like a leak, and the options do not keep it.
    Leak,
    /// It has the same value for all leads.
    Constant,
    /// It numbers the lines.
    RowNumber,
    /// It differs for almost every lead: an identifier or free text.
    Unique,
}

pub(super) struct Table {
    pub(super) columns: Vec<Column>,
    pub(super) won: Vec<bool>,
    pub(super) hand: Option<Vec<i64>>,
    pub(super) unused: Vec<(String, Unused)>,
    pub(super) open: usize,
}

pub(super) struct Column {
    pub(super) name: String,
    pub(super) values: Values,
}

pub(super) enum Values {
    /// Millionths, or `None` where the lead has no number.
    Numbers(Vec<Option<i64>>),
    /// One more than an index into `words`, or 0 where the lead has none.
    Words { lead: Vec<u32>, words: Vec<String> },
}

impl Options {
    /// Everything there is, with the outcome in the named column.
    pub fn new(outcome: &str) -> Self {
        Self {
            outcome: outcome.to_owned(),
            score: None,
            drop: Vec::new(),
            keep: Vec::new(),
            seed: 0,
        }
    }
}

impl Unused {
    /// A stable word for programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Dropped => "dropped",
            Self::Leak => "leak",
            Self::Constant => "constant",
            Self::RowNumber => "row_number",
            Self::Unique => "unique",
        }
    }
}

/// A column while it is read: each different text once.
struct Raw {
    name: String,
    seen: BTreeMap<String, u32>,
    lead: Vec<u32>,
}

/// Where the columns with a meaning of their own are.
struct Header {
    raw: Vec<Raw>,
    outcome: usize,
    score: Option<usize>,
}

/// Reads the leads whose outcome is known.
pub(super) fn read(text: &str, options: &Options) -> Result<Table, LearnError> {
    let delimiter = Csv::detect(text);
    let comma = delimiter == ';';
    let mut header: Option<Header> = None;
    let mut table = Table {
        columns: Vec::new(),
        won: Vec::new(),
        hand: options.score.as_ref().map(|_| Vec::new()),
        unused: Vec::new(),
        open: 0,
    };
    let mut failed = Ok(());
    let mut take = |record: &[String], line: usize| {
        if failed.is_err() {
            return;
        }
        failed = match &mut header {
            None => start(record, options).map(|made| header = Some(made)),
            Some(header) => lead(record, line, header, comma, &mut table),
        };
    };
    let mut csv = Csv::new(delimiter);
    csv.feed(text, &mut take)?;
    csv.finish(&mut take)?;
    failed?;
    let Some(header) = header else {
        return Err(LearnError::new(Kind::NoColumn(options.outcome.clone())));
    };
    let special = [Some(header.outcome), header.score];
    for (index, raw) in header.raw.into_iter().enumerate() {
        if special.contains(&Some(index)) {
            continue;
        }
        match column(raw, options, comma) {
            Ok(column) => table.columns.push(column),
            Err(unused) => table.unused.push(unused),
        }
    }
    Ok(table)
}

fn start(record: &[String], options: &Options) -> Result<Header, LearnError> {
    if record.len() > MAX_COLUMNS {
        return Err(LearnError::new(Kind::TooWide));
    }
    let mut raw: Vec<Raw> = Vec::new();
    for name in record {
        let name = name.trim();
        if raw.iter().any(|other| other.name == name) {
            return Err(LearnError::new(Kind::TwiceColumn(name.to_owned())));
        }
        raw.push(Raw { name: name.to_owned(), seen: BTreeMap::new(), lead: Vec::new() });
    }
    let find = |name: &str| {
        let at = raw.iter().position(|raw| raw.name == name);
        at.ok_or_else(|| LearnError::new(Kind::NoColumn(name.to_owned())))
    };
    for name in options.drop.iter().chain(&options.keep) {
        find(name)?;
    }
    let outcome = find(&options.outcome)?;
    let score = options.score.as_deref().map(find).transpose()?;
    Ok(Header { raw, outcome, score })
}

fn lead(
    record: &[String],
    line: usize,
    header: &mut Header,
    comma: bool,
    table: &mut Table,
) -> Result<(), LearnError> {
    let expected = header.raw.len();
    if record.len() != expected {
        let found = record.len();
        return Err(LearnError::new(Kind::Fields { line, expected, found }));
    }
    let outcome = record.get(header.outcome).map_or("", String::as_str);
    let won = match Outcome::parse(outcome) {
        Some(Outcome::Won) => true,
        Some(Outcome::Lost) => false,
        Some(Outcome::Open) => {
            table.open += 1;
            return Ok(());
        }
        None => return Err(LearnError::new(Kind::Outcome { line })),
    };
    if let (Some(hand), Some(score)) = (&mut table.hand, header.score) {
        let value = record.get(score).and_then(|text| number(text.trim(), comma));
        hand.push(value.ok_or(LearnError::new(Kind::Score { line }))?);
    }
    table.won.push(won);
    for (raw, text) in header.raw.iter_mut().zip(record) {
        let text = text.trim();
        let next = u32::try_from(raw.seen.len() + 1).unwrap_or(u32::MAX);
        let index = match raw.seen.get(text) {
            _ if text.is_empty() => 0,
            Some(index) => *index,
            None => {
                raw.seen.insert(text.to_owned(), next);
                next
            }
        };
        raw.lead.push(index);
    }
    Ok(())
}

enum Outcome {
    Won,
    Lost,
    Open,
}

impl Outcome {
    fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let is = |words: &[&str]| words.iter().any(|word| word.eq_ignore_ascii_case(text));
        if is(&["won", "yes", "true", "1"]) {
            Some(Self::Won)
        } else if is(&["lost", "no", "false", "0"]) {
            Some(Self::Lost)
        } else if is(&["", "open"]) {
            Some(Self::Open)
        } else {
            None
        }
    }
}

/// A number; in files with semicolons also with a decimal comma.
fn number(text: &str, comma: bool) -> Option<i64> {
    let text = if comma && !text.contains('.') {
        Cow::Owned(text.replacen(',', ".", 1))
    } else {
        Cow::Borrowed(text)
    };
    decimal::parse(&text)
}

fn column(raw: Raw, options: &Options, comma: bool) -> Result<Column, (String, Unused)> {
    let Raw { name, seen, lead } = raw;
    if options.drop.contains(&name) {
        return Err((name, Unused::Dropped));
    }
    let empty = lead.contains(&0);
    if seen.len() + usize::from(empty) < 2 {
        return Err((name, Unused::Constant));
    }
    let mut numbers = alloc::vec![None; seen.len() + 1];
    for (text, index) in &seen {
        if let Some(slot) = index_of(&mut numbers, *index) {
            *slot = number(text, comma);
        }
    }
    let filled = lead.iter().filter(|index| **index != 0).count();
    let values: Vec<Option<i64>> =
        lead.iter().map(|index| numbers.get(*index as usize).copied().flatten()).collect();
    let count = values.iter().flatten().count();
    if count.saturating_mul(20) >= filled.saturating_mul(19) {
        let mut steps = values.windows(2);
        if count == lead.len()
            && steps.all(|pair| matches!(pair, [Some(a), Some(b)] if b - a == decimal::ONE))
        {
            return Err((name, Unused::RowNumber));
        }
        return Ok(Column { name, values: Values::Numbers(values) });
    }
    if seen.len().saturating_mul(2) > filled {
        return Err((name, Unused::Unique));
    }
    let mut words = alloc::vec![String::new(); seen.len()];
    for (text, index) in seen {
        if let Some(slot) = index_of(&mut words, index.saturating_sub(1)) {
            *slot = text;
        }
    }
    Ok(Column { name, values: Values::Words { lead, words } })
}

fn index_of<T>(list: &mut [T], index: u32) -> Option<&mut T> {
    list.get_mut(index as usize)
}
