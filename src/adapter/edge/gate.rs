//! The way to everything that is not public: a token, whose guesses are counted, or the cookie of a session.
//!
//! Whoever guesses learns nothing once there were too many guesses, even if the last one is right. Guesses are counted by a
//! keyed hash of the address; whoever comes from an address that is not public shares one counter with all others there.

use alloc::{borrow::ToOwned, format, string::String, vec::Vec};

use super::{
    access::{self, Holder, Role},
    admin,
    head::Head,
    metrics, session,
    site::Sites,
    source, stage, weigh,
};
use crate::{
    intake::{
        index,
        mark::{self, Kind, Mark},
        store::shard,
    },
    time::Millis,
    transfer::Scope,
    wire::{
        envelope::Fault,
        json::{self, Json},
        signature::{hex, keyed},
        step::{Body, Effect, Response, Step},
    },
};

/// The word for this way in states.
pub const ROUTE: &str = "gate";
/// So many wrong tokens may come from one public address within a minute, and from all others together.
const GUESSES: u64 = 10;
const GUESSES_INSIDE: u64 = 60;
const MINUTE: u64 = 60_000;

/// What somebody shows to get in.
enum Shown {
    Token(String),
    Cookie(String),
}

fn shown(head: &Head, body: &[u8], parts: &[&str]) -> Result<Shown, Fault> {
    if signs_in(head, parts) {
        let text = core::str::from_utf8(body).unwrap_or_default();
        let json = json::parse(text)
            .map_err(|error| Fault::Json { offset: error.offset(), expected: error.expected() })?;
        let token = json.member("token").and_then(Json::as_str).ok_or(Fault::Member("token"))?;
        return Ok(Shown::Token(token.to_owned()));
    }
    if let Some(header) = head.header("authorization") {
        let token = header.strip_prefix("Bearer ").ok_or(Fault::Token)?;
        return Ok(Shown::Token(token.to_owned()));
    }
    session::cookie(head).map(Shown::Cookie).ok_or(Fault::Token)
}

fn signs_in(head: &Head, parts: &[&str]) -> bool {
    parts == ["session"] && head.method == "POST"
}

fn needs(head: &Head, parts: &[&str]) -> Role {
    if head.path == "/metrics" { Role::Metrics } else { access::needs(&head.method, parts) }
}

/// The index object of the first site keeps the sessions of a deployment.
fn first(sites: &Sites) -> Result<String, Fault> {
    sites.all().next().map(|site| site.id().to_owned()).ok_or(Fault::Token)
}

fn state(at: &str) -> Json {
    Json::object([("route", Json::str(ROUTE)), ("at", Json::str(at))])
}

/// The first step of a request that not everyone may make.
///
/// # Errors
/// Nothing is shown that could open.
pub fn enter(sites: &Sites, head: &Head, body: &[u8], parts: &[&str]) -> Result<Step, Fault> {
    let site = first(sites)?;
    match shown(head, body, parts)? {
        Shown::Token(given) => {
            let count = u32::from(access::find(head, &given).is_none());
            let mark = guesses(sites, head, count);
            let object = shard(&mark.place) % head.objects;
            let object = Scope { site: site.clone(), object, objects: head.objects }.name();
            let statements = mark::statements(&site, &[&mark], head.now);
            let effect = Effect::Sql { object, statements, wake: None };
            Ok(Step::Do { effects: [effect].into(), state: state("counted") })
        }
        Shown::Cookie(id) => {
            let statements = [session::look(&site, &id)].into();
            let effect = Effect::Sql { object: index::name(&site), statements, wake: None };
            Ok(Step::Do { effects: [effect].into(), state: state("known") })
        }
    }
}

