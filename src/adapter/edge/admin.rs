//! `/v1/admin/…`: what the Inbox reads, and the replay of a delivery.

use alloc::{borrow::ToOwned, format, string::String, vec::Vec};

use super::{
    customer, destination, erase, export, file,
    head::Head,
    partial,
    site::{Site, Sites, packs},
};
use crate::{
    check::Known,
    intake::{
        index::{self, Filter},
        movement, receipt, record,
        store::shard,
    },
    lead::Lead,
    time::Millis,
    transfer::{Key, Scope, statement},
    wire::{
        envelope::Fault,
        json::{self, Json},
        step::{Effect, Response, Step},
    },
};

/// The word for these routes in states.
pub const ROUTE: &str = "admin";
/// The entries of a page, unless another number is asked for.
const PAGE: u64 = 50;

/// The first step of a request below `/v1/admin` of somebody who may make it.
pub fn request(sites: &Sites, head: &Head, body: &[u8], parts: &[&str]) -> Result<Step, Fault> {
    match (parts, head.method.as_str()) {
        (["leads"], "GET") => list(sites, head),
        (["export"], "GET") => export::request(sites, head),
        (["quarantine"], "GET") => quarantine(sites, head),
        (["partials"], "GET") => partial::list(sites, head),
        (["files", site, lead, ..], "GET") => file::admin(sites, head, site, lead),
        (["leads", site, id], "GET") => Ok(one(&*sites.site(site)?, id, head, "read")),
        (["leads", site, id, "judge"], "GET") => Ok(one(&*sites.site(site)?, id, head, "judged")),
        (["leads", site, id, "replay"], "POST") => replay(&*sites.site(site)?, id, head, body),
        (["leads", site, id, "erase"], "POST") => Ok(erase::lead(&*sites.site(site)?, head, id)),
        (["leads", site, id, "others"], "GET") => Ok(customer::others(&*sites.site(site)?, id)),
        (["customers", site], _) => customer::request(&*sites.site(site)?, head, body),
        (["people", site, "erase"], "POST") => erase::person(&*sites.site(site)?, head, body),
        (["erasures"], "GET") => Ok(erase::open(&*asked_site(sites, head)?)),
        (["destinations" | "deliveries", ..], _) => destination::request(sites, head, body, parts),
        (
            ["leads" | "quarantine" | "export" | "erasures" | "partials"]
            | ["people", _, "erase"]
            | ["files", _, _, ..]
            | ["entry", _]
            | ["leads", _, _]
            | [
                "leads",
                _,
                _,
                "replay" | "judge" | "stage" | "withdraw" | "audiences" | "erase" | "others",
            ],
            _,
        ) => Err(Fault::Method),
        _ => Err(Fault::Path),
    }
}

/// The step after the one that left `state`.
pub fn resume(sites: &Sites, head: &Head, state: &Json, results: &Json) -> Result<Step, Fault> {
    let word = |key| state.member(key).and_then(Json::as_str).unwrap_or_default();
    let site = sites.site(word("site"))?;
    let results = results.as_array().unwrap_or_default();
    let first = results.first().unwrap_or(&Json::Null);
    let response = match word("at") {
        "pending" => return Ok(feed(&site, head, results)),
        "filled" => return Ok(listing(&site, head)),
        "listed" => page(site.id(), head, first),
        "quarantined" => Response::json(200, &quarantined(results)),
        "read" => Response::json(200, &shown(&site, head, record::read(first).ok_or(Fault::Path)?)),
        "judged" => Response::json(200, &again(&site, &record::read(first).ok_or(Fault::Path)?)?),
        "replayed" => {
            let rows = first.as_array().and_then(<[Json]>::first).and_then(Json::as_array);
            if rows.is_none_or(<[Json]>::is_empty) {
                return Err(Fault::Path);
            }
            Response::json(202, &Json::object([("state", Json::str("due"))]))
        }
        _ => return Err(Fault::Path),
    };
    Ok(Step::answer(fresh(response)))
}

