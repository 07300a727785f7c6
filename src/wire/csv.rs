//! Comma separated values (RFC 4180), read piece by piece.
//!
//! Contract: [`Csv::feed`] takes the text in pieces of any length and hands over each record as soon as it is whole, so
//! that a file of any size is read in constant memory; [`Csv::finish`] hands over the last one. A byte order mark is
//! skipped, empty lines are skipped, line ends may be `\n`, `\r\n` or `\r`. Does not judge how many fields a record has.

use alloc::{string::String, vec::Vec};
use core::fmt;

/// The most bytes that one record may have, so that a forgotten quote cannot fill the memory.
pub const MAX_RECORD: usize = 1 << 20;

/// Reads records; see the module for the contract.
#[derive(Clone, Debug)]
pub struct Csv {
    delimiter: char,
    state: State,
    record: Vec<String>,
    field: String,
    size: usize,
    line: usize,
    opened: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Begin,
    Start,
    Plain,
    Quoted,
    Closed,
    Return,
}

/// A text that is not CSV: the line, counted from one, and what is wrong there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CsvError {
    line: usize,
    fault: Fault,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    Open,
    AfterQuote,
    TooLong,
}

impl Csv {
    /// A reader of fields that `delimiter` separates.
    pub fn new(delimiter: char) -> Self {
        Self {
            delimiter,
            state: State::Begin,
            record: Vec::new(),
            field: String::new(),
            size: 0,
            line: 1,
            opened: 1,
        }
    }

    /// The separator that the first line of `text` uses most, outside quotes: comma, semicolon or tab.
    pub fn detect(text: &str) -> char {
        let mut counts = [(',', 0_usize), (';', 0), ('\t', 0)];
        let mut quoted = false;
        for char in text.chars() {
            match char {
                '"' => quoted = !quoted,
                '\n' | '\r' if !quoted => break,
                other if !quoted => {
                    for (delimiter, count) in &mut counts {
                        *count += usize::from(*delimiter == other);
                    }
                }
                _ => {}
            }
        }
        let mut best = (',', 0);
        for (delimiter, count) in counts {
            if count > best.1 {
                best = (delimiter, count);
            }
        }
        best.0
    }

    /// Reads the next piece; `take` gets each whole record with the line on which it ends.
    ///
    /// # Errors
    /// Text after a closing quote, or a record larger than [`MAX_RECORD`].
    pub fn feed(
        &mut self,
        text: &str,
        take: &mut impl FnMut(&[String], usize),
    ) -> Result<(), CsvError> {
        for char in text.chars() {
            self.step(char, take)?;
        }
        Ok(())
    }

    /// Hands over the last record where no line end follows it.
    ///
    /// # Errors
    /// A quote that was opened and never closed.
    pub fn finish(mut self, take: &mut impl FnMut(&[String], usize)) -> Result<(), CsvError> {
        if self.state == State::Quoted {
            return Err(CsvError { line: self.opened, fault: Fault::Open });
        }
        self.end_record(take);
        Ok(())
    }

    fn step(
        &mut self,
        char: char,
        take: &mut impl FnMut(&[String], usize),
    ) -> Result<(), CsvError> {
        self.size += char.len_utf8();
        if self.size > MAX_RECORD {
            return Err(CsvError { line: self.opened, fault: Fault::TooLong });
        }
        match (self.state, char) {
            (State::Begin, '\u{feff}') => self.state = State::Start,
            (State::Quoted, '"') => self.state = State::Closed,
            (State::Quoted, other) => {
                self.line += usize::from(other == '\n');
                self.field.push(other);
            }
            (State::Return, '\n') => self.state = State::Start,
            (State::Closed, '"') => {
                self.field.push('"');
                self.state = State::Quoted;
            }
            (_, '\n' | '\r') => {
                self.end_record(take);
                self.line += 1;
                self.opened = self.line;
                self.state = if char == '\r' { State::Return } else { State::Start };
            }
            (_, other) if other == self.delimiter => {
                self.record.push(core::mem::take(&mut self.field));
                self.state = State::Start;
            }
            (State::Closed, _) => {
                return Err(CsvError { line: self.line, fault: Fault::AfterQuote });
            }
            (State::Begin | State::Start | State::Return, '"') => {
                self.opened = self.line;
                self.state = State::Quoted;
            }
            (State::Begin | State::Start | State::Return | State::Plain, other) => {
                self.field.push(other);
                self.state = State::Plain;
            }
        }
        Ok(())
    }

