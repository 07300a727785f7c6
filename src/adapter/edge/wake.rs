//! Wake-ups: a shard object delivers and feeds the index; an index object remembers the configuration in force.

use alloc::{borrow::ToOwned, string::String, vec::Vec};

use super::{
    file,
    head::Head,
    schedule,
    site::{Site, Sites},
    sweep,
};
use crate::{
    intake::{self, index, mark, partial},
    time::Millis,
    transfer::{self, Scope, destinations::Surroundings, run, statement},
    wire::{
        json::Json,
        step::{Effect, Step},
    },
};

/// The word for wake-ups in states.
pub const ROUTE: &str = "wake";

/// The first step of a wake-up. An object of an unknown site has nothing to do.
pub fn start(sites: &Sites, head: &Head) -> Step {
    let Some((site, number)) = target(sites, &head.object) else { return Step::end(Vec::new()) };
    match number {
        None => Step::Fork {
            effects: Vec::new(),
            steps: [remember(&site, head), sweep::start(&site, head)].into(),
        },
        Some(object) => claim(&site, &scope(&site, object, head), head),
    }
}

fn target(sites: &Sites, object: &str) -> Option<(alloc::rc::Rc<Site>, Option<u64>)> {
    let (site, place) = object.split_once('/')?;
    let site = sites.site(site).ok()?;
    if place == "index" { Some((site, None)) } else { Some((site, Some(place.parse().ok()?))) }
}

fn scope(site: &Site, object: u64, head: &Head) -> Scope {
    Scope { site: site.id().to_owned(), object, objects: head.objects }
}

fn remember(site: &Site, head: &Head) -> Step {
    let hash = site.config.hash();
    let mut statements = index::remember(site.id(), hash, &site.text, &site.versions(), head.now);
    statements.extend(schedule::claim(site, head));
    let effect = Effect::Sql { object: head.object.clone(), statements, wake: None };
    Step::Do { effects: [effect].into(), state: state("remembered", &head.object, &[]) }
}

fn claim(site: &Site, scope: &Scope, head: &Head) -> Step {
    let mut statements = Vec::from([
        index::pending(&scope.site, scope.object, scope.objects),
        mark::forget(head.now),
        partial::sweep(head.now),
        intake::file::loose(&scope.site, head.now.saturating_sub(site.config.files().wait)),
    ]);
    statements.extend(run::claim(scope, &site.lanes(), head.nonce(), head.now));
    let effect = Effect::Sql { object: scope.name(), statements, wake: None };
    Step::Do {
        effects: [effect].into(),
        state: state("claimed", &scope.name(), &[("token", Json::str(head.nonce()))]),
    }
}

/// The place of the loose files among the rows of [`claim`].
const LOOSE: usize = 3;

fn state(at: &str, object: &str, more: &[(&str, Json)]) -> Json {
    let mut out = Json::object([
        ("route", Json::str(ROUTE)),
        ("at", Json::str(at)),
        ("object", Json::str(object)),
    ]);
    for (key, value) in more {
        out.set(key, value.clone());
    }
    out
}

/// The step after the one that left `state`.
pub fn go_on(sites: &Sites, head: &Head, state: &Json, results: &Json) -> Step {
    let text = |key| state.member(key).and_then(Json::as_str).unwrap_or_default();
    let Some((site, number)) = target(sites, text("object")) else { return Step::end(Vec::new()) };
    let first = results.as_array().and_then(<[Json]>::first).unwrap_or(&Json::Null);
    let scope = scope(&site, number.unwrap_or(0), head);
    match text("at") {
        "remembered" => remembered(&site, head, first),
        at if at.starts_with("schedule.") => schedule::go_on(&site, head, state, first),
        "reconfigured" => {
            let wakes = (0..head.objects).map(|object| Effect::Wake {
                object: Scope { object, ..scope.clone() }.name(),
                at: head.now,
            });
            Step::end(wakes.collect())
        }
        "claimed" => claimed(&site, &scope, head, text("token"), first),
        "filled" => fed(&scope, state),
        "swept" => {
            let rows = state.member("rows").unwrap_or(&Json::Null);
            let statements = [intake::file::forget(&scope.site, rows)].into();
            let effect = Effect::Sql { object: scope.name(), statements, wake: None };
            Step::Do { effects: [effect].into(), state: self::state("fed", &scope.name(), &[]) }
        }
        "fed" => Step::end(Vec::new()),
        transfer::SENT | transfer::LOOKED | transfer::GRANTED | transfer::KEPT => {
            let around = Surroundings { env: &head.env, now: head.now };
            run::sent(&scope, &site.lanes(), state, first, &around, &mut head.random())
                .unwrap_or_else(|| Step::end(Vec::new()))
        }
        transfer::SETTLED => settled(&scope, first),
        _ => Step::end(Vec::new()),
    }
}

