//! What a person does to destinations: looks at them, pauses, resumes and replays them, and reads the delivery log.
//!
//! Contract: each function gives statements for one object; a destination has deliveries in every object of its site.

use alloc::{string::String, vec::Vec};

use super::{
    journal,
    statement::{Key, Scope},
};
use crate::{
    lead::Operation,
    time::Millis,
    wire::{
        json::Json,
        step::{Statement, millis},
    },
};

/// The most deliveries of an object that are replayed at once.
pub const MOST: u64 = 5000;
/// The word of a lane that a person has paused.
pub const PAUSED: &str = "paused";

fn site(scope: &Scope) -> [Json; 3] {
    [Json::str(&scope.site), Json::uint(scope.object), Json::uint(scope.objects.max(1))]
}

/// Reads how many deliveries of each state every destination has, and the health of its lane.
pub fn overview(scope: &Scope) -> Vec<Statement> {
    let [name, object, _] = site(scope);
    [
        Statement::new(OVERVIEW, site(scope)),
        Statement::new(
            "SELECT destination,held,failures,open_until FROM lane WHERE site=?1 AND shard=?2",
            [name, object],
        ),
    ]
    .into()
}

/// From the tally, which counts what is leased as due; what is leased is little, and has an index of its own.
const OVERVIEW: &str = "SELECT destination,what AS state,reason,sum(n)-CASE WHEN what='due' AND reason='' THEN (SELECT count(*) \
FROM delivery INDEXED BY delivery_leased WHERE token IS NOT NULL AND site=?1 AND destination=t.destination AND shard%?3=?2) \
ELSE 0 END AS n,CASE WHEN what='due' THEN (SELECT due FROM delivery WHERE site=?1 AND destination=t.destination \
AND due IS NOT NULL AND state='due' AND shard%?3=?2 ORDER BY due LIMIT 1) END AS due FROM tally t WHERE site=?1 \
AND destination<>'' AND shard%?3=?2 GROUP BY destination,what,reason HAVING sum(n)>0 UNION ALL SELECT destination,'leased','',\
count(*),min(due) FROM delivery INDEXED BY delivery_leased WHERE token IS NOT NULL AND site=?1 AND shard%?3=?2 \
GROUP BY destination";

/// Reads how many leads there are, as `n`, and how many were refused and kept.
pub fn totals(scope: &Scope) -> Vec<Statement> {
    let count = |what| {
        let mut args = Vec::from(site(scope));
        args.push(Json::str(what));
        Statement::new(
            "SELECT coalesce(sum(n),0) AS n FROM tally WHERE site=?1 AND destination='' AND what=?4 AND shard%?3=?2",
            args,
        )
    };
    ["lead", "quarantine"].map(count).into()
}

/// Puts the rows of [`overview`] of all objects together: one entry per destination, in the order of `names`.
pub fn summary(names: &[(&str, &str)], results: &[Json]) -> Json {
    let rows = |place: usize| {
        results.iter().filter_map(move |result| result.as_array()?.get(place)?.as_array()).flatten()
    };
    let of = |row: &&Json, name: &str| {
        let lane = row.member("destination").and_then(Json::as_str).unwrap_or_default();
        Operation::of(lane).0 == name
    };
    let entry = |(name, kind): &(&str, &str)| {
        let (mut states, mut reasons) = (Json::Object(Vec::new()), Json::Object(Vec::new()));
        let mut due: Option<u64> = None;
        for row in rows(0).filter(|row| of(row, name)) {
            let text = |key| row.member(key).and_then(Json::as_str).unwrap_or_default();
            let count = row.member("n").and_then(Json::as_uint).unwrap_or(0);
            add(&mut states, text("state"), count);
            if !text("reason").is_empty() {
                add(&mut reasons, text("reason"), count);
            }
            let at = row.member("due").and_then(Json::as_uint);
            due = [due, at].into_iter().flatten().min();
        }
        let lanes = || rows(1).filter(|row| of(row, name));
        let held = lanes().find_map(|row| row.member("held")?.as_str());
        let most =
            |key: &str| lanes().filter_map(|row| row.member(key)?.as_uint()).max().unwrap_or(0);
        Json::object([
            ("name", Json::str(name)),
            ("type", Json::str(kind)),
            ("held", held.map_or(Json::Null, Json::str)),
            ("failures", Json::uint(most("failures"))),
            ("open_until", Json::uint(most("open_until"))),
            ("due", due.map_or(Json::Null, Json::uint)),
            ("states", states),
            ("reasons", reasons),
        ])
    };
    Json::array(names.iter().map(entry))
}

fn add(counts: &mut Json, key: &str, count: u64) {
    let before = counts.member(key).and_then(Json::as_uint).unwrap_or(0);
    counts.set(key, Json::uint(before + count));
}

/// Lets a destination wait: what is under way is finished, nothing else begins, nothing is lost.
pub fn pause(scope: &Scope, destination: &str) -> Statement {
    let [site, object, _] = site(scope);
    Statement::new(
        "INSERT INTO lane(site,shard,destination,failures,open_until,held) VALUES(?1,?2,?3,0,0,?4) \
         ON CONFLICT DO UPDATE SET held=?4",
        [site, object, Json::str(destination), Json::str(PAUSED)],
    )
}