    fn end_record(&mut self, take: &mut impl FnMut(&[String], usize)) {
        let empty = self.record.is_empty() && self.field.is_empty() && self.state != State::Closed;
        if !empty {
            self.record.push(core::mem::take(&mut self.field));
            take(&self.record, self.line);
        }
        self.record.clear();
        self.size = 0;
    }
}

impl CsvError {
    /// The line, counted from one.
    pub fn line(&self) -> usize {
        self.line
    }
}

impl fmt::Display for CsvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.fault {
            Fault::Open => "expected a closing quote, found the end",
            Fault::AfterQuote => {
                "expected a separator after the closing quote, found something else"
            }
            Fault::TooLong => "expected a record of at most 1 MiB, found a longer one",
        };
        write!(f, "CSV at line {}: {what}", self.line)
    }
}

impl core::error::Error for CsvError {}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[track_caller]
    fn check(text: &str, delimiter: char, expected: &[&[&str]]) {
        let whole = records(&[text], delimiter).unwrap();
        assert_eq!(whole, expected);
        let mut pieces = Vec::new();
        let mut buffer = [0; 4];
        for char in text.chars() {
            pieces.push(char.encode_utf8(&mut buffer).to_string());
        }
        let pieces: Vec<&str> = pieces.iter().map(String::as_str).collect();
        assert_eq!(records(&pieces, delimiter).unwrap(), expected, "piece by piece");
    }

    fn records(pieces: &[&str], delimiter: char) -> Result<Vec<Vec<String>>, CsvError> {
        let mut out = Vec::new();
        let mut csv = Csv::new(delimiter);
        let mut take = |record: &[String], _: usize| out.push(record.to_vec());
        for piece in pieces {
            csv.feed(piece, &mut take)?;
        }
        csv.finish(&mut take)?;
        Ok(out)
    }

    #[test]
    fn fields_lines_and_quotes_are_read_as_rfc_4180_says() {
        check("a,b\r\n1,2\r\n", ',', &[&["a", "b"], &["1", "2"]]);
        check("\u{feff}a;b\n1;2", ';', &[&["a", "b"], &["1", "2"]]);
        check("a\r1\r", ',', &[&["a"], &["1"]]);
        check("\"x,\"\"y\"\"\r\nz\",2", ',', &[&["x,\"y\"\r\nz", "2"]]);
        check("a,,\n\n\"\"\n", ',', &[&["a", "", ""], &[""]]);
        check("5\" pipe,b", ',', &[&["5\" pipe", "b"]]);
    }

    #[test]
    fn faults_name_the_line() {
        let open = records(&["a\n\"b\nc"], ',').unwrap_err();
        assert_eq!(open.line(), 2);
        assert_eq!(open.to_string(), "CSV at line 2: expected a closing quote, found the end");
        let after = records(&["\"a\"b"], ',').unwrap_err();
        assert_eq!(
            after.to_string(),
            "CSV at line 1: expected a separator after the closing quote, found something else"
        );
        let long = "x".repeat(MAX_RECORD + 1);
        assert_eq!(
            records(&[&long], ',').unwrap_err().to_string(),
            "CSV at line 1: expected a record of at most 1 MiB, found a longer one"
        );
    }

    #[test]
    fn the_separator_is_found_in_the_header() {
        assert_eq!(Csv::detect("a;b;\"c,d,e,f\"\n1,2,3,4"), ';');
        assert_eq!(Csv::detect("a,b"), ',');
        assert_eq!(Csv::detect("a\tb"), '\t');
        assert_eq!(Csv::detect("a"), ',');
    }
}
