//! `/v1/source/{site}/{name}`: what other systems send. `/v1/admin/entry/{site}`: what a person or an import enters.
//!
//! A lead is stored before its platform hears a 2xx. What cannot be stored now is answered with 503, so that the platform
//! comes again; a copy that was stored before changes nothing. What does not fit the form lies in quarantine.

use alloc::{borrow::ToOwned, rc::Rc, vec::Vec};

use super::{
    head::Head,
    leads::{Batch, Found},
    site::{Site, Sites},
    weigh::Weighed,
};
use crate::{
    config,
    form::Form,
    intake::{record, store},
    source::{self, Arrival, Incoming, Refusal, Source, Taken},
    time::Millis,
    transfer::{Scope, guard},
    wire::{
        answer::Answer,
        envelope::Fault,
        json::{self, Json},
        step::{Effect, Response, Step},
        urlencoded,
    },
};

/// The word for these routes in states.
pub const ROUTE: &str = "source";
/// The word of the step that waits for leads that were asked for.
pub const FETCHED: &str = "fetched";
/// The most leads of one request.
const MOST: usize = 100;
/// When a platform whose lead could not be had may come again.
const AFTER: Millis = Millis::from_secs(60);

struct Place<'a> {
    site: Rc<Site>,
    name: &'a str,
}

impl Place<'_> {
    fn source(&self) -> Result<&config::Source, Fault> {
        self.site.config.sources().iter().find(|source| source.name == self.name).ok_or(Fault::Path)
    }

    fn form(&self) -> Result<&Form, Fault> {
        self.site.config.public().form(&self.source()?.form).ok_or(Fault::Form)
    }

    fn with<'s>(&'s self, head: &'s Head) -> Result<Source<'s>, Fault> {
        let source = self.source()?;
        Ok(Source {
            name: &source.name,
            kind: &source.kind,
            settings: &source.settings,
            env: &head.env,
        })
    }

    fn items(&self, head: &Head, arrivals: &[Arrival]) -> Result<Vec<Json>, Fault> {
        let (source, form) = (self.with(head)?, self.form()?);
        Ok(arrivals
            .iter()
            .map(|one| source::item(self.site.id(), &source, form, one, head.now))
            .collect())
    }
}

/// The first step of a request of a platform.
pub fn request(
    sites: &Sites,
    head: &Head,
    body: &[u8],
    site: &str,
    name: &str,
) -> Result<Step, Fault> {
    let place = Place { site: sites.site(site)?, name };
    let query = urlencoded::pairs(head.query.as_bytes());
    let incoming = Incoming {
        method: &head.method,
        query: &query,
        headers: &head.headers,
        body,
        now: head.now,
    };
    match source::take(&place.with(head)?, &incoming) {
        Ok(Taken::Verified(text)) => Ok(Step::answer(
            Response::new(200, "text/plain; charset=utf-8", text).with("cache-control", "no-store"),
        )),
        Ok(Taken::Answered(json)) => {
            Ok(Step::answer(Response::json(200, &json).with("cache-control", "no-store")))
        }
        Ok(Taken::Leads(arrivals)) => {
            let items = place.items(head, &arrivals)?;
            Ok(ask(&place.site, head, &items, ROUTE, false))
        }
        Ok(Taken::Ask(questions)) => {
            let private = head.env("LEADKIT_ALLOW_PRIVATE") == Some("1");
            let questions: Vec<_> = questions.into_iter().take(MOST).collect();
            if !questions.iter().all(|question| guard::allows(&question.request.url, private)) {
                return Err(Fault::Unavailable(AFTER));
            }
            let notices = Json::array(questions.iter().map(|question| question.notice.clone()));
            let mut state = state((ROUTE, FETCHED), &[], false);
            state.set("notices", Json::String(notices.to_text()));
            let effects = questions.into_iter().map(|question| {
                let mut request = question.request;
                request.private = private;
                Effect::Fetch(request)
            });
            Ok(Step::Do { effects: effects.collect(), state })
        }
        Err(refusal) => Err(fault(refusal)),
    }
}