/// The step after the one that left `state`.
///
/// # Errors
/// The token is wrong, there were too many of them, the session is over, or its holder may not do this.
pub fn resume(
    sites: &mut Sites,
    head: &Head,
    body: &[u8],
    state: &Json,
    results: &Json,
) -> Result<Step, Fault> {
    let parts: Vec<&str> = head.path.split('/').skip(3).collect();
    let rows = results.as_array().and_then(<[Json]>::first).and_then(Json::as_array);
    let last = rows.and_then(<[Json]>::last).unwrap_or(&Json::Null);
    let holder = match (state.member("at").and_then(Json::as_str), shown(head, body, &parts)?) {
        (Some("counted"), Shown::Token(given)) => {
            let standing = mark::read(last, 1);
            let most = if address(sites, head).is_some() { GUESSES } else { GUESSES_INSIDE };
            if standing.first().is_some_and(|standing| standing.mine > most) {
                return Err(Fault::TooOften(Millis(MINUTE - head.now.0 % MINUTE)));
            }
            access::find(head, &given).ok_or(Fault::Token)?
        }
        (Some("known"), Shown::Cookie(_)) => {
            let row = last.as_array().and_then(<[Json]>::first).unwrap_or(&Json::Null);
            let holders = access::holders(head);
            let holder = session::holder(row, &holders, head.now).ok_or(Fault::Token)?;
            session::guard(head)?;
            holder
        }
        (Some("opened"), Shown::Token(given)) => {
            let holder = access::find(head, &given).ok_or(Fault::Token)?;
            let (_, cookie) = session::open(&first(sites)?, head, &holder);
            let cookie = state.member("cookie").and_then(Json::as_str).unwrap_or(&cookie);
            return Ok(answer(200, &who(sites, &holder), Some(cookie)));
        }
        (Some("ended"), _) => return Ok(empty(Some(session::close(head)))),
        (Some("listed"), _) => {
            return Ok(answer(200, &Json::object([("sessions", last.clone())]), None));
        }
        (Some("revoked"), _) => {
            let count = last.as_array().map_or(0, <[Json]>::len);
            return Ok(answer(200, &Json::object([("ended", Json::uint(count as u64))]), None));
        }
        _ => return Err(Fault::Token),
    };
    if holder.role < needs(head, &parts) {
        return Err(if holder.role == Role::Metrics { Fault::Token } else { Fault::Role });
    }
    admit(sites, head, body, &parts, &holder)
}

/// Lets the holder of a right do what was asked.
fn admit(
    sites: &mut Sites,
    head: &Head,
    body: &[u8],
    parts: &[&str],
    holder: &Holder,
) -> Result<Step, Fault> {
    let own = first(sites)?;
    let sql = |statements: Vec<_>, state: Json| {
        let effect = Effect::Sql { object: index::name(&own), statements, wake: None };
        Ok(Step::Do { effects: [effect].into(), state })
    };
    match (parts, head.method.as_str()) {
        _ if head.path == "/metrics" => Ok(metrics::request(sites, head)),
        (["session"], "GET") => Ok(answer(200, &who(sites, holder), None)),
        (["session"], "POST") => {
            let (statements, cookie) = session::open(&own, head, holder);
            let mut state = state("opened");
            state.set("cookie", Json::String(cookie));
            sql(statements, state)
        }
        (["session"], "DELETE") => match session::cookie(head) {
            Some(id) => sql([session::end(&own, &id)].into(), state("ended")),
            None => Ok(empty(Some(session::close(head)))),
        },
        (["sessions"], "GET") => sql([session::list(&own, head.now)].into(), state("listed")),
        (["sessions"], "DELETE") => {
            let (id, name) = (head.parameter("id"), head.parameter("name"));
            let statement = session::revoke(&own, id.as_deref(), name.as_deref());
            sql([statement].into(), state("revoked"))
        }
        (["session" | "sessions"], _) => Err(Fault::Method),
        (["entry", site], "POST") => source::enter(sites, head, body, site),
        (["leads", site, id, what @ ("stage" | "withdraw" | "audiences")], "POST") => {
            stage::request(&*sites.site(site)?, (id, what), head, body, &holder.name)
        }
        _ => admin::request(sites, head, body, parts),
    }
}

fn who(sites: &Sites, holder: &Holder) -> Json {
    let mut out = admin::sites(sites);
    out.set("name", Json::str(&holder.name));
    out.set("role", Json::str(holder.role.as_str()));
    out
}

fn answer(status: u16, body: &Json, cookie: Option<&str>) -> Step {
    let response = Response::json(status, body).with("cache-control", "no-store");
    Step::answer(match cookie {
        Some(cookie) => response.with("set-cookie", cookie),
        None => response,
    })
}

fn empty(cookie: Option<String>) -> Step {
    let response = Response { status: 204, headers: Vec::new(), body: Body::Text(String::new()) };
    let response = response.with("cache-control", "no-store");
    Step::answer(match cookie {
        Some(cookie) => response.with("set-cookie", cookie),
        None => response,
    })
}

fn address<'h>(sites: &Sites, head: &'h Head) -> Option<&'h str> {
    let site = sites.all().next()?;
    Some(weigh::address(site, head)).filter(|address| !address.is_empty())
}

/// The counter of guesses from where a request comes.
fn guesses(sites: &Sites, head: &Head, count: u32) -> Mark {
    let from = address(sites, head).unwrap_or("inside");
    let secret = match weigh::secret(head) {
        "" => access::holders(head).into_iter().map(|holder| holder.hash).collect(),
        secret => secret.to_owned(),
    };
    let stretch = head.now.0 / MINUTE;
    let hash = keyed(secret.as_bytes(), format!("leadkit guess\n{from}\n{stretch}").as_bytes());
    let place = hex(hash.get(..12).unwrap_or(&hash));
    Mark {
        key: format!("g:{place}"),
        place,
        who: String::new(),
        kind: Kind::Count(count),
        until: Millis(stretch.saturating_add(2).saturating_mul(MINUTE)),
    }
}
