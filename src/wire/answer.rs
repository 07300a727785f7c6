//! What the edge says to each lead, and what a status code of a receiver means. The only table of status codes.
//!
//! Wire v1: `{"id":…,"s":"ok"|"dup"|"bad"|"later","c":code,"f":field,"after_ms":…}`.

use alloc::{borrow::ToOwned, string::String};

use crate::{time::Millis, wire::json::Json};

/// The answer of the edge to one lead of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Stored by this request.
    Ok,
    /// Stored by an earlier request with the same content.
    Dup,
    /// Refused for good and kept in quarantine.
    Bad {
        /// A stable code in snake case, such as `email.syntax` or `id.conflict`.
        code: String,
        /// The field that the code is about, if it is about one.
        field: Option<String>,
    },
    /// Not stored; to be sent again after this span.
    Later(Millis),
}

impl Answer {
    /// A refusal that is not about one field.
    pub fn bad(code: &str) -> Self {
        Self::Bad { code: code.to_owned(), field: None }
    }

    /// One entry of the member `r`.
    pub fn to_json(&self, id: &str) -> Json {
        let word = match self {
            Self::Ok => "ok",
            Self::Dup => "dup",
            Self::Bad { .. } => "bad",
            Self::Later(_) => "later",
        };
        let mut out = Json::object([("id", Json::str(id)), ("s", Json::str(word))]);
        match self {
            Self::Ok | Self::Dup => {}
            Self::Bad { code, field } => {
                out.set("c", Json::str(code));
                if let Some(field) = field {
                    out.set("f", Json::str(field));
                }
            }
            Self::Later(after) => {
                out.set("after_ms", Json::int(i64::try_from(after.0).unwrap_or(i64::MAX)));
            }
        }
        out
    }

    /// Reads one entry of the member `r`: the id and its answer. Another word than the four gives `None`.
    pub fn from_json(json: &Json) -> Option<(&str, Self)> {
        let text = |key| json.member(key).and_then(Json::as_str);
        let answer = match text("s")? {
            "ok" => Self::Ok,
            "dup" => Self::Dup,
            "bad" => Self::Bad {
                code: text("c").unwrap_or("unknown").to_owned(),
                field: text("f").map(ToOwned::to_owned),
            },
            "later" => {
                Self::Later(Millis(json.member("after_ms").and_then(Json::as_uint).unwrap_or(0)))
            }
            _ => return None,
        };
        Some((text("id")?, answer))
    }
}

/// What a status code of a receiver means for what was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// Taken.
    Done,
    /// The receiver or the way to it is in trouble: the same request may succeed later.
    Retry,
    /// The address answers with another address, which is not followed.
    Moved,
    /// The key or the right is missing: nothing succeeds until a person acts.
    Denied,
    /// The address wants nothing any more.
    Gone,
    /// Too large; smaller parts may succeed.
    TooLarge,
    /// This content will never be taken.
    Refused,
}

/// The meaning of an HTTP status code (RFC 9110, and 429 of RFC 6585).
pub const fn meaning(status: u16) -> Meaning {
    match status {
        200..=299 => Meaning::Done,
        300..=399 => Meaning::Moved,
        401 | 403 => Meaning::Denied,
        408 | 425 | 429 | 500..=599 => Meaning::Retry,
        410 => Meaning::Gone,
        413 => Meaning::TooLarge,
        _ => Meaning::Refused,
    }
}

/// The span that a `Retry-After` header asks for (RFC 9110, section 10.2.3): seconds or a date. `None` for other text.
pub fn retry_after(text: &str, now: Millis) -> Option<Millis> {
    let text = text.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Millis::from_secs(text.parse().unwrap_or(u64::MAX)));
    }
    http_date(text).map(|at| at.saturating_sub(now))
}

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// The preferred form of an HTTP date: `Sun, 06 Nov 1994 08:49:37 GMT`. The two obsolete forms are not read.
fn http_date(text: &str) -> Option<Millis> {
    let mut words = text.split(' ');
    let weekday = words.next()?;
    if weekday.len() != 4 || !weekday.ends_with(',') {
        return None;
    }
    let day: u64 = words.next()?.parse().ok()?;
    let name = words.next()?;
    let month = MONTHS.iter().position(|month| *month == name)? as u64 + 1;
    let year: u64 = words.next()?.parse().ok()?;
    let mut clock = words.next()?.split(':').map(str::parse::<u64>);
    let (hour, minute, second) = (clock.next()?.ok()?, clock.next()?.ok()?, clock.next()?.ok()?);
    if words.next() != Some("GMT") || words.next().is_some() || clock.next().is_some() {
        return None;
    }
    if !(1970..=9999).contains(&year) || !(1..=31).contains(&day) || hour > 23 || minute > 59 {
        return None;
    }
    Some(Millis::from_secs(
        days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second.min(60),
    ))
}

