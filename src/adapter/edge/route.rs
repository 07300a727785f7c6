//! From a path to what answers there.

use alloc::{format, string::String, vec::Vec};

use super::{
    admin, asset, challenge, customer, destination, erase, export, file, gate,
    head::Head,
    kiosk,
    leads::{self, Batch, Found, Progress},
    metrics, partial, plain,
    site::Sites,
    source, stage, sweep, wake, weigh,
};
use crate::{
    intake::index,
    wire::{
        envelope::Fault,
        json::Json,
        step::{Effect, Response, Statement, Step},
    },
};

/// The first step of a request.
pub fn request(sites: &mut Sites, head: &Head, body: &[u8]) -> Step {
    let parts: Vec<&str> = head.path.split('/').skip(1).collect();
    let result = match (parts.as_slice(), head.method.as_str()) {
        (["v1", "leads"], "POST") => Batch::of(sites, head, body)
            .map(|batch| leads::go_on(&batch, head, body, &mut Found::default(), Progress::Judge)),
        (["v1", "leads"], "OPTIONS") => Ok(Step::answer(preflight())),
        (["v1", "form", site, form], "GET" | "HEAD") => {
            plain::get(sites, head, site, form, false).map(Step::answer)
        }
        (["v1", "form", site, form, "thanks"], "GET" | "HEAD") => {
            plain::get(sites, head, site, form, true).map(Step::answer)
        }
        (["v1", "form", site, form], "POST") => plain::post(sites, head, body, site, form),
        (["v1", "file", site, form, field], "POST") => {
            file::request(sites, head, (site, form, field))
        }
        (["v1", "partial"], "POST") => partial::request(sites, head, body),
        (["v1", "file", _, _, _] | ["v1", "partial"], "OPTIONS") => Ok(Step::answer(preflight())),
        (["v1", "kiosk", "worker.js"], "GET" | "HEAD") => Ok(Step::answer(kiosk::worker())),
        (["v1", "kiosk", site, form], "GET" | "HEAD") => {
            kiosk::get(sites, head, site, form, false).map(Step::answer)
        }
        (["v1", "kiosk", site, form, "manifest.json"], "GET" | "HEAD") => {
            kiosk::get(sites, head, site, form, true).map(Step::answer)
        }
        (["v1", "challenge", site, form], "GET" | "HEAD") => {
            challenge::get(sites, head, site, form)
        }
        (["v1", "site", id], "GET" | "HEAD") => site(sites, head, id).map(Step::answer),
        (["kit" | "inbox", ..], "GET" | "HEAD") => asset::serve(&head.path).map(Step::answer),
        (["v1", "source", site, name], _) => source::request(sites, head, body, site, name),
        (["v1", "admin", rest @ ..], _) => gate::enter(sites, head, body, rest),
        (["healthz"], "GET" | "HEAD") => Ok(health(sites)),
        (["metrics"], "GET" | "HEAD") => gate::enter(sites, head, body, &[]),
        (
            ["v1", "leads" | "partial"]
            | ["v1", "file", _, _, _]
            | ["v1", "form" | "challenge" | "kiosk", _, _]
            | ["v1", "form", _, _, "thanks"]
            | ["v1", "kiosk", "worker.js"]
            | ["v1", "kiosk", _, _, "manifest.json"]
            | ["v1", "site", _]
            | ["kit" | "inbox", ..]
            | ["healthz" | "metrics"],
            _,
        ) => Err(Fault::Method),
        _ => Err(Fault::Path),
    };
    finish(sites, head, result)
}

/// The step after the one that left `state`.
pub fn resume(sites: &mut Sites, head: &Head, body: &[u8], state: &Json, results: &Json) -> Step {
    let word = |key| state.member(key).and_then(Json::as_str).unwrap_or_default();
    if word("route") == wake::ROUTE {
        return wake::go_on(sites, head, state, results);
    }
    if word("route") == sweep::ROUTE {
        return sweep::go_on(sites, head, state, results);
    }
    let failed = results
        .as_array()
        .unwrap_or_default()
        .iter()
        .any(|result| result.member("error").is_some());
    let result = match word("route") {
        // A provider of checks that does not answer stops no lead.
        _ if failed && ![weigh::AT, source::FETCHED].contains(&word("at")) => {
            Err(Fault::Unavailable(overload(head)))
        }
        HEALTH => Ok(Step::answer(well())),
        admin::ROUTE => admin::resume(sites, head, state, results),
        file::ROUTE => {
            let parts: Vec<&str> = head.path.split('/').skip(1).collect();
            match parts.as_slice() {
                ["v1", "file", site, form, field] => {
                    file::resume(sites, head, (site, form, field), state, results)
                }
                ["v1", "admin", "files", rest @ ..] => file::shown(rest, results),
                _ => Err(Fault::Path),
            }
        }
        partial::ROUTE => partial::resume(sites, head, body, state, results),
        challenge::ROUTE => challenge::resume(sites, head, results),
        erase::ROUTE => erase::resume(sites, head, body, state, results),
        gate::ROUTE => gate::resume(sites, head, body, state, results),
        customer::ROUTE => customer::resume(sites, state, results),
        destination::ROUTE => destination::resume(sites, state, results),
        metrics::ROUTE => Ok(metrics::resume(sites, head, results)),
        export::ROUTE => export::resume(sites, head, state, results),
        leads::ROUTE => resume_leads(sites, head, body, state, results),
        stage::ROUTE => stage::resume(sites, head, state, results),
        source::ROUTE | source::ENTRY => {
            let parts: Vec<&str> = head.path.split('/').skip(1).collect();
            match parts.as_slice() {
                ["v1", "source", site, name] => {
                    source::resume(sites, head, (site, name), state, results)
                }
                ["v1", "admin", "entry", site] => {
                    source::resume_entry(sites, head, site, state, results)
                }
                _ => Err(Fault::Path),
            }
        }
        plain::ROUTE => {
            let parts: Vec<&str> = head.path.split('/').skip(1).collect();
            match parts.as_slice() {
                ["v1", "form", site, form] => {
                    plain::resume(sites, head, body, (site, form), state, results)
                }
                _ => Err(Fault::Path),
            }
        }
        _ => Err(Fault::Path),
    };
    finish(sites, head, result)
}

