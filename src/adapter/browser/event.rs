//! Facts and orders of the outbox as JSON arrays: `[now, word, …]` in, `[word, …]` out.

use alloc::{borrow::ToOwned, string::String};

use crate::{
    lead::LeadId,
    outbox::{Claimed, Event, Gate, GateKind, Home, Input, Output, Record, Settings, Settlement},
    time::Millis,
    wire::json::{self, Json},
};

/// The settings, with the members of `json` in place of their defaults.
pub(super) fn settings(json: &Json) -> Settings {
    let mut settings = Settings::default();
    let span = |key: &str, span: &mut Millis| {
        if let Some(value) = json.member(key).and_then(Json::as_uint) {
            *span = Millis(value);
        }
    };
    span("leaseMs", &mut settings.lease);
    span("hiddenLeaseMs", &mut settings.hidden_lease);
    span("timeoutMs", &mut settings.timeout);
    span("maxAgeMs", &mut settings.max_age);
    span("backoffFirstMs", &mut settings.backoff_first);
    span("backoffLastMs", &mut settings.backoff_last);
    span("backoffHiddenMs", &mut settings.backoff_hidden);
    span("parkFirstMs", &mut settings.park_first);
    let count = json.member("maxLeads").and_then(Json::as_uint);
    if let Some(count) = count.and_then(|count| usize::try_from(count).ok()) {
        settings.max_leads = count;
    }
    settings.lease = settings.lease.max(settings.timeout.saturating_add(Millis(100)));
    settings
}

fn text(json: Option<&Json>) -> Option<String> {
    json.and_then(Json::as_str).map(ToOwned::to_owned)
}

fn millis(json: Option<&Json>) -> Option<Millis> {
    json.and_then(Json::as_uint).map(Millis)
}

fn id(json: Option<&Json>) -> Option<LeadId> {
    json?.as_str()?.parse().ok()
}

fn small(json: Option<&Json>) -> Option<u32> {
    u32::try_from(json?.as_uint()?).ok()
}

/// Reads a fact and its time.
pub(super) fn input(event: &Json) -> Option<(Input, Millis)> {
    let parts = event.as_array()?;
    let part = |index: usize| parts.get(index);
    let now = millis(part(0))?;
    let input = match part(1)?.as_str()? {
        "captured" => Input::Captured { id: id(part(2))?, item: text(part(3))? },
        "recovered" => Input::Recovered { id: id(part(2))?, item: text(part(3))? },
        "stored" => Input::Stored {
            id: id(part(2))?,
            home: match part(3)?.as_str()? {
                "disk" => Home::Disk,
                "spill" => Home::Spill,
                _ => Home::Memory,
            },
            gate: part(4).and_then(gate),
        },
        "claimed" => Input::Claimed(claimed(part(2)?)),
        "claim_failed" => Input::ClaimFailed,
        "answered" => Input::Answered {
            batch: small(part(2))?,
            status: u16::try_from(part(3)?.as_uint()?).ok()?,
            retry_after: text(part(4)).unwrap_or_default(),
            body: text(part(5)).unwrap_or_default(),
        },
        "unanswered" => Input::Unanswered { batch: small(part(2))? },
        "withdrawn" => Input::Withdrawn { id: id(part(2))? },
        "purged" => Input::Purged,
        "hidden" => Input::Hidden,
        "shown" => Input::Shown,
        "online" => Input::Online,
        "flush" => Input::Flush,
        "tick" => Input::Tick,
        _ => return None,
    };
    Some((input, now))
}

fn claimed(json: &Json) -> Claimed {
    let rows = json.member("rows").and_then(Json::as_array).unwrap_or_default();
    let count = |key| json.member(key).and_then(Json::as_uint).unwrap_or_default();
    Claimed {
        records: rows.iter().filter_map(record).collect(),
        gate: json.member("gate").and_then(gate),
        wake: millis(json.member("wake")),
        count: usize::try_from(count("count")).unwrap_or(usize::MAX),
        bytes: usize::try_from(count("bytes")).unwrap_or(usize::MAX),
    }
}

fn record(row: &Json) -> Option<Record> {
    let time = |key| millis(row.member(key)).unwrap_or_default();
    Some(Record {
        id: id(row.member("id"))?,
        item: text(row.member("item"))?,
        attempts: small(row.member("n")).unwrap_or_default(),
        at: time("at"),
        set: time("set"),
        next: time("next"),
        lease: time("lease"),
    })
}

fn gate(json: &Json) -> Option<Gate> {
    let time = |key| millis(json.member(key)).unwrap_or_default();
    Some(Gate {
        set: millis(json.member("set"))?,
        until: time("until"),
        kind: match json.member("kind").and_then(Json::as_str) {
            Some("backoff") => GateKind::Backoff,
            Some("park") => GateKind::Park,
            _ => GateKind::Open,
        },
        fails: small(json.member("fails")).unwrap_or_default(),
        asked: time("asked"),
    })
}

