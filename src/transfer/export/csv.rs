//! Comma separated values (RFC 4180), written so that a spreadsheet runs nothing that a visitor typed.
//!
//! A text that a spreadsheet would take for a formula is led by an apostrophe, as OWASP advises
//! (<https://owasp.org/www-community/attacks/CSV_Injection>); numbers and times are none and stay as they are. Records end
//! with CR and LF. A file without the apostrophes is JSON Lines or Parquet.

use alloc::string::String;

use super::Type;
use crate::{time::Millis, wire::json::Json};

/// How the file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// What separates cells.
    pub separator: char,
    /// Whether the file begins with a byte order mark, without which Excel takes UTF-8 for something else.
    pub mark: bool,
}

impl Default for Style {
    fn default() -> Self {
        Self { separator: ',', mark: false }
    }
}

/// What a formula begins with, also in the wide letters of East Asia, which Excel takes for the same.
const FORMULA: &[char] = &['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

impl Style {
    /// The mark and the record of names.
    pub(super) fn head<'a>(self, names: impl Iterator<Item = &'a str>) -> String {
        let mut out = String::new();
        if self.mark {
            out.push('\u{feff}');
        }
        self.record(names, &mut out, |name, out| out.push_str(name));
        out
    }

    /// One record.
    pub(super) fn row<'a>(self, cells: impl Iterator<Item = (&'a Json, Type)>, out: &mut String) {
        self.record(cells, out, |(cell, holds), out| match (cell, holds) {
            (Json::Null, _) => {}
            (Json::String(text), _) => {
                if text.starts_with(FORMULA) {
                    out.push('\'');
                }
                out.push_str(text);
            }
            (cell, Type::Time) => {
                out.push_str(&Millis(cell.as_uint().unwrap_or(0)).to_iso8601());
            }
            (cell, _) => out.push_str(&cell.to_text()),
        });
    }

    fn record<T>(
        self,
        cells: impl Iterator<Item = T>,
        out: &mut String,
        mut write: impl FnMut(T, &mut String),
    ) {
        let mut text = String::new();
        for (place, cell) in cells.enumerate() {
            if place > 0 {
                out.push(self.separator);
            }
            text.clear();
            write(cell, &mut text);
            // The other separators too: a spreadsheet of another country may split there.
            if text.contains([',', ';', '\t', '"', '\r', '\n']) {
                out.push('"');
                out.push_str(&text.replace('"', "\"\""));
                out.push('"');
            } else {
                out.push_str(&text);
            }
        }
        out.push_str("\r\n");
    }
}