/// Lets a destination go on, however it was stopped. Its breaker starts anew, and what was parked by a refused key is due.
pub fn resume(scope: &Scope, destination: &str, now: Millis) -> Vec<Statement> {
    let [site, object, objects] = site(scope);
    [
        Statement::new(
            "UPDATE lane SET held=NULL, failures=0, open_until=0, rest=0 WHERE site=?1 AND shard=?2 AND destination=?3",
            [site.clone(), object.clone(), Json::str(destination)],
        ),
        Statement::new(
            "UPDATE delivery SET state='due', due=?5 WHERE site=?1 AND shard%?3=?2 AND destination=?4 \
             AND state='parked' AND reason IS NULL",
            [site, object, objects, Json::str(destination), millis(now)],
        ),
    ]
    .into()
}

/// Which deliveries of a destination are replayed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// Of these states; without any, `dead` and `parked`.
    pub states: Vec<String>,
    /// Only with this reason.
    pub reason: Option<String>,
    /// Only of these leads.
    pub leads: Option<Vec<String>>,
    /// Only leads received in this span, by the clock of the edge.
    pub between: (Option<Millis>, Option<Millis>),
}

/// Makes the deliveries of a query due again. Answers with a row for each.
///
/// What waits for review goes only if the reason is asked for; what a visitor did not agree to never goes.
pub fn replay(scope: &Scope, destination: &str, query: &Query, now: Millis) -> Statement {
    let list = |items: &[String]| {
        Json::String(Json::array(items.iter().map(|item| Json::str(item))).to_text())
    };
    let usual = [String::from("dead"), String::from("parked")];
    let states = if query.states.is_empty() { usual.as_slice() } else { &query.states };
    let mut args = Vec::from(site(scope));
    args.extend([
        Json::str(destination),
        millis(now),
        list(states),
        query.reason.as_deref().map_or(Json::Null, Json::str),
        query.leads.as_deref().map_or(Json::Null, list),
        query.between.0.map_or(Json::uint(0), millis),
        query.between.1.map_or(Json::int(i64::MAX >> 11), millis),
        Json::uint(MOST),
    ]);
    Statement::new(REPLAY, args)
}

const REPLAY: &str = "UPDATE delivery SET state='due', due=?5, token=NULL, base=tries, first_at=?5, reason=NULL, part=NULL WHERE rowid IN \
(SELECT d.rowid FROM delivery d CROSS JOIN lead l ON l.site=d.site AND l.shard=d.shard AND l.id=d.lead WHERE d.site=?1 \
AND d.shard%?3=?2 AND d.destination=?4 AND d.state IN (SELECT value FROM json_each(?6)) AND d.state<>'leased' \
AND coalesce(d.reason,'') NOT IN ('consent_missing','superseded') AND (?7=d.reason OR (?7 IS NULL AND coalesce(d.reason,'')<>'review')) \
AND (?8 IS NULL OR d.lead IN (SELECT value FROM json_each(?8))) AND l.received_at BETWEEN ?9 AND ?10 LIMIT ?11) \
RETURNING lead";

/// Reads the delivery of a lead, its attempts and the state of its lane.
pub fn log(scope: &Scope, key: &Key) -> Vec<Statement> {
    let identity = [
        Json::str(&scope.site),
        Json::uint(key.shard),
        Json::str(&key.lead),
        Json::str(&key.destination),
    ];
    [
        Statement::new(
            "SELECT destination,state,due,status,error,reason FROM delivery WHERE site=?1 AND shard=?2 AND lead=?3 \
             AND destination=?4",
            identity.clone(),
        ),
        Statement::new(
            "SELECT n,at,ended_at,status,error,sent,came FROM attempt WHERE site=?1 AND shard=?2 AND lead=?3 \
             AND destination=?4 ORDER BY n",
            identity,
        ),
        Statement::new(
            "SELECT held,open_until FROM lane WHERE site=?1 AND shard=?2 AND destination=?3",
            [Json::str(&scope.site), Json::uint(scope.object), Json::str(&key.destination)],
        ),
    ]
    .into()
}

/// The log from the rows of [`log`]; masked unless `all` is asked for. `None` if there is no such delivery.
pub fn shown(rows: &Json, all: bool) -> Option<Json> {
    let [delivery, attempts, lane] = rows.as_array()? else { return None };
    let mut out = delivery.as_array()?.first()?.clone();
    let lane = lane.as_array().and_then(<[Json]>::first).unwrap_or(&Json::Null);
    let held = lane.member("held").cloned().unwrap_or_default();
    let state = out.member("state").and_then(Json::as_str).unwrap_or_default();
    let next = match (state, &held) {
        ("done", _) => "nothing",
        ("dead", _) => "a replay, if a person asks for it",
        ("parked", _) => "nothing until a person acts",
        (_, Json::String(_)) => "nothing until the destination is resumed",
        ("leased", _) => "an answer is awaited",
        _ => "an attempt when it is due",
    };
    out.set("held", held);
    out.set("next", Json::str(next));
    let mut sent = Json::Null;
    let attempts = attempts.as_array().unwrap_or_default().iter().map(|row| {
        let mut row = row.clone();
        if row.member("sent").and_then(Json::as_str).is_some() {
            sent = row.member("sent").cloned().unwrap_or_default();
        }
        let ended = row.member("ended_at").and_then(Json::as_uint).is_some();
        row.set("sent", if ended { journal::shown(&sent, all) } else { Json::Null });
        let came = row.member("came").cloned().unwrap_or_default();
        row.set("came", journal::shown(&came, all));
        row
    });
    let attempts = Json::array(attempts);
    out.set("attempts", attempts);
    Some(out)
}
