//! The steps of a wake-up: claim what is due, send each side by side, write down what came of it.
//!
//! Contract: [`claim`] gives statements; their rows go to [`claimed`], which gives one step per delivery. The result of its
//! request goes to [`sent`] with the state that the step carried.

use alloc::{collections::BTreeSet, string::String, vec::Vec};

use super::{
    destinations::{self, Surroundings},
    flight::{Flight, Place},
    item::Item,
    limit::Limit,
    statement::{self, Scope},
};
use crate::{
    form::Form,
    random::Random,
    time::Millis,
    wire::{
        json::{self, Json},
        step::{Statement, Step},
    },
};

/// The most bytes of leads in one request.
const MOST_BYTES: usize = 512 * 1024;

/// A destination as transfer sees it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lane<'a> {
    /// The name that the owner gave.
    pub name: &'a str,
    /// Its kind.
    pub kind: &'a str,
    /// Its settings.
    pub settings: &'a Json,
    /// The forms of the site.
    pub forms: &'a [Form],
}

/// The statements that lease what is due.
pub fn claim(scope: &Scope, lanes: &[Lane<'_>], token: &str, now: Millis) -> Vec<Statement> {
    statement::claim(scope, &Limit::all(lanes, scope.objects), token, now)
}

/// One step per request, and the time to be woken again.
pub fn claimed(
    scope: &Scope,
    lanes: &[Lane<'_>],
    token: &str,
    rows: &[Json],
    around: &Surroundings<'_>,
    random: &mut Random,
) -> (Vec<Step>, Option<Millis>) {
    let [.., leased, next] = rows else { return (Vec::new(), None) };
    let mut steps = Vec::new();
    for lane in lanes {
        let rows = leased.as_array().unwrap_or_default().iter();
        let own = |row: &&Json| row.member("destination").and_then(Json::as_str) == Some(lane.name);
        let items = rows.filter(own).filter_map(|row| {
            let mut item = Item::read(row, lane.name)?;
            item.lead = cargo(scope, row);
            Some(item)
        });
        let place = Place { scope, lane, lanes, around };
        for items in grouped(lane, around, items.collect()) {
            steps.push(Flight::new(lane.name, token, items).begin(&place, random));
        }
    }
    (steps, next_wake(next))
}

/// Which leads go together: all of a claim, unless they are too large, or go alone by their nature.
fn grouped(lane: &Lane<'_>, around: &Surroundings<'_>, items: Vec<Item>) -> Vec<Vec<Item>> {
    let most = usize::try_from(destinations::most(lane.kind, lane.settings)).unwrap_or(1);
    if most == 1 {
        return items.into_iter().map(|item| Vec::from([item])).collect();
    }
    let mut groups: Vec<(Vec<Item>, BTreeSet<String>, usize)> = Vec::new();
    let mut alone: Vec<Vec<Item>> = Vec::new();
    for item in items {
        let Ok(own) = item.ask(lane, around, destinations::identity) else {
            alone.push(Vec::from([item]));
            continue;
        };
        let size = item.lead.to_text().len();
        let part = item.part.and_then(|part| usize::try_from(part).ok()).unwrap_or(most);
        match groups.last_mut() {
            Some((group, known, bytes))
                if group.len() < most.min(part)
                    && *bytes + size <= MOST_BYTES
                    && !known.contains(&own) =>
            {
                known.insert(own);
                *bytes += size;
                group.push(item);
            }
            Some(_) | None => groups.push((Vec::from([item]), BTreeSet::from([own]), size)),
        }
    }
    alone.extend(groups.into_iter().map(|(group, _, _)| group));
    alone
}

/// The step after an effect of a flight: another request of the same attempt, or the end of the attempt.
pub fn sent(
    scope: &Scope,
    lanes: &[Lane<'_>],
    state: &Json,
    result: &Json,
    around: &Surroundings<'_>,
    random: &mut Random,
) -> Option<Step> {
    let flight = Flight::read(state)?;
    let lane = lanes.iter().find(|lane| lane.name == flight.destination)?;
    Some(flight.go_on(&Place { scope, lane, lanes, around }, state, result, random))
}

/// The time in the row of `statement::next`.
pub fn next_wake(rows: &Json) -> Option<Millis> {
    rows.as_array()?.first()?.member("next")?.as_uint().map(Millis)
}

/// The lead as destinations see it.
pub fn cargo(scope: &Scope, row: &Json) -> Json {
    let inner = |key| {
        let text = row.member(key).and_then(Json::as_str).unwrap_or_default();
        json::parse(text).unwrap_or_default()
    };
    let time = |key| {
        row.member(key)
            .and_then(Json::as_uint)
            .map_or(Json::Null, |at| Json::String(Millis(at).to_iso8601()))
    };
    let text = |key| row.member(key).cloned().unwrap_or_default();
    let mut out = Json::object([
        ("id", text("lead")),
        ("site", Json::str(&scope.site)),
        ("form", text("form")),
        ("occurred_at", time("occurred_at")),
        ("received_at", time("received_at")),
        ("values", inner("values")),
        ("verdict", inner("verdict")),
        ("consent", inner("consent")),
        ("context", inner("context")),
    ]);
    // Most leads have neither, and receivers that take the whole lead see no empty lists.
    for key in ["stages", "withdrawn"] {
        let list = inner(key);
        if list.as_array().is_some_and(|items| !items.is_empty()) {
            out.set(key, list);
        }
    }
    out
}
