//! `/v1/admin/leads/{site}/{id}/stage`, `…/withdraw` and `…/audiences`: what sales and the person behind a lead decide.
//!
//! The lead is read and judged by the rules of today first, because what follows depends on the segments that it is in.

use alloc::{borrow::ToOwned, format, string::String, vec::Vec};

use super::{
    admin, customer,
    head::Head,
    site::{Site, Sites, packs},
};
use crate::{
    check::Known,
    config::Judged,
    intake::{
        movement::{self, Change},
        record,
        store::shard,
    },
    lead::{Lead, Stage},
    transfer::Scope,
    wire::{
        envelope::Fault,
        json::{self, Json},
        step::{Effect, Response, Statement, Step},
    },
};

/// The word for these routes in states.
pub const ROUTE: &str = "stage";
/// The name of whoever holds the owner's token.
const ADMIN: &str = "admin";
/// The most characters of a name of a person.
const LONGEST: usize = 100;

/// The first step of a request of `who`; the caller has checked that they may make it.
pub fn request(
    site: &Site,
    (id, what): (&str, &str),
    head: &Head,
    body: &[u8],
    who: &str,
) -> Result<Step, Fault> {
    let mut body = read(body)?;
    let by = by(&body, who);
    if body != Json::Null {
        body.set("by", Json::String(by));
    }
    match what {
        "stage" => {
            asked(site, &body)?;
        }
        "withdraw" => {
            purpose(&body)?;
        }
        _ => {}
    }
    let scope = scope(site, id, head);
    let statements = record::statements(site.id(), id);
    let mut state = state("read", site, id, what);
    state.set("body", Json::String(body.to_text()));
    let effect = Effect::Sql { object: scope.name(), statements, wake: None };
    Ok(Step::Do { effects: [effect].into(), state })
}

/// The step after the one that left `state`.
pub fn resume(sites: &Sites, head: &Head, state: &Json, results: &Json) -> Result<Step, Fault> {
    let word = |key| state.member(key).and_then(Json::as_str).unwrap_or_default();
    let site = sites.site(word("site"))?;
    if word("at") == "written" {
        let body = json::parse(word("answer")).unwrap_or_default();
        return Ok(Step::answer(admin::fresh(Response::json(200, &body))));
    }
    let rows = results.as_array().and_then(<[Json]>::first).unwrap_or(&Json::Null);
    let stored = record::read(rows).ok_or(Fault::Path)?;
    let body = json::parse(word("body")).unwrap_or_default();
    let lead = Lead::from_json(&record::item(&stored)).ok();
    let packs = packs();
    let known = Known::default().with_packs(&packs);
    let judged = lead
        .as_ref()
        .and_then(|lead| site.config.judge(lead, &known, &record::verified(&stored), head.now));
    let reader = Reader { site: &site, head, stored: &stored, judged: judged.as_ref() };
    let (statements, answer) = match word("what") {
        "stage" => reader.stage(&asked(&site, &body)?),
        "withdraw" => {
            let by = body.member("by").and_then(Json::as_str).unwrap_or(ADMIN);
            reader.withdraw(purpose(&body)?, by)
        }
        _ => reader.audiences(),
    };
    if statements.is_empty() {
        return Ok(Step::answer(admin::fresh(Response::json(200, &answer))));
    }
    let scope = scope(&site, word("id"), head);
    let effect = Effect::Sql { object: scope.name(), statements, wake: Some(head.now) };
    let mut effects = Vec::from([effect]);
    // Who was won is a customer, and is known as one when they come again.
    if word("what") == "stage" && asked(&site, &body)?.stage == Stage::Won {
        effects.extend(customer::won(&site, head, &stored));
    }
    let mut next = self::state("written", &site, word("id"), word("what"));
    next.set("answer", Json::String(answer.to_text()));
    Ok(Step::Do { effects, state: next })
}

struct Reader<'a> {
    site: &'a Site,
    head: &'a Head,
    stored: &'a Json,
    judged: Option<&'a Judged<'a>>,
}