/// Days since 1970-01-01, <https://howardhinnant.github.io/date_algorithms.html#days_from_civil>, for years from 1970.
fn days(year: u64, month: u64, day: u64) -> u64 {
    let year = if month <= 2 { year - 1 } else { year };
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let of_era = (year % 400) * 365 + (year % 400) / 4 - (year % 400) / 100 + of_year;
    (year / 400 * 146_097 + of_era).saturating_sub(719_468)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::json;

    #[track_caller]
    fn check(answer: &Answer, expected: &str) {
        assert_eq!(answer.to_json("x").to_text(), expected);
        let json = json::parse(expected).unwrap();
        assert_eq!(Answer::from_json(&json), Some(("x", answer.clone())));
    }

    #[test]
    fn answers_are_written_and_read_back() {
        check(&Answer::Ok, "{\"id\":\"x\",\"s\":\"ok\"}");
        check(&Answer::Dup, "{\"id\":\"x\",\"s\":\"dup\"}");
        check(&Answer::bad("id.conflict"), "{\"id\":\"x\",\"s\":\"bad\",\"c\":\"id.conflict\"}");
        check(
            &Answer::Bad { code: "email.syntax".into(), field: Some("email".into()) },
            "{\"id\":\"x\",\"s\":\"bad\",\"c\":\"email.syntax\",\"f\":\"email\"}",
        );
        check(&Answer::Later(Millis(8000)), "{\"id\":\"x\",\"s\":\"later\",\"after_ms\":8000}");
    }

    #[test]
    fn an_answer_with_another_word_is_not_read() {
        let json = json::parse("{\"id\":\"x\",\"s\":\"maybe\"}").unwrap();
        assert_eq!(Answer::from_json(&json), None);
    }

    #[test]
    fn every_status_has_one_meaning() {
        for (status, expected) in [
            (200, Meaning::Done),
            (204, Meaning::Done),
            (100, Meaning::Refused),
            (301, Meaning::Moved),
            (304, Meaning::Moved),
            (400, Meaning::Refused),
            (401, Meaning::Denied),
            (403, Meaning::Denied),
            (404, Meaning::Refused),
            (408, Meaning::Retry),
            (409, Meaning::Refused),
            (410, Meaning::Gone),
            (413, Meaning::TooLarge),
            (422, Meaning::Refused),
            (425, Meaning::Retry),
            (429, Meaning::Retry),
            (500, Meaning::Retry),
            (503, Meaning::Retry),
            (600, Meaning::Refused),
        ] {
            assert_eq!(meaning(status), expected, "{status}");
        }
    }

    #[test]
    fn retry_after_reads_seconds_and_dates() {
        let now = Millis::from_secs(784_111_777);
        assert_eq!(retry_after("120", now), Some(Millis::from_secs(120)));
        assert_eq!(retry_after("Sun, 06 Nov 1994 08:49:47 GMT", now), Some(Millis::from_secs(10)));
        assert_eq!(retry_after("Sun, 06 Nov 1994 08:00:00 GMT", now), Some(Millis(0)));
        assert_eq!(retry_after("99999999999999999999", now), Some(Millis::from_secs(u64::MAX)));
        for text in
            ["", "soon", "-5", "1.5", "Sun, 06 Nov 1994", "Sun, 06 Foo 1994 08:49:37 GMT", "1e9"]
        {
            assert_eq!(retry_after(text, now), None, "{text}");
        }
    }

    #[test]
    fn dates_count_leap_days() {
        assert_eq!(days(1970, 1, 1), 0);
        assert_eq!(days(2000, 3, 1), 11_017);
        assert_eq!(days(2026, 11, 22), 20_779);
    }
}
