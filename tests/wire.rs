//! The golden files of the wire: what an outbox writes and how it reads every answer of the conformance suite.
//!
//! `tests/conformance/wire/requests.jsonl` holds requests and what the edge answers; `tests/edge/conformance.test.mjs` sends
//! them to each runtime. Here the same bytes go through the native core, so that neither side drifts from the file.
#![expect(clippy::unwrap_used, clippy::string_slice, reason = "a test may fail")]

use leadkit::{
    lead::LeadId,
    outbox::{Claimed, Event, Home, Input, Outbox, Output, Record, Settings},
    time::Millis,
    wire::{
        envelope::Envelope,
        json::{self, Json},
    },
};

const NOW: Millis = Millis(1_795_325_565_676);

/// A request of the suite to `/v1/leads`, with its answer.
struct Case {
    title: String,
    /// None where the body is not text.
    body: Option<String>,
    status: u16,
    retry_after: String,
    answer: String,
}

fn cases() -> Vec<Case> {
    let lines = include_str!("conformance/wire/requests.jsonl").lines();
    let cases = lines.map(|line| json::parse(line).unwrap()).filter_map(|json| {
        let text = |json: &Json, key| {
            json.member(key).and_then(Json::as_str).unwrap_or_default().to_owned()
        };
        let sends = text(&json, "path") == "/v1/leads" && text(&json, "method") == "POST";
        let answer = json.member("answer")?;
        let status = answer.member("status").and_then(Json::as_uint)?;
        sends.then(|| Case {
            title: text(&json, "title"),
            body: json.member("body").map(written),
            status: status.try_into().unwrap(),
            retry_after: text(answer.member("headers").unwrap(), "retry-after"),
            answer: text(answer, "body"),
        })
    });
    cases.collect()
}

/// A body as it is written down: text, or pieces of which some are repeated.
fn written(body: &Json) -> String {
    let pieces = body.as_array().unwrap_or(core::slice::from_ref(body));
    let piece = |piece: &Json| match piece.as_array() {
        Some([text, count]) => {
            text.as_str().unwrap().repeat(count.as_uint().unwrap().try_into().unwrap())
        }
        _ => piece.as_str().unwrap_or_default().to_owned(),
    };
    pieces.iter().map(piece).collect()
}

/// An outbox that was handed these leads by its store: what it sends, and what it tells after the answer.
fn speak(leads: &[(LeadId, String, u32)], case: &Case) -> (String, Vec<Event>, Option<Millis>) {
    let mut outbox = Outbox::new("shop", Settings::default(), 7);
    let (mut sent, mut events) = (Vec::new(), Vec::new());
    let mut inputs = Vec::from([Input::Shown]);
    let record = |(id, item, attempts): &(LeadId, String, u32)| Record {
        id: *id,
        item: item.clone(),
        attempts: *attempts,
        at: NOW,
        set: NOW,
        next: NOW,
        lease: Millis(0),
    };
    let mut records: Vec<_> = leads.iter().map(record).collect();
    while let Some(input) = inputs.pop() {
        outbox.handle(input, NOW);
        while let Some(output) = outbox.poll_output() {
            match output {
                Output::Claim { lease, .. } => {
                    let mut records = core::mem::take(&mut records);
                    for record in &mut records {
                        record.lease = lease;
                    }
                    let count = records.len();
                    inputs.push(Input::Claimed(Claimed { records, count, ..Claimed::default() }));
                }
                Output::Store(record) => {
                    inputs.push(Input::Stored { id: record.id, home: Home::Disk, gate: None });
                }
                Output::Send { batch, body, .. } => {
                    if sent.is_empty() {
                        inputs.push(Input::Answered {
                            batch,
                            status: case.status,
                            retry_after: case.retry_after.clone(),
                            body: case.answer.clone(),
                        });
                    }
                    sent.push(body);
                }
                Output::Tell(event) => events.push(event),
                Output::Settle(_) | Output::Arm(_) => {}
            }
        }
    }
    (sent.into_iter().next().unwrap_or_default(), events, outbox.poll_timeout())
}

#[test]
fn an_outbox_writes_what_the_golden_file_says_and_reads_what_was_answered() {
    let all = cases();
    let golden: Vec<_> = all.iter().filter(|case| case.title.starts_with("outbox: ")).collect();
    assert!(golden.len() >= 4);
    for case in golden {
        let expected = case.body.as_deref().unwrap();
        let parsed = json::parse(expected).unwrap();
        // The items as the file has them, without what the outbox adds to each.
        let items = &expected[expected.find("[{\"id\"").unwrap() + 1..expected.len() - 2];
        let leads: Vec<_> = items
            .split("{\"id\":\"")
            .skip(1)
            .map(|text| {
                let (id, rest) = text.split_at(36);
                let (number, item) = rest[6..].split_once(',').unwrap();
                let attempts: u32 = number.parse().unwrap();
                (id.parse().unwrap(), format!("{{{}", item.trim_end_matches(',')), attempts - 1)
            })
            .collect();
        let (sent, events, _) = speak(&leads, case);
        assert_eq!(sent, expected, "{}", case.title);
        let count = parsed.member("items").and_then(Json::as_array).unwrap().len();
        let ended =
            |event: &&Event| matches!(event, Event::Received { .. } | Event::Refused { .. });
        assert_eq!(events.iter().filter(ended).count(), count, "{}: {events:?}", case.title);
    }
}

#[test]
fn no_answer_of_the_suite_makes_an_outbox_forget_a_lead_that_it_does_not_name() {
    let id = LeadId::new(NOW, [9; 10]);
    for case in cases() {
        let (_, events, wake) = speak(&[(id, "{\"at\":1}".into(), 0)], &case);
        let ended = events
            .iter()
            .any(|event| matches!(event, Event::Received { .. } | Event::Dropped { .. }));
        assert!(!ended, "{}: {events:?}", case.title);
        let refused = events.iter().any(|event| matches!(event, Event::Refused { .. }));
        // A lead that is alone in a batch that cannot be read, or is too large, is what is wrong with it.
        assert_eq!(refused, matches!(case.status, 400 | 413), "{}: {events:?}", case.title);
        assert!(refused || wake.is_some(), "{} is never tried again", case.title);
    }
}

#[test]
fn the_native_core_reads_every_body_of_the_suite_as_the_runtimes_do() {
    let mut read = 0;
    for case in cases() {
        let Some(body) = case.body.as_deref() else { continue };
        if !matches!(case.status, 200 | 400 | 413) {
            continue;
        }
        read += 1;
        match Envelope::parse(body.as_bytes()) {
            Ok(envelope) => {
                let answer = json::parse(&case.answer).unwrap();
                let rows = answer.member("r").and_then(Json::as_array).unwrap();
                assert_eq!(rows.len(), envelope.items.len(), "{}", case.title);
            }
            Err(fault) => {
                assert_eq!(fault.status(), case.status, "{}", case.title);
                assert_eq!(fault.to_json().to_text(), case.answer, "{}", case.title);
            }
        }
    }
    assert!(read >= 300, "{read}");
}
