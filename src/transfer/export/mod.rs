//! Leads as files: which columns a table of leads has, and how a page of leads is written. Does no I/O.
//!
//! Contract: a [`Sheet`] is made once from the configuration; [`Sheet::head`] begins the file, and [`Sheet::page`] writes the
//! leads of one page, so that a file of any length is written in the memory of a page. The order of columns is that of the
//! configuration; what no column holds, because an earlier version of a form asked for it, is in the column `other`.

mod csv;
pub mod schedule;
mod vcard;

use alloc::{borrow::ToOwned, format, string::String, vec::Vec};

pub use csv::Style;

use super::view;
use crate::{
    form::{Form, Kind},
    time::Millis,
    wire::json::Json,
};

/// How leads are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Comma separated values (RFC 4180).
    Csv,
    /// One JSON object a line: the lead as the Inbox shows it.
    JsonLines,
    /// vCard 4.0 (RFC 6350), one card a lead.
    VCard,
    /// Apache Parquet: the core gives rows, which the platform encodes.
    Parquet,
}

impl Format {
    /// The format of this word.
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "csv" => Self::Csv,
            "jsonl" => Self::JsonLines,
            "vcard" => Self::VCard,
            "parquet" => Self::Parquet,
            _ => return None,
        })
    }

    /// A stable word for requests and states.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::JsonLines => "jsonl",
            Self::VCard => "vcard",
            Self::Parquet => "parquet",
        }
    }

    /// The media type of the file.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::JsonLines => "application/jsonl",
            Self::VCard => "text/vcard; charset=utf-8",
            Self::Parquet => "application/vnd.apache.parquet",
        }
    }

    /// How the name of the file ends.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::JsonLines => "jsonl",
            Self::VCard => "vcf",
            Self::Parquet => "parquet",
        }
    }
}

/// What the cells of a column hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// Text; the items of a list are joined.
    Text,
    /// Milliseconds since 1970 in UTC.
    Time,
    /// A whole number of at most 32 bits.
    Integer,
    /// A decimal number.
    Number,
    /// Yes or no.
    Flag,
}

impl Type {
    /// A stable word for the platform.
    const fn code(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Time => "time",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Flag => "flag",
        }
    }
}

/// A column: its name, what it holds, and where that is found in a lead.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Column {
    name: String,
    holds: Type,
    path: Vec<String>,
}

/// The columns that every file has.
const FIXED: &[(&str, Type, &str)] = &[
    ("id", Type::Text, "id"),
    ("site", Type::Text, "site"),
    ("form", Type::Text, "form"),
    ("form_version", Type::Text, "form_version"),
    ("received_at", Type::Time, "received_at"),
    ("occurred_at", Type::Time, "occurred_at"),
    ("disposition", Type::Text, "verdict.disposition"),
    ("grade", Type::Text, "verdict.grade"),
    ("segments", Type::Text, "verdict.segments"),
];

/// The properties of a person, by names that every form shares.
const CONTACT: &[&str] = &[
    "name",
    "first_name",
    "last_name",
    "email",
    "phone",
    "company",
    "job_title",
    "website",
    "street",
    "postcode",
    "city",
    "country",
];

/// Where a lead came from, if the page told.
const ORIGIN: &[(&str, &str)] = &[
    ("source", "context.source.type"),
    ("page", "context.page"),
    ("referrer", "context.attribution.last.referrer"),
    ("utm_source", "context.attribution.last.utm_source"),
    ("utm_medium", "context.attribution.last.utm_medium"),
    ("utm_campaign", "context.attribution.last.utm_campaign"),
    ("utm_term", "context.attribution.last.utm_term"),
    ("utm_content", "context.attribution.last.utm_content"),
];

/// The name of the column with what no other column holds, as JSON.
const OTHER: &str = "other";

/// The columns of a file, and how it is written.
#[derive(Clone, Debug)]
pub struct Sheet<'a> {
    format: Format,
    style: Style,
    forms: &'a [Form],
    columns: Vec<Column>,
}