/// The sites of the deployment.
pub fn sites(sites: &Sites) -> Json {
    let site = |site: &alloc::rc::Rc<Site>| {
        let site = site.config.public().site();
        Json::object([("id", Json::str(&site.id)), ("name", Json::str(&site.name))])
    };
    Json::object([("sites", Json::Array(sites.all().map(site).collect()))])
}

pub(super) fn fresh(response: Response) -> Response {
    response.with("cache-control", "no-store")
}

/// The site that the query names, or the first.
pub fn asked_site(sites: &Sites, head: &Head) -> Result<alloc::rc::Rc<Site>, Fault> {
    match head.parameter("site") {
        Some(id) => sites.site(&id),
        None => sites.all().next().cloned().ok_or(Fault::Site),
    }
}

fn scopes(site: &Site, head: &Head) -> impl Iterator<Item = Scope> {
    let (id, objects) = (site.id().to_owned(), head.objects);
    (0..objects).map(move |object| Scope { site: id.clone(), object, objects })
}

/// First what the shards have not told the index yet, so that a list shows every lead that was acknowledged.
fn list(sites: &Sites, head: &Head) -> Result<Step, Fault> {
    let site = asked_site(sites, head)?;
    let effects = scopes(&site, head).map(|scope| Effect::Sql {
        object: scope.name(),
        statements: [index::pending(site.id(), scope.object, scope.objects)].into(),
        wake: None,
    });
    Ok(Step::Do { effects: effects.collect(), state: state("pending", &site) })
}

fn feed(site: &Site, head: &Head, results: &[Json]) -> Step {
    let rows = results.iter().filter_map(|result| result.as_array()?.first());
    let statements: Vec<_> = rows
        .filter(|rows| rows.as_array().is_some_and(|rows| !rows.is_empty()))
        .flat_map(|rows| index::fill(site.id(), rows))
        .collect();
    if statements.is_empty() {
        return listing(site, head);
    }
    let effect = Effect::Sql { object: index::name(site.id()), statements, wake: None };
    Step::Do { effects: [effect].into(), state: state("filled", site) }
}

fn listing(site: &Site, head: &Head) -> Step {
    let filter = filter(head);
    let statements = [index::list(site.id(), &filter)].into();
    let effect = Effect::Sql { object: index::name(site.id()), statements, wake: None };
    Step::Do { effects: [effect].into(), state: state("listed", site) }
}

fn filter(head: &Head) -> Filter {
    let before = head.parameter("before").and_then(|place| {
        let (at, id) = place.split_once('.')?;
        Some((at.parse().ok()?, id.to_owned()))
    });
    let word = |name| head.parameter(name).filter(|value| !value.is_empty());
    Filter {
        form: word("form").filter(|form| !form.contains(['%', '_'])),
        disposition: word("disposition"),
        before,
        limit: word("limit")
            .and_then(|text| text.parse().ok())
            .unwrap_or(PAGE)
            .clamp(1, index::PAGE),
    }
}

fn page(site: &str, head: &Head, rows: &Json) -> Response {
    let limit = usize::try_from(filter(head).limit).unwrap_or(1);
    let rows =
        rows.as_array().and_then(<[Json]>::first).and_then(Json::as_array).unwrap_or_default();
    let more = rows.len() > limit;
    let leads: Vec<Json> = rows
        .iter()
        .take(limit)
        .map(|row| {
            let mut row = row.clone();
            row.set("site", Json::str(site));
            for key in ["scores", "segments"] {
                let text = row.member(key).and_then(Json::as_str).unwrap_or_default();
                let inner = json::parse(text).unwrap_or_default();
                row.set(key, inner);
            }
            row
        })
        .collect();
    let next = leads.last().filter(|_| more).and_then(|row| {
        Some(format!("{}.{}", row.member("received_at")?.as_uint()?, row.member("id")?.as_str()?))
    });
    let next = next.map_or(Json::Null, Json::String);
    Response::json(200, &Json::object([("leads", Json::Array(leads)), ("next", next)]))
}

