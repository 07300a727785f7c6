//! The kinds of destinations, one file each: step machines from a stored lead and the settings of the owner to requests.
//!
//! Contract: [`step`] without a turn gives the first request; each answer goes back with the word and the memory that came
//! with its request, until the machine ends. A machine keeps no state of its own, and may be started again at any point:
//! what it has done before, it finds or does once more without harm. Which answer means what is a table in each file; what
//! that leads to is decided by `transfer::retry`.

mod ads;
mod brevo;
mod chat;
mod cloudevents;
mod conversion;
mod discord;
pub mod erase;
mod espocrm;
mod google;
mod google_audience;
mod google_conversions;
mod hubspot;
mod hubspot_form;
mod identity;
mod job;
mod json;
mod linkedin;
mod linkedin_audience;
mod linkedin_conversions;
mod mail;
mod mailchimp;
mod mautic;
mod meta_audience;
mod meta_conversions;
mod microsoft_conversions;
mod odoo;
mod pipedrive;
mod salesforce;
mod ses;
mod sheets;
mod slack;
mod smtp;
mod teams;
mod tiktok;
mod tiktok_audience;
mod tiktok_conversions;
mod webhook;
mod zoho;

use alloc::{boxed::Box, string::String, vec::Vec};

use super::{access::Access, guard};
use crate::{
    form::Form,
    time::Millis,
    wire::{
        answer::{Meaning, meaning},
        json::{self as text, Json},
        signature,
        step::Request,
        urlencoded,
    },
};

/// Receivers are asked to answer within half of the lease.
const TIMEOUT: Millis = Millis::from_secs(20);
/// Where several requests make one attempt, all of them have to fit into the lease.
const SHORT_TIMEOUT: Millis = Millis::from_secs(10);
/// A platform is asked to give a token within this.
const GRANT_TIMEOUT: Millis = Millis::from_secs(5);
/// The most leads that the owner may have sent in one request to an address of ones own.
const MOST_EVENTS: u64 = 1000;
/// The most bytes that are read of an answer about one lead.
const ANSWER: u32 = 20 * 1024;
/// The most bytes that are read of an answer about several leads.
const ANSWERS: u32 = 512 * 1024;
/// The most requests of one attempt.
pub const MOST_REQUESTS: usize = 6;

/// A stored lead on its way to one destination.
#[derive(Clone, Copy, Debug)]
pub struct Job<'a> {
    /// The kind of the destination.
    pub kind: &'a str,
    /// Its settings.
    pub settings: &'a Json,
    /// The idempotency key: the same for every attempt.
    pub key: &'a str,
    /// The lead as the Inbox shows it.
    pub lead: &'a Json,
    /// The lead as mappings see it.
    pub view: &'a Json,
    /// When the lead was received; the same for every attempt.
    pub received_at: Millis,
    /// The forms of the site as they are today.
    pub forms: &'a [Form],
    /// What the platform knows.
    pub around: &'a Surroundings<'a>,
    /// The token that the destination's platform gave, once there is one: see [`Job::access`].
    pub access: Option<&'a Access>,
}

/// What the platform knows: the values of the environment that settings name, and whether private addresses are allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Surroundings<'a> {
    /// An object from names to values.
    pub env: &'a Json,
    /// The time.
    pub now: Millis,
}

impl Surroundings<'_> {
    /// Whether addresses that are not public may be called, as the demo does with its own machine.
    pub fn private(&self) -> bool {
        self.env.member("LEADKIT_ALLOW_PRIVATE").and_then(Json::as_str) == Some("1")
    }

    /// What tokens are sealed with before they are stored.
    pub fn seal_key(&self) -> Option<&str> {
        let value = |name| self.env.member(name).and_then(Json::as_str);
        let given = |name| value(name).filter(|value| !value.is_empty());
        given("LEADKIT_SEAL_KEY").or_else(|| given("LEADKIT_SECRET"))
    }

    /// A setting: a string, or `{"env": "NAME"}` for a value of the environment.
    ///
    /// # Errors
    /// The setting names a value that the environment lacks, or is of another kind.
    pub fn setting(&self, settings: &Json, key: &str) -> Result<Option<String>, Unready> {
        match settings.member(key) {
            None | Some(Json::Null) => Ok(None),
            Some(Json::String(text)) => Ok(Some(text.clone())),
            Some(other) => {
                let name = other.member("env").and_then(Json::as_str);
                let value = name.and_then(|name| self.env.member(name)).and_then(Json::as_str);
                value
                    .filter(|value| !value.is_empty())
                    .map(|value| Some(value.into()))
                    .ok_or(Unready::Setting)
            }
        }
    }
}