fn fault(refusal: Refusal) -> Fault {
    match refusal {
        Refusal::Signature => Fault::Token,
        Refusal::Unreadable => Fault::Member("body"),
        Refusal::Method => Fault::Method,
        Refusal::Unready => Fault::Unavailable(AFTER),
    }
}

/// The step after the one that left `state`, for a platform.
pub fn resume(
    sites: &mut Sites,
    head: &Head,
    (site, name): (&str, &str),
    state: &Json,
    results: &Json,
) -> Result<Step, Fault> {
    let place = Place { site: sites.site(site)?, name };
    if state.member("at").and_then(Json::as_str) == Some(FETCHED) {
        let notices = texts(state, "notices");
        let answers = results.as_array().unwrap_or_default();
        let source = place.with(head)?;
        let arrivals: Vec<_> = notices
            .iter()
            .zip(answers)
            .filter_map(|(notice, answer)| source::fetched(&source, notice, answer))
            .collect();
        let missed = arrivals.len() < notices.len();
        let items = place.items(head, &arrivals)?;
        return Ok(ask(&place.site, head, &items, ROUTE, missed));
    }
    Ok(go_on(sites, &place.site, head, state, results))
}

/// Looks which of the leads are stored already: a copy may name another time, and would look like another lead.
fn ask(site: &Rc<Site>, head: &Head, items: &[Json], route: &str, missed: bool) -> Step {
    if items.is_empty() {
        return Step::answer(End { route, missed, known: Vec::new() }.answer(&[]));
    }
    let effects = items.iter().map(|item| {
        let id = id_of(item);
        let object = store::shard(id) % head.objects;
        let scope = Scope { site: site.id().to_owned(), object, objects: head.objects };
        let statements = [record::received(site.id(), id)].into();
        Effect::Sql { object: scope.name(), statements, wake: None }
    });
    Step::Do { effects: effects.collect(), state: state((route, "asked"), items, missed) }
}

/// The items travel as text, so that the platform, which reads the state and writes it again, changes no number in them.
fn state((route, at): (&str, &str), items: &[Json], missed: bool) -> Json {
    Json::object([
        ("route", Json::str(route)),
        ("at", Json::str(at)),
        ("items", Json::String(Json::array(items.iter().cloned()).to_text())),
        ("missed", Json::Bool(missed)),
    ])
}

fn texts(state: &Json, key: &str) -> Vec<Json> {
    let text = state.member(key).and_then(Json::as_str).unwrap_or_default();
    json::parse(text)
        .ok()
        .and_then(|json| json.as_array().map(<[Json]>::to_vec))
        .unwrap_or_default()
}

fn go_on(sites: &mut Sites, site: &Rc<Site>, head: &Head, state: &Json, results: &Json) -> Step {
    let at = state.member("at").and_then(Json::as_str).unwrap_or_default();
    let entry = state.member("route").and_then(Json::as_str) == Some(ENTRY);
    let route = if entry { ENTRY } else { ROUTE };
    let missed = state.member("missed") == Some(&Json::Bool(true));
    let mut items = texts(state, "items");
    let mut known = texts(state, "known");
    if at == "asked" {
        let results = results.as_array().unwrap_or_default();
        let (before, fresh): (Vec<_>, Vec<_>) =
            items.into_iter().zip(results).partition(|(_, result)| is_known(result));
        items = fresh.into_iter().map(|(item, _)| item).collect();
        known = before.iter().map(|(item, _)| Answer::Dup.to_json(id_of(item))).collect();
    }
    let end = End { route, missed, known };
    if items.is_empty() {
        return Step::answer(end.answer(&[]));
    }
    let batch =
        Batch { site: Rc::clone(site), sent_at: None, items, plan: core::cell::OnceCell::new() };
    let mut found = trusted(Found::read(state, sites));
    let progress = super::route::learn(sites, head, &mut found, &batch, at, results);
    match batch.advance(head, &mut found, progress, route) {
        Ok((_, answers)) => {
            let pairs = batch.items.iter().zip(&answers);
            let said: Vec<Json> = pairs.map(|(item, answer)| answer.to_json(id_of(item))).collect();
            batch.counted(Step::answer(end.answer(&said)), &answers)
        }
        Err(Step::Do { effects, mut state }) => {
            let text = |list: &[Json]| Json::String(Json::array(list.iter().cloned()).to_text());
            state.set("items", text(&batch.items));
            state.set("known", text(&end.known));
            state.set("missed", Json::Bool(missed));
            Step::Do { effects, state }
        }
        Err(step) => step,
    }
}