impl Reader<'_> {
    fn id(&self) -> &str {
        self.stored.member("id").and_then(Json::as_str).unwrap_or_default()
    }

    /// The same stage again changes nothing.
    fn stage(&self, change: &Change) -> (Vec<Statement>, Json) {
        let (name, stage) = movement::current(self.stored);
        let worthless = change.worth == Json::Null;
        if name == change.name && worthless {
            return (Vec::new(), answer(&name, stage));
        }
        let Change { name, stage, .. } = change;
        let follows =
            movement::movements(&self.site.config, self.stored, self.judged, *stage, Some(name));
        let statements =
            movement::change(self.site.id(), self.id(), change, &follows, self.head.now);
        (statements, answer(name, *stage))
    }

    fn withdraw(&self, purpose: &str, by: &str) -> (Vec<Statement>, Json) {
        let destinations = self.site.config.destinations();
        let who = (purpose, by);
        let statements =
            movement::withdraw(self.site.id(), self.id(), who, destinations, self.head.now);
        (statements, Json::object([("withdrawn", Json::str(purpose))]))
    }

    fn audiences(&self) -> (Vec<Statement>, Json) {
        let (_, stage) = movement::current(self.stored);
        let follows = movement::movements(&self.site.config, self.stored, self.judged, stage, None);
        let statements = movement::follow(self.site.id(), self.id(), &follows, self.head.now);
        (statements, movement::shown(&follows))
    }
}

fn answer(name: &str, stage: Stage) -> Json {
    Json::object([("stage", Json::str(stage.code())), ("name", Json::str(name))])
}

/// `{"stage","by","value","currency"}`.
fn asked(site: &Site, body: &Json) -> Result<Change, Fault> {
    let name = body.member("stage").and_then(Json::as_str).ok_or(Fault::Member("stage"))?;
    let stage = site.config.stage(name).ok_or(Fault::Member("stage"))?;
    let mut worth = Json::Null;
    if let Some(value) = body.member("value").filter(|value| **value != Json::Null) {
        let number = matches!(value, Json::Number(text) if !text.starts_with('-'));
        let currency = body.member("currency").and_then(Json::as_str).unwrap_or_default();
        let fits = currency.len() == 3 && currency.bytes().all(|byte| byte.is_ascii_uppercase());
        if !number {
            return Err(Fault::Member("value"));
        }
        if !fits {
            return Err(Fault::Member("currency"));
        }
        worth = Json::object([("value", value.clone()), ("currency", Json::str(currency))]);
    }
    Ok(Change {
        name: name.to_owned(),
        stage,
        by: body.member("by").and_then(Json::as_str).unwrap_or(ADMIN).to_owned(),
        worth,
    })
}

/// The person that is named, and who says so if that is another token than the owner's.
fn by(body: &Json, who: &str) -> String {
    let named = body.member("by").and_then(Json::as_str).map(str::trim).unwrap_or_default();
    let named: String = named.chars().filter(|char| !char.is_control()).take(LONGEST).collect();
    match (named.is_empty(), who == ADMIN || named == who) {
        (true, _) => who.to_owned(),
        (false, true) => named,
        (false, false) => format!("{named} ({who})"),
    }
}

fn purpose(body: &Json) -> Result<&str, Fault> {
    let purpose = body.member("purpose").and_then(Json::as_str).unwrap_or_default();
    if purpose.is_empty() || purpose.len() > LONGEST {
        return Err(Fault::Member("purpose"));
    }
    Ok(purpose)
}

fn read(body: &[u8]) -> Result<Json, Fault> {
    let text = core::str::from_utf8(body).unwrap_or_default();
    if text.trim().is_empty() {
        return Ok(Json::Null);
    }
    json::parse(text)
        .map_err(|error| Fault::Json { offset: error.offset(), expected: error.expected() })
}

fn scope(site: &Site, id: &str, head: &Head) -> Scope {
    Scope { site: site.id().to_owned(), object: shard(id) % head.objects, objects: head.objects }
}

fn state(at: &str, site: &Site, id: &str, what: &str) -> Json {
    Json::object([
        ("route", Json::str(ROUTE)),
        ("at", Json::str(at)),
        ("site", Json::str(site.id())),
        ("id", Json::str(id)),
        ("what", Json::str(what)),
    ])
}