/// Why no request can be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unready {
    /// A setting or a value of the environment is missing or cannot be used.
    Setting,
    /// The address is not one that may be called.
    Address,
    /// A token is needed first: the engine gets one by [`grant`] and asks the machine again.
    Token,
    /// A token that the platform replaces could not be kept: the environment has no key to seal it with.
    Seal,
}

impl Unready {
    /// A stable word for storage and log.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Setting => "setting_missing",
            Self::Address => "address_refused",
            Self::Token => "token_missing",
            Self::Seal => "seal_key_missing",
        }
    }
}

/// An answer to a request of a machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer<'a> {
    /// Its status code.
    pub status: u16,
    /// The beginning of its body.
    pub body: &'a str,
}

impl Answer<'_> {
    /// What the status says by itself.
    pub(super) fn meaning(&self) -> Meaning {
        meaning(self.status)
    }

    fn json(&self) -> Json {
        text::parse(self.body).unwrap_or_default()
    }

    pub(super) fn is_done(&self) -> bool {
        self.meaning() == Meaning::Done
    }
}

/// What a machine is told after a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn<'a> {
    /// The word that came with the request.
    pub at: &'a str,
    /// What came with the request.
    pub memory: &'a Json,
    /// What came back.
    pub answer: Answer<'a>,
}

/// What a machine wants next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Move {
    /// Send this.
    Ask(Box<Ask>),
    /// The attempt is over. For several leads at once: refused means that one of them may be the reason.
    End(Meaning),
    /// The attempt is over for several leads, each with a fate of its own; `None` where the answer does not tell.
    Each(Vec<Option<Fate>>),
    /// This lead can never go there, with a word for why.
    Unfit(&'static str),
    /// The token has ended, though the status was not 401: begin again with a new one, once.
    Renew,
}

/// A request with what is needed to go on after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// The request.
    pub request: Request,
    /// Where to go on.
    pub at: &'static str,
    /// What to know then.
    pub memory: Json,
    /// Whether request and answer hold a secret, and so stay out of the delivery log.
    pub quiet: bool,
    /// Of a request of several leads the part of each, in their order: what the log of that lead keeps.
    pub parts: Vec<String>,
}

/// What became of one lead of several in a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fate {
    /// What its answer means.
    pub meaning: Meaning,
    /// The status that its answer had of its own.
    pub status: Option<u16>,
    /// What was said of it, for the delivery log.
    pub said: Json,
}

impl Move {
    fn ask(at: &'static str, request: Request) -> Self {
        Self::Ask(Box::new(Ask {
            request,
            at,
            memory: Json::Null,
            quiet: false,
            parts: Vec::new(),
        }))
    }

    fn ask_with(at: &'static str, memory: Json, mut request: Request) -> Self {
        request.timeout = SHORT_TIMEOUT;
        Self::Ask(Box::new(Ask { request, at, memory, quiet: false, parts: Vec::new() }))
    }
}