fn id_of(item: &Json) -> &str {
    item.member("id").and_then(Json::as_str).unwrap_or_default()
}

/// What an answer needs beside the answers of storage.
struct End<'a> {
    route: &'a str,
    /// Whether a lead could not be had.
    missed: bool,
    /// The answers to what was stored before.
    known: Vec<Json>,
}

impl End<'_> {
    /// A platform hears 200 if every lead was stored or refused for good, and 503 if it has to come again.
    fn answer(&self, answers: &[Json]) -> Response {
        let later = |answer: &Json| answer.member("s").and_then(Json::as_str) == Some("later");
        let all: Vec<Json> = self.known.iter().chain(answers).cloned().collect();
        let mut response = listed(&all);
        if self.route == ROUTE && (self.missed || all.iter().any(later)) {
            response.status = 503;
            return response.with("retry-after", "60");
        }
        response
    }
}

/// Who signs, or signs in, is no visitor: neither limits nor work are asked for.
fn trusted(mut found: Found) -> Found {
    found.weighed.get_or_insert_with(Weighed::default);
    found
}

fn listed(answers: &[Json]) -> Response {
    let body = Json::object([("r", Json::array(answers.iter().cloned()))]);
    Response::json(200, &body).with("cache-control", "no-store")
}

fn is_known(result: &Json) -> bool {
    let rows = result.as_array().and_then(<[Json]>::first).and_then(Json::as_array);
    rows.is_some_and(|rows| !rows.is_empty())
}

/// The first step of what a person or an import enters: `{"items":[{"id","at","form","data","ctx","consent"}]}`, of which all
/// but `form`, `data` and `ctx.channel` may be left out. The caller has checked who asks.
pub fn enter(sites: &mut Sites, head: &Head, body: &[u8], site: &str) -> Result<Step, Fault> {
    let batch = entered(sites, head, body, site)?;
    Ok(ask(&batch.site, head, &batch.items, ENTRY, false))
}

/// The step after the one that left `state`, for what was entered.
pub fn resume_entry(
    sites: &mut Sites,
    head: &Head,
    site: &str,
    state: &Json,
    results: &Json,
) -> Result<Step, Fault> {
    let site = sites.site(site)?;
    Ok(go_on(sites, &site, head, state, results))
}

/// The word for entries in states.
pub const ENTRY: &str = "entry";

fn entered(sites: &Sites, head: &Head, body: &[u8], site: &str) -> Result<Batch, Fault> {
    let text = core::str::from_utf8(body).map_err(|_| Fault::Member("items"))?;
    let body = json::parse(text)
        .map_err(|error| Fault::Json { offset: error.offset(), expected: error.expected() })?;
    let items = body.member("items").and_then(Json::as_array).ok_or(Fault::Member("items"))?;
    if items.len() > MOST {
        return Err(Fault::TooMany);
    }
    let channel = |item: &Json| item.member("ctx")?.member("channel")?.as_str().map(str::len);
    if !items.iter().all(|item| channel(item).is_some_and(|length| length > 0)) {
        return Err(Fault::Member("ctx.channel"));
    }
    let mut random = head.random();
    let item = |item: &Json| {
        let mut item = item.clone();
        let mut context = item.member("ctx").cloned().unwrap_or_default();
        if context.member("source").is_none() {
            context.set("source", Json::object([("type", Json::str("entry"))]));
        }
        item.set("ctx", context);
        if item.member("at").is_none() {
            item.set("at", Json::uint(head.now.0));
        }
        if item.member("id").is_none() {
            let bytes = core::array::from_fn(|_| u8::try_from(random.below(256)).unwrap_or(0));
            item.set("id", Json::String(crate::lead::LeadId::new(head.now, bytes).to_text()));
        }
        item
    };
    Ok(Batch {
        site: sites.site(site)?,
        sent_at: Some(head.now),
        items: items.iter().map(item).collect(),
        plan: core::cell::OnceCell::new(),
    })
}