fn resume_leads(
    sites: &mut Sites,
    head: &Head,
    body: &[u8],
    state: &Json,
    results: &Json,
) -> Result<Step, Fault> {
    let at = state.member("at").and_then(Json::as_str).unwrap_or_default();
    if let Some(step) = (at == "stored").then(|| leads::stored(head, state, results)).flatten() {
        return Ok(step);
    }
    let mut found = Found::read(state, sites);
    let batch = Batch::of(sites, head, body)?;
    let progress = learn(sites, head, &mut found, &batch, at, results);
    Ok(leads::go_on(&batch, head, body, &mut found, progress))
}

/// Takes in what a step brought.
pub fn learn<'a>(
    sites: &mut Sites,
    head: &Head,
    found: &mut Found,
    batch: &Batch,
    at: &str,
    results: &'a Json,
) -> Progress<'a> {
    let first = results.as_array().and_then(<[Json]>::first).unwrap_or(&Json::Null);
    match at {
        "recalled" => {
            let rows = first.as_array().and_then(<[Json]>::first).unwrap_or(&Json::Null);
            found.recalled(batch, rows, sites);
            Progress::Judge
        }
        weigh::AT => {
            found.weighed(batch, head, results);
            Progress::Judge
        }
        "told" => {
            found.hosts = Some(first.clone());
            Progress::Judge
        }
        "stored" => Progress::Stored(results),
        _ => Progress::Judge,
    }
}

/// How long a client waits when the storage does not answer, spread out so that not all come again at once.
fn overload(head: &Head) -> crate::time::Millis {
    crate::time::Millis(2000 + head.random().below(8000))
}

fn finish(sites: &Sites, head: &Head, result: Result<Step, Fault>) -> Step {
    match result {
        Ok(Step::Answer(response, effects)) if head.path.starts_with("/v1/") => {
            Step::Answer(alloc::boxed::Box::new(sites.with_cors(*response, head)), effects)
        }
        Ok(step) => step,
        Err(fault) => Step::answer(self::fault(sites, head, fault)),
    }
}

/// The answer to a request with a fault in its envelope.
pub fn fault(sites: &Sites, head: &Head, fault: Fault) -> Response {
    let mut response =
        Response::json(fault.status(), &fault.to_json()).with("cache-control", "no-store");
    if let Fault::TooOften(after) | Fault::Unavailable(after) = fault {
        response = response.with("retry-after", format!("{}", after.0.div_ceil(1000)));
    }
    if fault == Fault::Method {
        response = response.with("allow", allowed(&head.path));
    }
    if fault == Fault::Token {
        response = response.with("www-authenticate", "Bearer");
    }
    sites.with_cors(response, head)
}

fn allowed(path: &str) -> &'static str {
    match path {
        "/v1/leads" | "/v1/partial" => "POST, OPTIONS",
        _ if path.starts_with("/v1/file/") => "POST, OPTIONS",
        _ if path.starts_with("/v1/form/") && !path.ends_with("/thanks") => "GET, HEAD, POST",
        "/v1/admin/session" => "GET, POST, DELETE",
        _ if path.starts_with("/v1/admin/customers/") => "DELETE, POST",
        "/v1/admin/sessions" => "GET, DELETE",
        _ if path.starts_with("/v1/source/") => "GET, POST",
        _ if path.starts_with("/v1/admin/entry/") => "POST",
        _ if ["/replay", "/pause", "/resume", "/stage", "/withdraw", "/audiences", "/erase"]
            .iter()
            .any(|end| path.ends_with(end)) =>
        {
            "POST"
        }
        _ => "GET, HEAD",
    }
}

fn preflight() -> Response {
    Response {
        status: 204,
        headers: Vec::new(),
        body: crate::wire::step::Body::Text(String::new()),
    }
    .with("access-control-allow-methods", "POST")
    .with("access-control-allow-headers", "content-type")
    .with("access-control-max-age", "7200")
}

fn site(sites: &Sites, head: &Head, id: &str) -> Result<Response, Fault> {
    let site = sites.site(id)?;
    let tag = format!("\"{}\"", site.config.hash().get(..16).unwrap_or_default());
    if head.header("if-none-match") == Some(tag.as_str()) {
        let empty = crate::wire::step::Body::Text(String::new());
        return Ok(Response { status: 304, headers: Vec::new(), body: empty }.with("etag", tag));
    }
    Ok(Response::json(200, &site.config.public_json())
        .with("etag", tag)
        .with("cache-control", "public, max-age=60, stale-while-revalidate=86400"))
}

/// The word for the question after the storage in states.
const HEALTH: &str = "health";

/// Well is who can write what it is sent, so the storage is asked too.
fn health(sites: &Sites) -> Step {
    let Some(site) = sites.all().next() else { return Step::answer(well()) };
    let effect = Effect::Sql {
        object: index::name(site.id()),
        statements: [Statement::new("SELECT 1 AS one", [])].into(),
        wake: None,
    };
    Step::Do { effects: [effect].into(), state: Json::object([("route", Json::str(HEALTH))]) }
}

fn well() -> Response {
    Response::json(200, &Json::object([("ok", Json::Bool(true))])).with("cache-control", "no-store")
}