/// The next move of a destination: the first without a turn.
///
/// # Errors
/// Why no request can be made.
pub fn step(job: &Job<'_>, turn: Option<&Turn<'_>>) -> Result<Move, Unready> {
    // Whoever asked for lists gets lists, also of one.
    let listed = ["webhook", "cloudevents", "json"].contains(&job.kind);
    if listed && job.settings.member("batch").is_some() {
        return step_many(core::slice::from_ref(job), turn);
    }
    let next = match job.kind {
        "webhook" => webhook::step(job, turn),
        "cloudevents" => cloudevents::step(job, turn),
        "json" => json::step(job, turn),
        "hubspot" => hubspot::step(job, turn),
        "hubspot_form" => hubspot_form::step(job, turn),
        "brevo" => brevo::step(job, turn),
        "mailchimp" => mailchimp::step(job, turn),
        "slack" => slack::step(job, turn),
        "teams" => teams::step(job, turn),
        "discord" => discord::step(job, turn),
        "mail" => mail::step(job, turn),
        "smtp" => smtp::step(job, turn),
        "pipedrive" => pipedrive::step(job, turn),
        "salesforce" => salesforce::step(job, turn),
        "zoho" => zoho::step(job, turn),
        "google_sheets" => sheets::step(job, turn),
        "odoo" => odoo::step(job, turn),
        "espocrm" => espocrm::step(job, turn),
        "mautic" => mautic::step(job, turn),
        kind => match ads::platform(kind) {
            Some(platform) => platform.step(job, turn),
            None => Err(Unready::Setting),
        },
    }?;
    if let Move::Ask(ask) = &next {
        checked(&ask.request, job.around)?;
    }
    Ok(next)
}

/// The most leads that go to a destination of this kind in one request.
pub fn most(kind: &str, settings: &Json) -> u64 {
    let own = settings.member("batch").and_then(Json::as_uint);
    let (usual, most) = match kind {
        "webhook" | "cloudevents" | "json" => (1, MOST_EVENTS),
        "hubspot" => (hubspot::MOST, hubspot::MOST),
        "salesforce" => (salesforce::MOST, salesforce::MOST),
        "mautic" => (mautic::MOST, mautic::MOST),
        kind => ads::platform(kind).map_or((1, 1), |platform| (platform.most, platform.most)),
    };
    own.unwrap_or(usual).clamp(1, most)
}

