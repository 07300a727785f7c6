//! Facts and orders of the outbox as JSON arrays: `[now, word, …]` in, `[word, …]` out.

use alloc::{borrow::ToOwned, string::String, vec::Vec};

use crate::{
    lead::LeadId,
    outbox::{Claimed, Event, Gate, GateKind, Home, Input, Output, Record, Settings, Settlement},
    time::Millis,
    wire::json::Json,
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

fn row(record: Record) -> Json {
    Json::object([
        ("id", Json::String(record.id.to_text())),
        ("item", Json::String(record.item)),
        ("n", Json::uint(record.attempts.into())),
        ("at", Json::uint(record.at.0)),
        ("set", Json::uint(record.set.0)),
        ("next", Json::uint(record.next.0)),
        ("lease", Json::uint(record.lease.0)),
    ])
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

fn gate_row(gate: Gate) -> Json {
    let kind = match gate.kind {
        GateKind::Open => "open",
        GateKind::Backoff => "backoff",
        GateKind::Park => "park",
    };
    Json::object([
        ("set", Json::uint(gate.set.0)),
        ("until", Json::uint(gate.until.0)),
        ("kind", Json::str(kind)),
        ("fails", Json::uint(gate.fails.into())),
        ("asked", Json::uint(gate.asked.0)),
    ])
}

fn list(word: &str, parts: impl IntoIterator<Item = Json>) -> Json {
    let mut out = Vec::from([Json::str(word)]);
    out.extend(parts);
    Json::Array(out)
}

/// Writes an order.
pub(super) fn output(output: Output) -> Json {
    match output {
        Output::Store(record) => list("store", [row(record)]),
        Output::Claim { lease, items, bytes } => {
            let count = |count: usize| Json::uint(count as u64);
            list("claim", [Json::uint(lease.0), count(items), count(bytes)])
        }
        Output::Send { batch, body, keepalive } => {
            list("send", [Json::uint(batch.into()), Json::String(body), Json::Bool(keepalive)])
        }
        Output::Settle(settlement) => list("settle", [settle(settlement)]),
        Output::Arm(body) => list("arm", [Json::String(body)]),
        Output::Tell(event) => tell(event),
    }
}

fn settle(settlement: Settlement) -> Json {
    let id = |id: LeadId| Json::String(id.to_text());
    let dead = settlement.dead.into_iter().map(|(record, code)| {
        let mut row = row(record);
        row.set("code", Json::String(code));
        row
    });
    Json::object([
        ("forget", Json::Array(settlement.forget.into_iter().map(id).collect())),
        ("keep", Json::Array(settlement.keep.into_iter().map(row).collect())),
        ("dead", Json::Array(dead.collect())),
        ("gate", settlement.gate.map_or(Json::Null, gate_row)),
    ])
}

fn tell(event: Event) -> Json {
    let (word, id, parts) = match event {
        Event::Kept { id, home } => {
            let home = match home {
                Home::Disk => "disk",
                Home::Spill => "spill",
                Home::Memory => "memory",
            };
            ("kept", id, Vec::from([Json::str(home)]))
        }
        Event::Received { id } => ("received", id, Vec::new()),
        Event::Refused { id, code, field } => {
            ("refused", id, Vec::from([Json::String(code), Json::String(field)]))
        }
        Event::Waiting { id, until } => ("waiting", id, Vec::from([Json::uint(until.0)])),
        Event::Dropped { id, reason } => ("dropped", id, Vec::from([Json::str(reason.code())])),
    };
    let mut out = Vec::from([Json::str("tell"), Json::str(word), Json::String(id.to_text())]);
    out.extend(parts);
    Json::Array(out)
}
