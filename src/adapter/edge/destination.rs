//! `/v1/admin/destinations` and `/v1/admin/deliveries`: how destinations fare, pause, resume, replay, and the delivery log.

use alloc::{borrow::ToOwned, rc::Rc, string::String, vec::Vec};

use super::{
    head::Head,
    site::{Site, Sites},
};
use crate::{
    intake::store::shard,
    lead::Operation,
    time::Millis,
    transfer::{
        Key, Scope,
        control::{self, Query},
    },
    wire::{
        envelope::Fault,
        json::{self, Json},
        step::{Effect, Response, Statement, Step},
    },
};

/// The word for these routes in states.
pub const ROUTE: &str = "destination";

/// The first step of a request; the caller has checked who asks.
pub fn request(sites: &Sites, head: &Head, body: &[u8], parts: &[&str]) -> Result<Step, Fault> {
    match (parts, head.method.as_str()) {
        (["destinations"], "GET") => {
            let site = super::admin::asked_site(sites, head)?;
            Ok(everywhere(&site, head, "counted", None, control::overview))
        }
        (["destinations", site, name, "pause"], "POST") => {
            let (site, lanes) = known(sites, site, name)?;
            Ok(everywhere(&site, head, "held", None, |scope| {
                lanes.iter().map(|lane| control::pause(scope, lane)).collect()
            }))
        }
        (["destinations", site, name, "resume"], "POST") => {
            let (site, lanes) = known(sites, site, name)?;
            let now = head.now;
            Ok(everywhere(&site, head, "held", Some(now), |scope| {
                lanes.iter().flat_map(|lane| control::resume(scope, lane, now)).collect()
            }))
        }
        (["destinations", site, name, "replay"], "POST") => {
            let ((site, lanes), query, now) = (known(sites, site, name)?, query(body)?, head.now);
            let statements = |scope: &Scope| {
                lanes.iter().map(|lane| control::replay(scope, lane, &query, now)).collect()
            };
            Ok(everywhere(&site, head, "replayed", Some(now), statements))
        }
        (["deliveries", site, id, destination], "GET") => {
            Ok(log(&*sites.site(site)?, head, id, destination))
        }
        (
            ["destinations"]
            | ["destinations", _, _, "pause" | "resume" | "replay"]
            | ["deliveries", _, _, _],
            _,
        ) => Err(Fault::Method),
        _ => Err(Fault::Path),
    }
}

/// The step after the one that left `state`.
pub fn resume(sites: &Sites, state: &Json, results: &Json) -> Result<Step, Fault> {
    let word = |key| state.member(key).and_then(Json::as_str).unwrap_or_default();
    let site = sites.site(word("site"))?;
    let results = results.as_array().unwrap_or_default();
    let (response, effects) = match word("at") {
        "counted" => {
            let names = site.config.destinations().iter();
            let names: Vec<_> =
                names.map(|each| (each.name.as_str(), each.kind.as_str())).collect();
            let list = control::summary(&names, results);
            (Response::json(200, &Json::object([("destinations", list)])), Vec::new())
        }
        "held" => (Response::json(200, &Json::object([("ok", Json::Bool(true))])), Vec::new()),
        "replayed" => {
            let counts = results.iter().flat_map(|result| {
                let rows = result.as_array().unwrap_or_default().iter();
                rows.map(|rows| rows.as_array().map_or(0, <[Json]>::len) as u64)
            });
            let more = counts.clone().any(|count| count >= control::MOST);
            let answer = [("replayed", Json::uint(counts.sum())), ("more", Json::Bool(more))];
            (Response::json(202, &Json::object(answer)), Vec::new())
        }
        "logged" => {
            let all = word("show") == "all";
            let first = results.first().unwrap_or(&Json::Null);
            let log = control::shown(first, all).ok_or(Fault::Path)?;
            (Response::json(200, &log), told(all, state))
        }
        _ => return Err(Fault::Path),
    };
    Ok(Step::Answer(response.with("cache-control", "no-store").into(), effects))
}

