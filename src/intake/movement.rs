//! What follows for destinations when sales move a lead to a stage, and when a person withdraws what was agreed to.
//!
//! Decides on the lead as it was stored and judged today; what was sent before is decided on in SQL, so that two changes at
//! once do no harm. Of an audience either the delivery that adds a member or the one that removes it is in force; the other
//! is `superseded`. A member is only removed where something may have been sent to add it, and never by a request that could
//! overtake that one.

use alloc::{borrow::ToOwned, string::String, vec::Vec};

use super::store::shard;
use crate::{
    config::{Config, Destination, Judged},
    lead::{Operation, Stage},
    report::DropReason,
    rule::Limits,
    time::Millis,
    wire::{
        json::Json,
        step::{Statement, millis},
    },
};

/// A change of the stage of a lead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The name of the stage as the owner calls it.
    pub name: String,
    /// What it stands for.
    pub stage: Stage,
    /// Who says so.
    pub by: String,
    /// What it is worth: `{"value":1200,"currency":"EUR"}`, or `null`.
    pub worth: Json,
}

/// What one destination has to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Movement {
    /// A delivery in this lane, once and for all; dead from the start where there is a reason.
    Tell(String, Option<DropReason>),
    /// The lead belongs to the audience of this name.
    Join(String),
    /// It does not.
    Leave(String),
}

/// What follows for every destination from a lead being in `stage`, under this name if it has just come there.
///
/// `stored` is the lead as [`record::read`](super::record::read) gives it, `judged` what the rules of today make of it.
pub fn movements(
    config: &Config,
    stored: &Json,
    judged: Option<&Judged<'_>>,
    stage: Stage,
    arrived: Option<&str>,
) -> Vec<Movement> {
    let before = stored.member("verdict").unwrap_or(&Json::Null);
    let taken = before.member("disposition").and_then(Json::as_str);
    if !matches!(taken, Some("accept" | "review")) {
        return Vec::new();
    }
    let test = stored.member("context").and_then(|context| context.member("test"))
        == Some(&Json::Bool(true));
    let consent = agreed(stored);
    let mut data = judged.map_or_else(|| Json::Object(Vec::new()), |judged| judged.facts.clone());
    data.set("values", stored.member("values").cloned().unwrap_or_default());
    data.set("verdict", judged.map_or_else(|| before.clone(), |judged| judged.verdict.to_json()));
    data.set("consent", consent.clone());
    data.set("stage", Json::str(stage.code()));
    let mut out = Vec::new();
    for destination in config.destinations() {
        let Destination { name, when, purpose, on_stage, audience, .. } = destination;
        let holds =
            when.as_ref().is_none_or(|rule| rule.holds(&data, &Limits::default()).unwrap_or(true));
        let given = purpose
            .as_deref()
            .is_none_or(|purpose| consent.member(purpose) == Some(&Json::Bool(true)));
        if *audience && !test {
            let member = holds && given;
            out.push(if member {
                Movement::Join(name.clone())
            } else {
                Movement::Leave(name.clone())
            });
        }
        if let Some(arrived) = arrived.filter(|_| *on_stage && holds)
            && destination.tells(&[arrived, stage.code()])
        {
            let reason = match (test, given) {
                (true, _) => Some(DropReason::TestLead),
                (false, false) => Some(DropReason::ConsentMissing),
                (false, true) => None,
            };
            out.push(Movement::Tell(Operation::Stage(arrived).lane(name), reason));
        }
    }
    out
}

/// What a stored lead agreed to and did not withdraw: an object from purposes to yes or no.
pub fn agreed(stored: &Json) -> Json {
    let mut out = super::judge::purposes(stored.member("consent").unwrap_or(&Json::Null));
    for withdrawal in stored.member("withdrawn").and_then(Json::as_array).unwrap_or_default() {
        if let Some(purpose) = withdrawal.member("purpose").and_then(Json::as_str) {
            out.set(purpose, Json::Bool(false));
        }
    }
    out
}

fn identity(site: &str, id: &str) -> [Json; 3] {
    [Json::str(site), Json::uint(shard(id)), Json::str(id)]
}

/// Writes the stage, with time and person, and what follows from it.
pub fn change(
    site: &str,
    id: &str,
    change: &Change,
    movements: &[Movement],
    now: Millis,
) -> Vec<Statement> {
    let mut args = Vec::from(identity(site, id));
    args.extend([
        Json::str(&change.name),
        Json::str(change.stage.code()),
        millis(now),
        Json::str(&change.by),
        Json::String(change.worth.to_text()),
    ]);
    let mut out = Vec::from([Statement::new(STAGE, args)]);
    out.extend(follow(site, id, movements, now));
    out
}

const STAGE: &str = "INSERT INTO stage(site,shard,lead,n,name,stage,at,by,worth) \
SELECT ?1,?2,?3,coalesce((SELECT max(n) FROM stage WHERE site=?1 AND shard=?2 AND lead=?3),0)+1,?4,?5,?6,?7,?8 \
FROM lead WHERE site=?1 AND shard=?2 AND id=?3";

