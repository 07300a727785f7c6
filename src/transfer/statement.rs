//! The SQL of deliveries: claim, settle, replay.
//!
//! A delivery that anything may still happen to has a `due` time: when to try it, or, while it is leased, when its lease
//! ends. What is done, parked or dead has none. Only the holder of the token may write a result.

use alloc::{format, string::String, vec::Vec};

use super::{journal::Journal, limit::Limit, retry::Next};
use crate::{
    report::DropReason,
    time::Millis,
    wire::{
        json::Json,
        step::{Statement, millis},
    },
};

/// How long a delivery is leased. Longer than a request may take, so that two attempts never overlap in good health.
pub const LEASE: Millis = Millis::from_secs(60);
/// After so many failures in a row a destination is left alone for a while.
pub const BREAKER: u64 = 10;
/// The first and the longest time that a destination is left alone.
pub const PAUSE: (Millis, Millis) = (Millis::from_secs(30), Millis::from_secs(900));

/// Which rows an object holds: those of its site whose shard leaves its number when divided by the count of objects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// The id of the site.
    pub site: String,
    /// The number of the object.
    pub object: u64,
    /// How many objects the site has.
    pub objects: u64,
}

impl Scope {
    /// The name of the object.
    pub fn name(&self) -> String {
        format!("{}/{}", self.site, self.object)
    }

    /// The name of the index object of the site.
    pub fn index(&self) -> String {
        format!("{}/index", self.site)
    }

    fn args(&self) -> [Json; 3] {
        [Json::str(&self.site), Json::uint(self.object), Json::uint(self.objects.max(1))]
    }
}

/// The identity of a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// The logical shard of the lead.
    pub shard: u64,
    /// The id of the lead.
    pub lead: String,
    /// The name of the destination.
    pub destination: String,
}