impl<'a> Sheet<'a> {
    /// A file about leads of these forms with these scores. `only` leaves out the columns of all other forms.
    pub fn new<'s>(
        format: Format,
        style: Style,
        forms: &'a [Form],
        scores: impl Iterator<Item = &'s str>,
        only: Option<&str>,
    ) -> Self {
        let mut sheet = Self { format, style, forms, columns: Vec::new() };
        for (name, holds, path) in FIXED {
            sheet.add((*name).to_owned(), *holds, path.split('.'));
        }
        for score in scores {
            let path = ["verdict", "scores", score, "points"];
            sheet.add(format!("score.{score}"), Type::Integer, path.into_iter());
        }
        for name in CONTACT {
            sheet.add(format!("contact.{name}"), Type::Text, ["contact", name].into_iter());
        }
        let forms = forms.iter().filter(|form| only.is_none_or(|only| form.name() == only));
        let fields = || forms.clone().flat_map(Form::fields);
        for field in fields() {
            if !matches!(field.kind(), Kind::Consent { .. }) {
                let path = ["values", field.name()].into_iter();
                sheet.add(format!("values.{}", field.name()), held(field.kind()), path);
            }
        }
        for field in fields() {
            if let Kind::Consent { purpose, .. } = field.kind() {
                let path = ["consent", purpose].into_iter();
                sheet.add(format!("consent.{purpose}"), Type::Flag, path);
            }
        }
        for (name, path) in ORIGIN {
            sheet.add((*name).to_owned(), Type::Text, path.split('.'));
        }
        sheet
    }

    /// Fields of several forms share a column; where they hold different things, it holds text.
    fn add<'p>(&mut self, name: String, holds: Type, path: impl Iterator<Item = &'p str>) {
        match self.columns.iter_mut().find(|column| column.name == name) {
            Some(column) if column.holds != holds => column.holds = Type::Text,
            Some(_) => {}
            None => {
                let path = path.map(ToOwned::to_owned).collect();
                self.columns.push(Column { name, holds, path });
            }
        }
    }

    /// The columns as the platform reads them: `[[name, type], …]`; `null` where the core writes the file itself.
    pub fn columns(&self) -> Json {
        if self.format != Format::Parquet {
            return Json::Null;
        }
        let pair =
            |name: &str, holds: Type| Json::array([Json::str(name), Json::str(holds.code())]);
        let columns = self.columns.iter().map(|column| pair(&column.name, column.holds));
        Json::array(columns.chain([pair(OTHER, Type::Text)]))
    }

    /// The beginning of the file.
    pub fn head(&self) -> String {
        if self.format != Format::Csv {
            return String::new();
        }
        let names = self.columns.iter().map(|column| column.name.as_str()).chain([OTHER]);
        self.style.head(names)
    }

    /// The leads of a page, as [`record::read`](crate::intake::record::read) gives them.
    pub fn page(&self, leads: &[Json]) -> String {
        let mut out = String::new();
        if self.format == Format::Parquet {
            return Json::array(leads.iter().map(|lead| Json::Array(self.cells(lead)))).to_text();
        }
        for lead in leads {
            match self.format {
                Format::Csv => {
                    let cells = self.cells(lead);
                    let holds = self.columns.iter().map(|column| column.holds);
                    self.style.row(cells.iter().zip(holds.chain([Type::Text])), &mut out);
                }
                Format::JsonLines => {
                    out.push_str(&lead.to_text());
                    out.push('\n');
                }
                Format::VCard => vcard::write(&view::view(lead, self.forms), &mut out),
                Format::Parquet => {}
            }
        }
        out
    }

    /// The cells of a lead, with what no column holds at the end.
    fn cells(&self, lead: &Json) -> Vec<Json> {
        let view = view::view(lead, self.forms);
        let mut other = Json::Object(Vec::new());
        let values = lead.member("values").and_then(Json::as_object).unwrap_or_default();
        for (name, value) in values {
            let mine = |column: &&Column| {
                column.path.first().is_some_and(|first| first == "values")
                    && column.path.get(1) == Some(name)
            };
            let column = self.columns.iter().find(mine);
            let kept = column.is_some_and(|column| cell(value, column.holds) != Json::Null);
            if !kept && *value != Json::Null && value.as_str() != Some("") {
                other.set(name, value.clone());
            }
        }
        for (name, value) in lead.member("unknown").and_then(Json::as_object).unwrap_or_default() {
            other.set(name, value.clone());
        }
        let find = |column: &Column| {
            let found = column.path.iter().try_fold(&view, |json, key| json.member(key));
            cell(found.unwrap_or(&Json::Null), column.holds)
        };
        let mut out: Vec<Json> = self.columns.iter().map(find).collect();
        let empty = other.as_object().is_none_or(<[_]>::is_empty);
        out.push(if empty { Json::Null } else { Json::String(other.to_text()) });
        out
    }
}

fn held(kind: &Kind) -> Type {
    match kind {
        Kind::Number { .. } | Kind::Format { format: "money", .. } => Type::Number,
        Kind::Checkbox | Kind::Consent { .. } => Type::Flag,
        Kind::Name
        | Kind::Email
        | Kind::Text { .. }
        | Kind::Choice { .. }
        | Kind::Format { .. } => Type::Text,
    }
}

/// A value as a column of this type holds it; `null` for one that it cannot hold.
fn cell(value: &Json, holds: Type) -> Json {
    let fits = match holds {
        Type::Text => {
            let text = view::plain(value, "; ");
            return if text.is_empty() { Json::Null } else { Json::String(text) };
        }
        Type::Time => value.as_uint().is_some(),
        Type::Integer => value.as_int().is_some_and(|value| i32::try_from(value).is_ok()),
        Type::Number => matches!(value, Json::Number(_)),
        Type::Flag => value.as_bool().is_some(),
    };
    if fits { value.clone() } else { Json::Null }
}

/// A point in time as a person writes it: milliseconds since 1970, a day (`2026-11-22`, from its beginning in UTC), or a
/// time in UTC (`2026-11-22T07:30:00Z`).
pub fn moment(text: &str) -> Option<Millis> {
    if let Ok(millis) = text.parse() {
        return Some(Millis(millis));
    }
    let (day, time) = match text.split_once('T') {
        Some((day, time)) => (day, time.strip_suffix('Z')?),
        None => (text, "0:0:0"),
    };
    let numbers = |text: &str, between: char| -> Option<[u64; 3]> {
        let mut parts = text.split(between).map(|part| part.parse::<u64>().ok());
        let out = [parts.next()??, parts.next()??, parts.next().flatten().unwrap_or(0)];
        parts.next().is_none().then_some(out)
    };
    let [year, month, day] = numbers(day, '-')?;
    let [hour, minute, second] = numbers(time.split('.').next()?, ':')?;
    let sound = (1970..10_000).contains(&year)
        && (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && hour < 24
        && minute < 60
        && second < 60;
    // https://howardhinnant.github.io/date_algorithms.html#days_from_civil, for years from 1970.
    let (year, month) =
        if month > 2 { (year, month - 3) } else { (year.checked_sub(1)?, month + 9) };
    let of_era = year % 400;
    let of_year = (153 * month + 2) / 5 + day.checked_sub(1)?;
    let days = year / 400 * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year;
    let days = days.checked_sub(719_468)?;
    let seconds = days * 86_400 + hour * 3600 + minute * 60 + second;
    sound.then_some(Millis::from_secs(seconds))
}

#[cfg(test)]
mod tests;