/// Writes down that a person withdrew a purpose. What needs it and has not been sent ends; members leave audiences.
pub fn withdraw(
    site: &str,
    id: &str,
    (purpose, by): (&str, &str),
    destinations: &[Destination],
    now: Millis,
) -> Vec<Statement> {
    let mut args = Vec::from(identity(site, id));
    args.extend([Json::str(purpose), millis(now), Json::str(by)]);
    let mut out = Vec::from([Statement::new(
        "INSERT INTO withdrawal(site,shard,lead,purpose,at,by) SELECT ?1,?2,?3,?4,?5,?6 FROM lead \
         WHERE site=?1 AND shard=?2 AND id=?3 ON CONFLICT DO NOTHING",
        args,
    )]);
    let bound = destinations.iter().filter(|one| one.purpose.as_deref() == Some(purpose));
    for destination in bound {
        if destination.audience {
            out.extend(leave(site, id, &destination.name, DropReason::ConsentMissing, now));
        }
        let lanes = destination.lanes.iter();
        let removal = Operation::Remove.lane(&destination.name);
        let ended = lanes.filter(|lane| **lane != removal).map(|lane| Json::str(lane));
        let mut args = Vec::from(identity(site, id));
        args.push(Json::String(Json::array(ended).to_text()));
        out.push(Statement::new(
            "UPDATE delivery SET state='dead', due=NULL, token=NULL, reason='consent_missing' WHERE site=?1 AND shard=?2 \
             AND lead=?3 AND destination IN (SELECT value FROM json_each(?4)) AND state<>'done'",
            args,
        ));
    }
    out
}

/// The statements of these movements.
pub fn follow(site: &str, id: &str, movements: &[Movement], now: Millis) -> Vec<Statement> {
    movements
        .iter()
        .flat_map(|movement| match movement {
            Movement::Tell(lane, reason) => Vec::from([tell(site, id, lane, *reason, now)]),
            Movement::Join(name) => Vec::from(join(site, id, name, now)),
            Movement::Leave(name) => Vec::from(leave(site, id, name, DropReason::Superseded, now)),
        })
        .collect()
}

fn tell(site: &str, id: &str, lane: &str, reason: Option<DropReason>, now: Millis) -> Statement {
    let (state, due) = if reason.is_some() { ("dead", Json::Null) } else { ("due", millis(now)) };
    let mut args = Vec::from(identity(site, id));
    args.extend([
        Json::str(lane),
        Json::str(state),
        due,
        millis(now),
        reason.map_or(Json::Null, |reason| Json::str(reason.code())),
    ]);
    Statement::new(
        "INSERT INTO delivery(site,shard,lead,destination,state,due,tries,base,first_at,reason) \
         SELECT ?1,?2,?3,?4,?5,?6,0,0,?7,?8 FROM lead WHERE site=?1 AND shard=?2 AND id=?3 ON CONFLICT DO NOTHING",
        args,
    )
}

/// The delivery that is to be in force, and the one that is not; the first waits for the end of a lease of the other.
const IN_FORCE: &str = "INSERT INTO delivery(site,shard,lead,destination,state,due,tries,base,first_at) \
SELECT ?1,?2,?3,?4,'due',coalesce((SELECT due FROM delivery WHERE site=?1 AND shard=?2 AND lead=?3 AND destination=?5 \
AND state='leased'),?6),0,0,?6 FROM lead WHERE site=?1 AND shard=?2 AND id=?3 AND (NOT ?7 OR EXISTS (SELECT 1 FROM delivery \
WHERE site=?1 AND shard=?2 AND lead=?3 AND destination=?5 AND tries>0)) \
ON CONFLICT DO UPDATE SET state='due', due=excluded.due, token=NULL, base=tries, first_at=excluded.first_at, reason=NULL \
WHERE reason='superseded'";

const SUPERSEDED: &str = "UPDATE delivery SET state=CASE state WHEN 'done' THEN 'done' ELSE 'dead' END, due=NULL, token=NULL, \
reason=?5 WHERE site=?1 AND shard=?2 AND lead=?3 AND destination=?4 AND coalesce(reason,'') NOT IN ('consent_missing',\
'test_lead','superseded')";

fn pair(
    site: &str,
    id: &str,
    (wanted, other): (&str, &str),
    only_if_sent: bool,
    reason: DropReason,
    now: Millis,
) -> [Statement; 2] {
    let mut first = Vec::from(identity(site, id));
    let mut second = first.clone();
    let sent = Json::int(only_if_sent.into());
    first.extend([Json::str(wanted), Json::str(other), millis(now), sent]);
    second.extend([Json::str(other), Json::str(reason.code())]);
    [Statement::new(IN_FORCE, first), Statement::new(SUPERSEDED, second)]
}

fn join(site: &str, id: &str, name: &str, now: Millis) -> [Statement; 2] {
    let removal = Operation::Remove.lane(name);
    pair(site, id, (name, &removal), false, DropReason::Superseded, now)
}

/// A member leaves for this reason: after `superseded` it may come back, after a withdrawal it never does.
pub fn leave(site: &str, id: &str, name: &str, reason: DropReason, now: Millis) -> [Statement; 2] {
    let removal = Operation::Remove.lane(name);
    pair(site, id, (&removal, name), true, reason, now)
}

/// The stage of a stored lead, by the name that the owner gave it: the last one that was set, or the first of all.
pub fn current(stored: &Json) -> (String, Stage) {
    let last = stored.member("stages").and_then(Json::as_array).and_then(<[Json]>::last);
    let word = |key| last.and_then(|row| row.member(key)).and_then(Json::as_str);
    let stage = word("stage").and_then(Stage::parse).unwrap_or_default();
    (word("name").unwrap_or_else(|| stage.code()).to_owned(), stage)
}

/// Which audiences a lead belongs to, by these movements: an object from their names to yes or no.
pub fn shown(movements: &[Movement]) -> Json {
    let member = |movement: &Movement| match movement {
        Movement::Tell(..) => None,
        Movement::Join(name) => Some((name.clone(), Json::Bool(true))),
        Movement::Leave(name) => Some((name.clone(), Json::Bool(false))),
    };
    Json::object([("audiences", Json::Object(movements.iter().filter_map(member).collect()))])
}