/// What tells the record of a lead from others in one request, where no two may be the same.
///
/// # Errors
/// The word for why the lead can never go there: it goes in no request with others.
pub fn identity(job: &Job<'_>) -> Result<String, &'static str> {
    match job.kind {
        "hubspot" => hubspot::identity(job),
        "mautic" => mautic::identity(job),
        kind => match ads::platform(kind) {
            Some(platform) => (platform.item)(job).map(|_| job.key.into()),
            None => Ok(job.key.into()),
        },
    }
}

/// The next move for several leads at once, all of which fit: never more than [`most`] allows.
///
/// # Errors
/// Why no request can be made.
pub fn step_many(jobs: &[Job<'_>], turn: Option<&Turn<'_>>) -> Result<Move, Unready> {
    let Some(first) = jobs.first() else { return Err(Unready::Setting) };
    let next = match first.kind {
        "webhook" => webhook::step_many(jobs, turn),
        "cloudevents" => cloudevents::step_many(jobs, turn),
        "json" => json::step_many(jobs, turn),
        "hubspot" => hubspot::step_many(jobs, turn),
        "salesforce" => salesforce::step_many(jobs, turn),
        "mautic" => mautic::step_many(jobs, turn),
        kind => match ads::platform(kind) {
            Some(platform) => platform.step_many(jobs, turn),
            None => Err(Unready::Setting),
        },
    }?;
    if let Move::Ask(ask) = &next {
        checked(&ask.request, first.around)?;
    }
    Ok(next)
}

/// The request for a new token, of a kind that needs one. `refresh` is the refresh token that the platform gave last, if it
/// gave one; it counts more than that of the settings.
///
/// # Errors
/// Why no request can be made.
pub fn grant(job: &Job<'_>, refresh: Option<&str>) -> Result<Request, Unready> {
    let request = match job.kind {
        "json" => json::grant(job, refresh),
        "salesforce" => salesforce::grant(job, refresh),
        "zoho" => zoho::grant(job, refresh),
        "google_sheets" => sheets::grant(job, refresh),
        "google_conversions" | "google_audience" => google::grant(job, refresh),
        "linkedin_conversions" | "linkedin_audience" => linkedin::grant(job, refresh),
        _ => Err(Unready::Setting),
    }?;
    checked(&request, job.around)?;
    Ok(request)
}

fn checked(request: &Request, around: &Surroundings<'_>) -> Result<(), Unready> {
    let Request { url, headers, extra, .. } = request;
    let allowed = match url.strip_prefix("smtps://") {
        Some(rest) => {
            let same = ["https://", rest].concat();
            request.method == smtp::METHOD && guard::allows(&same, around.private())
        }
        None => guard::allows(url, around.private()),
    };
    if !allowed {
        return Err(Unready::Address);
    }
    // A line end from the environment would be a header of its own.
    let own = extra.iter().map(|(_, value)| value);
    let mut values = headers.iter().map(|(_, value)| value).chain(own);
    if values.any(|value| !value.bytes().all(|byte| (b' '..=b'~').contains(&byte))) {
        return Err(Unready::Setting);
    }
    Ok(())
}

/// A machine of one request.
fn single(
    turn: Option<&Turn<'_>>,
    request: impl FnOnce() -> Result<Request, Unready>,
    judge: fn(&Answer<'_>) -> Meaning,
) -> Result<Move, Unready> {
    match turn {
        None => Ok(Move::ask("", request()?)),
        Some(turn) => Ok(Move::End(judge(&turn.answer))),
    }
}

/// A request of several leads: their parts under a member of the body, or as its items.
fn several(
    turn: Option<&Turn<'_>>,
    parts: Vec<Json>,
    request: impl FnOnce(Json) -> Result<Request, Unready>,
    judge: impl FnOnce(&Answer<'_>) -> Move,
) -> Result<Move, Unready> {
    if let Some(turn) = turn {
        return Ok(judge(&turn.answer));
    }
    let texts = parts.iter().map(Json::to_text).collect();
    let request = Request { most: ANSWERS, ..request(Json::Array(parts))? };
    let ask = Ask { request, at: "", memory: Json::Null, quiet: false, parts: texts };
    Ok(Move::Ask(Box::new(ask)))
}

/// What an address of ones own says of several leads: all are taken, unless it tells of one by its key that it is not:
/// `{"results": [{"id": "…", "status": 422}]}`.
fn told(jobs: &[Job<'_>], answer: &Answer<'_>, whole: Meaning) -> Move {
    let json = answer.json();
    let results = json.member("results").and_then(Json::as_array).unwrap_or_default();
    if whole != Meaning::Done || results.is_empty() {
        return Move::End(whole);
    }
    let fate = |job: &Job<'_>| {
        let own = |result: &&Json| result.member("id").and_then(Json::as_str) == Some(job.key);
        let Some(result) = results.iter().find(own) else {
            let taken = Fate { meaning: Meaning::Done, status: None, said: Json::Null };
            return (answer.status != 207).then_some(taken);
        };
        let status = u16::try_from(result.member("status")?.as_int()?).ok()?;
        Some(Fate { meaning: meaning(status), status: Some(status), said: result.clone() })
    };
    Move::Each(jobs.iter().map(fate).collect())
}

/// The key of a request of several leads: the same for the same leads.
fn key_of(jobs: &[Job<'_>]) -> String {
    let keys: Vec<&str> = jobs.iter().map(|job| job.key).collect();
    let digest = signature::hex(&signature::digest(keys.join("\n").as_bytes()));
    ["batch-", digest.get(..32).unwrap_or_default()].concat()
}

/// Text as a part of an address (RFC 3986): all but the unreserved characters is encoded.
fn encoded(text: &str) -> String {
    let mut out = String::new();
    urlencoded::encode(text, &mut out);
    out
}

/// The table of most kinds: what the status says by itself.
fn usual(answer: &Answer<'_>) -> Meaning {
    answer.meaning()
}

#[cfg(test)]
mod tests;
