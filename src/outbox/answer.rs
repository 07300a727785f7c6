//! What an HTTP answer means for the leads of a batch.
//!
//! Only an answer that names each lead ends a lead. Everything else is about the endpoint: a page of a captive portal
//! with status 200 is a failure like any other.

use alloc::{string::String, vec::Vec};

use crate::{
    lead::LeadId,
    time::Millis,
    wire::{
        answer::{self, Meaning},
        json::{self, Json},
    },
};

/// The meaning of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// The edge answered for leads.
    Leads { leads: Vec<(LeadId, Fate)>, policy: Policy },
    /// The batch as it is cannot be taken: try halves, give up a single lead with this code.
    Split(&'static str),
    /// The endpoint is set up wrongly.
    Park(Option<Millis>),
    /// Try later, not before this span if the edge asked for one.
    Wait(Option<Millis>),
}

/// What became of one lead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// Stored, or stored before.
    Received,
    /// Refused for good.
    Bad { code: String, field: String },
    /// To be sent again, not before this span.
    Later(Option<Millis>),
}

/// What the edge asks of later batches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Policy {
    pub(super) min_gap: Millis,
    pub(super) max_items: Option<usize>,
    pub(super) max_bytes: Option<usize>,
}

/// Reads an answer.
pub(super) fn read(status: u16, retry_after: &str, body: &str, now: Millis) -> Answer {
    let body = json::parse(body).unwrap_or_default();
    let advice = advice(retry_after, &body, now);
    match answer::meaning(status) {
        Meaning::Done => leads(&body).unwrap_or(Answer::Wait(advice)),
        Meaning::TooLarge => Answer::Split("outbox.too_large"),
        Meaning::Denied | Meaning::Gone => Answer::Park(advice),
        Meaning::Refused if status == 400 && body.member("error").is_some() => {
            Answer::Split("envelope.refused")
        }
        Meaning::Refused if (400..500).contains(&status) => Answer::Park(advice),
        Meaning::Retry | Meaning::Moved | Meaning::Refused => Answer::Wait(advice),
    }
}

fn leads(body: &Json) -> Option<Answer> {
    let rows = body.member("r")?.as_array()?;
    body.member("v")?.as_uint()?;
    let leads = rows.iter().filter_map(|row| {
        let (id, answer) = answer::Answer::from_json(row)?;
        let fate = match answer {
            answer::Answer::Ok | answer::Answer::Dup => Fate::Received,
            answer::Answer::Bad { code, field } => {
                Fate::Bad { code, field: field.unwrap_or_default() }
            }
            answer::Answer::Later(span) => Fate::Later(Some(span).filter(|span| span.0 > 0)),
        };
        Some((id.parse().ok()?, fate))
    });
    let policy = body.member("policy");
    let count = |key| {
        let value = policy?.member(key)?.as_uint()?;
        usize::try_from(value).ok().filter(|value| *value > 0)
    };
    Some(Answer::Leads {
        leads: leads.collect(),
        policy: Policy {
            min_gap: span(policy.and_then(|policy| policy.member("min_gap_ms")))
                .unwrap_or_default(),
            max_items: count("max_items"),
            max_bytes: count("max_bytes"),
        },
    })
}

fn span(value: Option<&Json>) -> Option<Millis> {
    value.and_then(Json::as_uint).map(Millis)
}

/// The longest span that header or body ask for. A date counts only where no span is given, because it depends on the
/// clock of the device; the time of the answer's body, where there is one, corrects it.
fn advice(retry_after: &str, body: &Json, now: Millis) -> Option<Millis> {
    let inner = body.member("error").and_then(|error| span(error.member("after_ms")));
    let spoken = span(body.member("after_ms")).max(inner);
    let now = span(body.member("now")).unwrap_or(now);
    let header = answer::retry_after(retry_after, now).filter(|wait| wait.0 > 0);
    let is_date = retry_after.contains(',');
    if is_date && spoken.is_some() { spoken } else { spoken.max(header) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    const ID: &str = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f";
    const NOW: Millis = Millis(784_111_777_000);

    #[track_caller]
    fn check(status: u16, retry_after: &str, body: &str, expected: &Answer) {
        assert_eq!(read(status, retry_after, body, NOW), *expected);
    }

    #[test]
    fn every_status_has_a_meaning() {
        for status in [0, 100, 200, 204, 302, 408, 425, 429, 500, 502, 503, 504, 599] {
            check(status, "", "<html>Welcome to the hotel</html>", &Answer::Wait(None));
        }
        for status in [400, 401, 402, 403, 404, 405, 410, 415, 422, 451] {
            check(status, "", "not found", &Answer::Park(None));
        }
        check(413, "", "", &Answer::Split("outbox.too_large"));
        let body = "{\"error\":{\"code\":\"json_invalid\"}}";
        check(400, "", body, &Answer::Split("envelope.refused"));
    }

    #[test]
    fn each_lead_has_its_own_fate() {
        let row = |rest: &str| String::from("{\"id\":\"") + ID + "\"," + rest + "}";
        let body = String::from("{\"v\":1,\"r\":[")
            + &row("\"s\":\"ok\"")
            + ","
            + &row("\"s\":\"dup\"")
            + ","
            + &row("\"s\":\"bad\",\"c\":\"email.syntax\",\"f\":\"email\"")
            + ","
            + &row("\"s\":\"later\",\"after_ms\":8000")
            + ",{\"id\":\"x\",\"s\":\"ok\"}],\"policy\":{\"min_gap_ms\":5,\"max_items\":7,\"max_bytes\":0}}";
        let id: LeadId = ID.parse().unwrap();
        let bad = Fate::Bad { code: "email.syntax".into(), field: "email".into() };
        check(
            200,
            "",
            &body,
            &Answer::Leads {
                leads: vec![
                    (id, Fate::Received),
                    (id, Fate::Received),
                    (id, bad),
                    (id, Fate::Later(Some(Millis(8_000)))),
                ],
                policy: Policy { min_gap: Millis(5), max_items: Some(7), max_bytes: None },
            },
        );
    }

    #[test]
    fn advice_is_read_from_header_and_body_and_the_longest_counts() {
        let wait = |span| Answer::Wait(Some(Millis(span)));
        check(429, "8", "", &wait(8_000));
        check(429, " 8 ", "{\"after_ms\":9000}", &wait(9_000));
        check(503, "10", "{\"error\":{\"after_ms\":9000}}", &wait(10_000));
        check(503, "Sun, 06 Nov 1994 08:49:45 GMT", "", &wait(8_000));
        check(503, "Sun, 06 Nov 1994 08:49:45 GMT", "{\"now\":784111780000}", &wait(5_000));
        check(404, "60", "", &Answer::Park(Some(Millis(60_000))));
        for text in ["Sun, 06 Nov 1994 08:49:30 GMT", "-1", "soon", "Sun, 06 Nov", "1e9", ""] {
            check(429, text, "", &Answer::Wait(None));
        }
    }
}