/// Leases what is due under `token`, writes an attempt for each, and reads what to send and when to come again.
///
/// The rows to send are those of the last statement but one, the time to come again that of the last.
pub fn claim(scope: &Scope, limits: &[Limit<'_>], token: &str, now: Millis) -> Vec<Statement> {
    let mut gone = Vec::from(scope.args());
    gone.push(millis(now));
    let mut out = Vec::from([Statement::new(PARK, gone)]);
    for limit in limits {
        let mut args = Vec::from(scope.args());
        args.extend([
            Json::str(limit.name),
            Json::str(token),
            millis(now),
            millis(now.saturating_add(LEASE)),
            Json::uint(BREAKER),
            Json::uint(limit.at_once),
        ]);
        let several = limit.most > 1;
        // With a rate one request begins at a time, so that they are spread.
        let most = if several { limit.most } else { limit.requests() };
        args.push(Json::uint(most));
        out.push(Statement::new(if several { CLAIM_MANY } else { CLAIM }, args));
        if limit.interval > 0 {
            let args = [
                Json::str(&scope.site),
                Json::uint(scope.object),
                Json::str(limit.name),
                Json::str(token),
                millis(now.saturating_add(Millis(limit.interval))),
            ];
            out.push(Statement::new(CHARGE, args));
        }
    }
    out.push(Statement::new(
        PROBE,
        [millis(now), Json::str(token), Json::uint(BREAKER), millis(now.saturating_add(LEASE))],
    ));
    out.push(Statement::new(ATTEMPT, [Json::str(token), millis(now)]));
    out.push(Statement::new(CLAIMED, [Json::str(token)]));
    out.push(next(scope, limits, now));
    out
}

/// What is due at an address that is gone waits for a person, in sight.
const PARK: &str = "UPDATE delivery SET state='parked', due=NULL, token=NULL WHERE site=?1 AND shard%?3=?2 AND due<=?4 \
AND destination IN (SELECT destination FROM lane WHERE site=?1 AND shard=?2 AND held='gone')";

/// How many requests may begin: the free places of the lane; one when the pause of an open breaker is over; none while the
/// lane is held, while its receiver wants rest, and before the next request may begin by its rate.
macro_rules! places {
    ($under_way:literal) => {
        concat!(
            "max(0, coalesce((SELECT CASE WHEN held IS NOT NULL OR rest>?6 OR next_at>?6 THEN 0 WHEN failures<?8 THEN ?9 \
             ELSE open_until<=?6 END FROM lane WHERE site=?1 AND shard=?2 AND destination=?4),?9)-(SELECT ",
            $under_way,
            " FROM delivery INDEXED BY delivery_leased WHERE token IS NOT NULL AND site=?1 AND destination=?4 AND due>?6 \
             AND shard%?3=?2))"
        )
    };
}

/// Takes the free places of a lane, oldest first.
const CLAIM: &str = concat!(
    "UPDATE delivery SET state='leased', token=?5, due=?7, tries=tries+1 WHERE rowid IN (SELECT rowid FROM delivery \
     WHERE site=?1 AND destination=?4 AND due<=?6 AND shard%?3=?2 ORDER BY due LIMIT min(?10, ",
    places!("count(*)"),
    "))"
);

/// Takes what goes in one request, if there is a place for one: the oldest with others that go in parts of the same size.
const CLAIM_MANY: &str = concat!(
    "UPDATE delivery SET state='leased', token=?5, due=?7, tries=tries+1 WHERE rowid IN (SELECT rowid FROM delivery \
     WHERE site=?1 AND destination=?4 AND due<=?6 AND shard%?3=?2 AND min(?10,coalesce(part,?10))=(SELECT \
     min(?10,coalesce(part,?10)) FROM delivery WHERE site=?1 AND destination=?4 AND due<=?6 AND shard%?3=?2 ORDER BY due \
     LIMIT 1) ORDER BY due, part LIMIT CASE WHEN ",
    places!("count(DISTINCT token)"),
    ">0 THEN coalesce((SELECT min(?10,coalesce(part,?10)) FROM delivery WHERE site=?1 AND destination=?4 AND due<=?6 AND shard%?3=?2 \
     ORDER BY due LIMIT 1),0) ELSE 0 END)"
);

/// The next request may begin when the interval of the rate is over.
const CHARGE: &str = "INSERT INTO lane(site,shard,destination,failures,open_until,next_at) SELECT ?1,?2,?3,0,0,?5 \
WHERE EXISTS (SELECT 1 FROM delivery WHERE token=?4 AND site=?1 AND destination=?3) ON CONFLICT DO UPDATE SET next_at=?5";

/// A probe keeps its lane closed to others until it has an answer or its lease ends.
const PROBE: &str = "UPDATE lane SET open_until=?4 WHERE failures>=?3 AND open_until<=?1 \
AND EXISTS (SELECT 1 FROM delivery d WHERE d.token=?2 AND d.site=lane.site AND d.destination=lane.destination)";

const ATTEMPT: &str = "INSERT INTO attempt(site,shard,lead,destination,n,at) \
SELECT site,shard,lead,destination,tries,?2 FROM delivery WHERE token=?1";

const CLAIMED: &str = "SELECT d.shard,d.lead,d.destination,d.tries,d.tries-d.base AS round,d.first_at,d.part,\
l.form,l.at,l.occurred_at,l.received_at,l.\"values\",l.verdict,l.consent,l.context,\
(SELECT json_group_array(json_object('name',s.name,'stage',s.stage,'at',s.at,'worth',json(s.worth))) FROM (SELECT * FROM stage \
WHERE site=l.site AND shard=l.shard AND lead=l.id ORDER BY n) s) AS stages,\
(SELECT json_group_array(json_object('purpose',purpose,'at',at)) FROM withdrawal WHERE site=l.site AND shard=l.shard AND lead=l.id) \
AS withdrawn FROM delivery d JOIN lead l ON l.site=d.site AND l.shard=d.shard AND l.id=d.lead WHERE d.token=?1 ORDER BY d.due,d.lead";

/// Reads as `next` when the object has to be woken again: the earliest due time of a lane with free places, the end of the
/// earliest lease of a full one that has not ended, not before the end of the pause of a closed one, and not before its rate
/// and its receiver allow. A lane that is paused is left out.
pub fn next(scope: &Scope, limits: &[Limit<'_>], now: Millis) -> Statement {
    let lanes = limits.iter().map(|limit| {
        Json::object([
            ("name", Json::str(limit.name)),
            ("at_once", Json::uint(limit.at_once)),
            ("many", Json::uint(u64::from(limit.most > 1))),
        ])
    });
    let mut args = Vec::from(scope.args());
    args.extend([Json::String(Json::array(lanes).to_text()), millis(now), Json::uint(BREAKER)]);
    Statement::new(NEXT, args)
}

const NEXT: &str = "SELECT min(max(CASE WHEN EXISTS (SELECT 1 FROM lane WHERE site=?1 AND shard=?2 AND destination=j.name \
AND held='paused') THEN NULL WHEN (SELECT CASE WHEN j.many THEN count(DISTINCT token) ELSE count(*) END FROM delivery \
INDEXED BY delivery_leased WHERE token IS NOT NULL AND site=?1 AND destination=j.name AND due>?5 AND shard%?3=?2)>=j.at_once \
THEN (SELECT min(due) FROM delivery INDEXED BY delivery_leased WHERE token IS NOT NULL AND site=?1 AND destination=j.name AND due>?5 AND shard%?3=?2) \
ELSE (SELECT min(due) FROM delivery WHERE site=?1 AND destination=j.name AND due IS NOT NULL AND shard%?3=?2) END,\
coalesce((SELECT max(rest,next_at,CASE WHEN failures>=?6 THEN open_until ELSE 0 END) FROM lane WHERE site=?1 AND shard=?2 \
AND destination=j.name),0))) AS next FROM (SELECT value->>'$.name' AS name, value->>'$.many' AS many, \
value->>'$.at_once' AS at_once FROM json_each(?4)) j";

/// What an attempt came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settlement<'a> {
    /// Which delivery.
    pub key: &'a Key,
    /// The number of the attempt.
    pub attempt: u64,
    /// The token of the lease.
    pub token: &'a str,
    /// What becomes of the delivery.
    pub next: Next,
    /// The status that came back.
    pub status: Option<u16>,
    /// A word for what went wrong.
    pub error: Option<&'a str>,
    /// What was sent and what came back, for the delivery log.
    pub journal: &'a Journal,
}

/// Writes the result of an attempt if its lease still holds.
pub fn settle(scope: &Scope, result: &Settlement<'_>, now: Millis) -> Vec<Statement> {
    let Settlement { key, attempt, token, next, status, error, journal } = result;
    let text = |text: Option<&str>| text.map_or(Json::Null, Json::str);
    let due = match next {
        Next::Again(at) | Next::Later(at) => millis(*at),
        Next::Split(_) => millis(now),
        Next::Done | Next::Parked | Next::Dead(_) => Json::Null,
    };
    // Neither a part of a batch nor a wait for a token takes a round of the schedule.
    let free = u64::from(matches!(next, Next::Split(_) | Next::Later(_)));
    let part = if let Next::Split(part) = next { Json::uint(*part) } else { Json::Null };
    let reason = if let Next::Dead(reason) = next { Some(reason.code()) } else { None };
    let status = status.map_or(Json::Null, |status| Json::uint(status.into()));
    let identity = [
        Json::str(&scope.site),
        Json::uint(key.shard),
        Json::str(&key.lead),
        Json::str(&key.destination),
    ];
    let with = |more: &[Json]| {
        let mut args = Vec::from(identity.clone());
        args.extend_from_slice(more);
        args
    };
    [
        Statement::new(
            "UPDATE delivery SET state=?6, due=?7, token=NULL, status=?8, error=?9, reason=?10, base=base+?11, \
             part=coalesce(?12,part) WHERE site=?1 AND shard=?2 AND lead=?3 AND destination=?4 AND token=?5",
            with(&[
                Json::str(token),
                Json::str(next.state()),
                due,
                status.clone(),
                text(*error),
                text(reason),
                Json::uint(free),
                part,
            ]),
        ),
        Statement::new(
            ATTEMPTED,
            with(&[
                Json::uint(*attempt),
                status,
                text(*error),
                millis(now),
                journal.sent(),
                journal.came(),
            ]),
        ),
    ]
    .into()
}

/// Writes what a request says of its lane: whether its receiver is well, the rest that it asked for, and the requests that
/// the attempt took beyond its first, which count by the rate.
pub fn lane(
    scope: &Scope,
    limit: &Limit<'_>,
    nexts: &[Next],
    (rest, more): (Millis, u64),
    now: Millis,
) -> Vec<Statement> {
    let lane = [Json::str(&scope.site), Json::uint(scope.object), Json::str(limit.name)];
    let with = |more: &[Json]| [lane.as_slice(), more].concat();
    let any = |fits: fn(&Next) -> bool| nexts.iter().any(fits);
    let mut out = Vec::new();
    if any(|next| *next == Next::Dead(DropReason::Gone)) {
        out.push(Statement::new(LANE_GONE, lane.clone()));
    } else if any(|next| matches!(next, Next::Done | Next::Parked | Next::Dead(_))) {
        out.push(Statement::new(LANE_WELL, lane.clone()));
    } else if any(|next| matches!(next, Next::Again(_))) {
        let args = [millis(now), Json::uint(BREAKER), millis(PAUSE.0), millis(PAUSE.1)];
        out.push(Statement::new(LANE_FAILED, with(&args)));
    }
    if rest > Millis(0) {
        let rest = millis(now.saturating_add(rest.min(PAUSE.1)));
        out.push(Statement::new(LANE_RESTS, with(&[rest])));
    }
    if more > 0 && limit.interval > 0 {
        let more = [millis(now), Json::uint(limit.interval.saturating_mul(more))];
        out.push(Statement::new(LANE_TOOK, with(&more)));
    }
    out
}

const LANE_RESTS: &str =
    "UPDATE lane SET rest=max(rest,?4) WHERE site=?1 AND shard=?2 AND destination=?3";

const LANE_TOOK: &str =
    "UPDATE lane SET next_at=max(next_at,?4)+?5 WHERE site=?1 AND shard=?2 AND destination=?3";

/// What was sent is the same in most attempts, and is written once.
const ATTEMPTED: &str = "UPDATE attempt SET status=?6, error=?7, ended_at=?8, came=?10, sent=CASE WHEN EXISTS (SELECT 1 \
FROM attempt a WHERE a.site=?1 AND a.shard=?2 AND a.lead=?3 AND a.destination=?4 AND a.n<?5 AND a.sent=?9) THEN NULL ELSE ?9 END \
WHERE site=?1 AND shard=?2 AND lead=?3 AND destination=?4 AND n=?5";

/// An address that wants nothing any more gets nothing more until a person says so, or the configuration changes.
const LANE_GONE: &str = "INSERT INTO lane(site,shard,destination,failures,open_until,held) VALUES(?1,?2,?3,0,0,'gone') \
ON CONFLICT DO UPDATE SET failures=0, open_until=0, held=coalesce(held,'gone')";

const LANE_WELL: &str =
    "UPDATE lane SET failures=0, open_until=0 WHERE site=?1 AND shard=?2 AND destination=?3";

/// Each failure beyond the limit doubles the pause.
const LANE_FAILED: &str = "INSERT INTO lane(site,shard,destination,failures,open_until) VALUES(?1,?2,?3,1,0) \
ON CONFLICT DO UPDATE SET failures=failures+1, open_until=CASE WHEN failures+1>=?5 \
THEN ?4+min(?7,?6<<min(failures+1-?5,10)) ELSE 0 END";

/// Makes a delivery due again under a fresh schedule, whatever became of it, unless the visitor did not agree to it. Answers
/// with a row if there is such a delivery.
pub fn replay(scope: &Scope, key: &Key, now: Millis) -> Statement {
    Statement::new(
        "UPDATE delivery SET state='due', due=?5, token=NULL, base=tries, first_at=?5, reason=NULL, part=NULL \
         WHERE site=?1 AND shard=?2 AND lead=?3 AND destination=?4 AND coalesce(reason,'') NOT IN ('consent_missing','superseded') RETURNING state",
        [
            Json::str(&scope.site),
            Json::uint(key.shard),
            Json::str(&key.lead),
            Json::str(&key.destination),
            millis(now),
        ],
    )
}

/// After a change of the configuration: tries addresses again that were gone, ends deliveries to destinations that are gone, and tries again what was
/// parked after an attempt. What waits for review goes on waiting.
pub fn reconfigure(scope: &Scope, destinations: &[&str], now: Millis) -> Vec<Statement> {
    let names = destinations.iter().map(|name| Json::str(name)).collect();
    let names = Json::String(Json::Array(names).to_text());
    let mut args = Vec::from(scope.args());
    args.push(names);
    let mut due = args.clone();
    due.push(millis(now));
    [
        Statement::new(
            "UPDATE lane SET held=NULL WHERE site=?1 AND shard=?2 AND held='gone'",
            [Json::str(&scope.site), Json::uint(scope.object)],
        ),
        Statement::new(
            "UPDATE delivery SET state='dead', due=NULL, token=NULL, reason='destination_missing' \
             WHERE site=?1 AND shard%?3=?2 AND state IN ('due','leased','parked') \
             AND destination NOT IN (SELECT value FROM json_each(?4))",
            args,
        ),
        Statement::new(
            "UPDATE delivery SET state='due', due=?5 WHERE site=?1 AND shard%?3=?2 AND state='parked' AND reason IS NULL \
             AND destination IN (SELECT value FROM json_each(?4))",
            due,
        ),
    ]
    .into()
}