fn quarantine(sites: &Sites, head: &Head) -> Result<Step, Fault> {
    let site = asked_site(sites, head)?;
    let limit = filter(head).limit;
    let effects = scopes(&site, head).map(|scope| Effect::Sql {
        object: scope.name(),
        statements: [record::quarantine(site.id(), limit)].into(),
        wake: None,
    });
    Ok(Step::Do { effects: effects.collect(), state: state("quarantined", &site) })
}

fn quarantined(results: &[Json]) -> Json {
    let rows = results.iter().filter_map(|result| result.as_array()?.first()?.as_array()).flatten();
    let mut rows: Vec<Json> = rows
        .map(|row| {
            let mut row = row.clone();
            let item =
                row.member("item").and_then(Json::as_str).and_then(|text| json::parse(text).ok());
            row.set("item", item.unwrap_or_default());
            row
        })
        .collect();
    rows.sort_by_key(|row| core::cmp::Reverse(row.member("received_at").and_then(Json::as_uint)));
    Json::object([("items", Json::Array(rows))])
}

/// A lead, and what does not fit between it and its receipt.
fn shown(site: &Site, head: &Head, mut lead: Json) -> Json {
    let name = |(name, _): &(String, _)| Json::str(name);
    lead.set("stage", Json::String(movement::current(&lead).0));
    lead.set("stage_names", Json::array(site.config.stages().iter().map(name)));
    let faults = receipt::faults(&lead, head.env("LEADKIT_SECRET"));
    lead.set("receipt_faults", Json::array(faults.into_iter().map(Json::str)));
    lead
}

/// What the rules of today make of a stored lead, as of the time when it came.
fn again(site: &Site, stored: &Json) -> Result<Json, Fault> {
    let lead = Lead::from_json(&record::item(stored)).map_err(Fault::Member)?;
    let now = stored.member("received_at").and_then(Json::as_uint).map_or(lead.at, Millis);
    let packs = packs();
    let known = Known::default().with_packs(&packs);
    let judged =
        site.config.judge(&lead, &known, &record::verified(stored), now).ok_or(Fault::Form)?;
    let verdict = judged.verdict.to_json();
    let before = stored.member("verdict").unwrap_or(&Json::Null);
    let names = ["disposition", "scores", "grade", "handover", "segments", "problems", "reasons"];
    let changed = names.into_iter().filter(|name| before.member(name) != verdict.member(name));
    Ok(Json::object([
        ("rules", Json::str(site.config.rules_hash())),
        ("changed", Json::array(changed.map(Json::str))),
        ("verdict", verdict),
    ]))
}

fn one(site: &Site, id: &str, head: &Head, at: &str) -> Step {
    let statements = record::statements(site.id(), id);
    let effect = Effect::Sql { object: scope_of(site, id, head).name(), statements, wake: None };
    Step::Do { effects: [effect].into(), state: state(at, site) }
}

fn scope_of(site: &Site, id: &str, head: &Head) -> Scope {
    Scope { site: site.id().to_owned(), object: shard(id) % head.objects, objects: head.objects }
}

fn replay(site: &Site, id: &str, head: &Head, body: &[u8]) -> Result<Step, Fault> {
    let json = json::parse(core::str::from_utf8(body).unwrap_or_default()).unwrap_or_default();
    let destination =
        json.member("destination").and_then(Json::as_str).ok_or(Fault::Member("destination"))?;
    let scope = scope_of(site, id, head);
    let key = Key { shard: shard(id), lead: id.to_owned(), destination: destination.to_owned() };
    let statements = [statement::replay(&scope, &key, head.now)].into();
    let effect = Effect::Sql { object: scope.name(), statements, wake: Some(head.now) };
    Ok(Step::Do { effects: [effect].into(), state: state("replayed", site) })
}

fn state(at: &str, site: &Site) -> Json {
    Json::object([
        ("route", Json::str(ROUTE)),
        ("at", Json::str(at)),
        ("site", Json::str(site.id())),
    ])
}