/// Whoever asks for personal values leaves a line in the log.
fn told(all: bool, state: &Json) -> Vec<Effect> {
    let member = |key: &'static str| (key, state.member(key).cloned().unwrap_or_default());
    let mut line =
        Json::object([("event", Json::str("delivery_shown")), ("level", Json::str("info"))]);
    for (key, value) in ["site", "lead", "destination"].map(member) {
        line.set(key, value);
    }
    all.then_some(Effect::Log(line)).into_iter().collect()
}

/// The lanes of a destination, or the one lane that is named.
fn known(sites: &Sites, site: &str, name: &str) -> Result<(Rc<Site>, Vec<String>), Fault> {
    let site = sites.site(site)?;
    let (whole, operation) = Operation::of(name);
    let found = site.config.destinations().iter().find(|one| one.name == whole);
    let lanes = found.map(|one| one.lanes.clone()).ok_or(Fault::Path)?;
    let lanes = if operation == Operation::Lead {
        lanes
    } else {
        lanes.into_iter().filter(|lane| lane == name).collect()
    };
    if lanes.is_empty() { Err(Fault::Path) } else { Ok((site, lanes)) }
}

/// The same on every object of the site.
fn everywhere(
    site: &Site,
    head: &Head,
    at: &str,
    wake: Option<Millis>,
    statements: impl Fn(&Scope) -> Vec<Statement>,
) -> Step {
    let effects = (0..head.objects).map(|object| {
        let scope = Scope { site: site.id().to_owned(), object, objects: head.objects };
        Effect::Sql { object: scope.name(), statements: statements(&scope), wake }
    });
    Step::Do { effects: effects.collect(), state: state(at, site) }
}

fn state(at: &str, site: &Site) -> Json {
    Json::object([
        ("route", Json::str(ROUTE)),
        ("at", Json::str(at)),
        ("site", Json::str(site.id())),
    ])
}

fn log(site: &Site, head: &Head, id: &str, destination: &str) -> Step {
    let scope = Scope {
        site: site.id().to_owned(),
        object: shard(id) % head.objects,
        objects: head.objects,
    };
    let key = Key { shard: shard(id), lead: id.to_owned(), destination: destination.to_owned() };
    let effect =
        Effect::Sql { object: scope.name(), statements: control::log(&scope, &key), wake: None };
    let mut state = state("logged", site);
    state.set("lead", Json::str(id));
    state.set("destination", Json::str(destination));
    state.set("show", Json::String(head.parameter("show").unwrap_or_default()));
    Step::Do { effects: [effect].into(), state }
}

/// `{"states","reason","leads","since","until"}`; an empty body is an empty query.
fn query(body: &[u8]) -> Result<Query, Fault> {
    let text = core::str::from_utf8(body).unwrap_or_default();
    if text.trim().is_empty() {
        return Ok(Query::default());
    }
    let json = json::parse(text)
        .map_err(|error| Fault::Json { offset: error.offset(), expected: error.expected() })?;
    let list = |key: &'static str| -> Result<Option<Vec<String>>, Fault> {
        match json.member(key) {
            None | Some(Json::Null) => Ok(None),
            Some(value) => {
                let items = value.as_array().ok_or(Fault::Member(key))?.iter();
                let texts: Option<Vec<String>> =
                    items.map(|item| item.as_str().map(ToOwned::to_owned)).collect();
                texts.map(Some).ok_or(Fault::Member(key))
            }
        }
    };
    let time = |key: &'static str| -> Result<Option<Millis>, Fault> {
        match json.member(key) {
            None | Some(Json::Null) => Ok(None),
            Some(value) => value.as_uint().map(|at| Some(Millis(at))).ok_or(Fault::Member(key)),
        }
    };
    Ok(Query {
        states: list("states")?.unwrap_or_default(),
        reason: json.member("reason").and_then(Json::as_str).map(ToOwned::to_owned),
        leads: list("leads")?,
        between: (time("since")?, time("until")?),
    })
}
