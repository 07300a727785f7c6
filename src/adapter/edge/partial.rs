//! `POST /v1/partial`: what was typed before the form was sent, from a visitor who agreed; a body of wire v1 with one lead.
//!
//! It is kept as it came, for the owner alone. Without the consent in it, what was kept before is deleted.

use alloc::{borrow::ToOwned, vec::Vec};

use super::{
    admin::{asked_site, fresh},
    head::Head,
    leads::Batch,
    limit,
    site::{Site, Sites},
};
use crate::{
    form::Form,
    intake::{partial, store::shard},
    lead::Lead,
    time::Millis,
    transfer::Scope,
    wire::{
        envelope::Fault,
        json::Json,
        step::{Effect, Response, Step},
    },
};

/// The word for these routes in states.
pub const ROUTE: &str = "partial";
/// As many of them one address may send within a minute.
const MOST: u64 = 60;
/// The most entries of a list, of each object.
const PAGE: u64 = 100;

/// The first step.
pub fn request(sites: &Sites, head: &Head, body: &[u8]) -> Result<Step, Fault> {
    let (site, lead, item) = read(sites, head, body)?;
    Ok(match limit::count(&site, head, ROUTE) {
        Some(effect) => Step::Do { effects: [effect].into(), state: state("counted") },
        None => store(&site, head, &lead, &item)?,
    })
}

/// The step after the one that left `state`.
pub fn resume(
    sites: &Sites,
    head: &Head,
    body: &[u8],
    state: &Json,
    results: &Json,
) -> Result<Step, Fault> {
    let at = state.member("at").and_then(Json::as_str).unwrap_or_default();
    if at == "listed" {
        return Ok(Step::answer(fresh(Response::json(200, &listed(results)))));
    }
    let (site, lead, item) = read(sites, head, body)?;
    if at == "counted" {
        let first = results.as_array().and_then(<[Json]>::first).unwrap_or(&Json::Null);
        if let Some(wait) = limit::over(head, first, MOST) {
            return Err(Fault::TooOften(wait));
        }
        return store(&site, head, &lead, &item);
    }
    Ok(Step::answer(Response::json(200, &Json::object([("ok", Json::Bool(true))]))))
}

type Read = (alloc::rc::Rc<Site>, Lead, Json);

fn read(sites: &Sites, head: &Head, body: &[u8]) -> Result<Read, Fault> {
    let batch = Batch::read(sites, head, body)?;
    let [item] = batch.items.as_slice() else { return Err(Fault::Member("items")) };
    let lead = Lead::from_json(item).map_err(Fault::Member)?;
    let item = item.clone();
    Ok((batch.site, lead, item))
}

fn store(site: &Site, head: &Head, lead: &Lead, item: &Json) -> Result<Step, Fault> {
    let form = site.config.public().form(&lead.form.name).ok_or(Fault::Form)?;
    let terms = form.partial().ok_or(Fault::Form)?;
    let id = lead.id.to_text();
    let agreed = agreed(form, &terms.field, &lead.data);
    let until = head.now.saturating_add(Millis::from_secs(terms.days * 86_400));
    let statement = if agreed {
        partial::keep(site.id(), &id, form.name(), item, head.now, until)
    } else {
        partial::forget(site.id(), &id)
    };
    let object = shard(&id) % head.objects;
    let scope = Scope { site: site.id().to_owned(), object, objects: head.objects };
    let wake = agreed.then(|| until.saturating_add(Millis::from_secs(1)));
    let effect = Effect::Sql { object: scope.name(), statements: [statement].into(), wake };
    Ok(Step::Do { effects: [effect].into(), state: state("kept") })
}

/// Whether the consent is among the values, by the same check as that of the whole form.
fn agreed(form: &Form, field: &str, data: &Json) -> bool {
    let accepted = form.accept(data, &crate::check::Known::default());
    accepted.values.member(field) == Some(&Json::Bool(true))
}

fn state(at: &str) -> Json {
    Json::object([("route", Json::str(ROUTE)), ("at", Json::str(at))])
}

/// The partials of a site, for the owner.
pub fn list(sites: &Sites, head: &Head) -> Result<Step, Fault> {
    let site = asked_site(sites, head)?;
    let effects = (0..head.objects).map(|object| {
        let scope = Scope { site: site.id().to_owned(), object, objects: head.objects };
        let statements = [partial::list(site.id(), head.now, PAGE)].into();
        Effect::Sql { object: scope.name(), statements, wake: None }
    });
    Ok(Step::Do { effects: effects.collect(), state: state("listed") })
}

fn listed(results: &Json) -> Json {
    let objects = results.as_array().unwrap_or_default().iter();
    let rows = objects.filter_map(|object| object.as_array()?.first()?.as_array()).flatten();
    let mut rows: Vec<Json> = rows.map(partial::read).collect();
    rows.sort_by_key(|row| core::cmp::Reverse(row.member("received_at").and_then(Json::as_uint)));
    Json::object([("items", Json::Array(rows))])
}