/// A configuration that was not known before may name other destinations and other secrets.
fn remembered(site: &Site, head: &Head, rows: &Json) -> Step {
    let is_new = rows
        .as_array()
        .and_then(<[Json]>::first)
        .and_then(Json::as_array)
        .is_some_and(|rows| !rows.is_empty());
    let rows = rows.as_array().unwrap_or_default();
    let (mut steps, next) = match site.config.exports() {
        [] => (Vec::new(), None),
        _ => schedule::claimed(site, head, rows),
    };
    let own = index::name(site.id());
    let wakes = next.map(|at| Effect::Wake { object: own, at }).into_iter().collect();
    if is_new {
        steps.push(reconfigure(site, head));
    }
    Step::Fork { effects: wakes, steps }
}

fn reconfigure(site: &Site, head: &Head) -> Step {
    let lanes = site.lanes();
    let names: Vec<&str> = lanes.iter().map(|lane| lane.name).collect();
    let effects = (0..head.objects)
        .map(|object| {
            let scope = scope(site, object, head);
            let statements = statement::reconfigure(&scope, &names, head.now);
            Effect::Sql { object: scope.name(), statements, wake: Some(head.now) }
        })
        .collect();
    Step::Do { effects, state: state("reconfigured", &index::name(site.id()), &[]) }
}

/// Side by side: one step per delivery, and one that feeds the index.
fn claimed(site: &Site, scope: &Scope, head: &Head, token: &str, rows: &Json) -> Step {
    let rows = rows.as_array().unwrap_or_default();
    let around = Surroundings { env: &head.env, now: head.now };
    let (mut steps, next) =
        run::claimed(scope, &site.lanes(), token, rows, &around, &mut head.random());
    let pending = rows.first().unwrap_or(&Json::Null);
    let count = pending.as_array().map_or(0, <[Json]>::len) as u64;
    if count > 0 {
        let effect = Effect::Sql {
            object: index::name(&scope.site),
            statements: index::fill(&scope.site, pending),
            wake: None,
        };
        let state = state("filled", &scope.name(), &[("rows", pending.clone())]);
        steps.push(Step::Do { effects: [effect].into(), state });
    }
    let loose = rows.get(LOOSE).unwrap_or(&Json::Null);
    steps.extend(file::sweep(site, &scope.name(), loose, state("swept", &scope.name(), &[])));
    let next = if count >= index::FEED { Some(head.now) } else { next };
    Step::Fork { effects: wake(scope, next), steps }
}

fn fed(scope: &Scope, written: &Json) -> Step {
    let rows = written.member("rows").unwrap_or(&Json::Null);
    let effect = Effect::Sql {
        object: scope.name(),
        statements: [index::fed(&scope.site, rows)].into(),
        wake: None,
    };
    Step::Do { effects: [effect].into(), state: state("fed", &scope.name(), &[]) }
}

fn settled(scope: &Scope, rows: &Json) -> Step {
    let next = rows.as_array().and_then(<[Json]>::last).and_then(run::next_wake);
    Step::end(wake(scope, next))
}

fn wake(scope: &Scope, at: Option<Millis>) -> Vec<Effect> {
    let object: String = scope.name();
    at.map(|at| Effect::Wake { object, at }).into_iter().collect()
}