/// Orders as JSON text, written part by part: values in between would be a third of this module's code.
#[derive(Default)]
pub(super) struct Orders(String);

impl Orders {
    /// Writes an order.
    pub(super) fn push(&mut self, output: Output) {
        self.raw(if self.0.is_empty() { "[" } else { "],[" });
        match output {
            Output::Store(record) => {
                self.raw("\"store\",");
                self.row(&record);
            }
            Output::Claim { lease, items, bytes } => {
                self.number("\"claim\",", lease.0);
                self.number(",", items as u64);
                self.number(",", bytes as u64);
            }
            Output::Send { batch, body, keepalive } => {
                self.number("\"send\",", batch.into());
                self.text(",", &body);
                self.raw(if keepalive { ",true" } else { ",false" });
            }
            Output::Settle(settlement) => self.settle(&settlement),
            Output::Arm(body) => self.text("\"arm\",", &body),
            Output::Tell(event) => self.tell(&event),
        }
    }

    /// The whole answer.
    pub(super) fn finish(mut self, due: Option<Millis>, count: usize) -> String {
        let rest = core::mem::take(&mut self.0);
        self.raw("{\"orders\":[");
        self.raw(&rest);
        self.raw(if rest.is_empty() { "]" } else { "]]" });
        self.number(",\"count\":", count as u64);
        match due {
            Some(due) => self.number(",\"due\":", due.0),
            None => self.raw(",\"due\":null"),
        }
        self.raw("}");
        self.0
    }

    fn raw(&mut self, text: &str) {
        self.0.push_str(text);
    }

    fn number(&mut self, before: &str, number: u64) {
        self.raw(before);
        if let Json::Number(digits) = Json::uint(number) {
            self.raw(&digits);
        }
    }

    fn text(&mut self, before: &str, text: &str) {
        self.raw(before);
        json::quote(text, &mut self.0);
    }

    fn row(&mut self, record: &Record) {
        self.text("{\"id\":", &record.id.to_text());
        self.text(",\"item\":", &record.item);
        self.number(",\"n\":", record.attempts.into());
        self.number(",\"at\":", record.at.0);
        self.number(",\"set\":", record.set.0);
        self.number(",\"next\":", record.next.0);
        self.number(",\"lease\":", record.lease.0);
        self.raw("}");
    }

    fn settle(&mut self, settlement: &Settlement) {
        self.raw("\"settle\",{\"forget\":[");
        for (index, id) in settlement.forget.iter().enumerate() {
            self.text(comma(index), &id.to_text());
        }
        self.raw("],\"keep\":[");
        for (index, record) in settlement.keep.iter().enumerate() {
            self.raw(comma(index));
            self.row(record);
        }
        self.raw("],\"dead\":[");
        for (index, (record, code)) in settlement.dead.iter().enumerate() {
            self.raw(comma(index));
            self.row(record);
            // The brace that closed the row opens again for one more member.
            self.0.pop();
            self.text(",\"code\":", code);
            self.raw("}");
        }
        self.raw("],\"gate\":");
        match &settlement.gate {
            Some(gate) => self.gate(gate),
            None => self.raw("null"),
        }
        self.raw("}");
    }

    fn gate(&mut self, gate: &Gate) {
        self.number("{\"set\":", gate.set.0);
        self.number(",\"until\":", gate.until.0);
        let kind = match gate.kind {
            GateKind::Open => "open",
            GateKind::Backoff => "backoff",
            GateKind::Park => "park",
        };
        self.text(",\"kind\":", kind);
        self.number(",\"fails\":", gate.fails.into());
        self.number(",\"asked\":", gate.asked.0);
        self.raw("}");
    }

    fn tell(&mut self, event: &Event) {
        let (word, id) = match event {
            Event::Kept { id, .. } => ("kept", id),
            Event::Received { id } => ("received", id),
            Event::Refused { id, .. } => ("refused", id),
            Event::Waiting { id, .. } => ("waiting", id),
            Event::Dropped { id, .. } => ("dropped", id),
        };
        self.text("\"tell\",", word);
        self.text(",", &id.to_text());
        match event {
            Event::Kept { home, .. } => {
                let home = match home {
                    Home::Disk => "disk",
                    Home::Spill => "spill",
                    Home::Memory => "memory",
                };
                self.text(",", home);
            }
            Event::Received { .. } => {}
            Event::Refused { code, field, .. } => {
                self.text(",", code);
                self.text(",", field);
            }
            Event::Waiting { until, .. } => self.number(",", until.0),
            Event::Dropped { reason, .. } => self.text(",", reason.code()),
        }
    }
}

fn comma(index: usize) -> &'static str {
    if index == 0 { "" } else { "," }
}
