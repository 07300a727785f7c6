//! The kinds of destinations, one file each: step machines from a stored lead and the settings of the owner to requests.
//!
//! Contract: [`step`] without a turn gives the first request; each answer goes back with the word and the memory that came
//! with its request, until the machine ends. A machine keeps no state of its own, and may be started again at any point:
//! what it has done before, it finds or does once more without harm. Which answer means what is a table in each file; what
//! that leads to is decided by `transfer::retry`.

mod brevo;
mod chat;
mod cloudevents;
mod discord;
pub mod erase;
mod espocrm;
mod hubspot;
mod hubspot_form;
mod json;
mod mail;
mod mailchimp;
mod mautic;
mod odoo;
mod pipedrive;
mod salesforce;
mod ses;
mod slack;
mod teams;
mod webhook;

use alloc::{boxed::Box, format, string::String, vec::Vec};

use super::{guard, sign};
use crate::{
    form::Form,
    lead::Operation,
    time::Millis,
    wire::{
        answer::{Meaning, meaning},
        json::{self as text, Json},
        step::Request,
        urlencoded,
    },
};

/// Receivers are asked to answer within half of the lease.
const TIMEOUT: Millis = Millis::from_secs(20);
/// Where several requests make one attempt, all of them have to fit into the lease.
const SHORT_TIMEOUT: Millis = Millis::from_secs(10);
/// The most requests of one attempt.
pub const MOST_REQUESTS: usize = 5;

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
}

impl Unready {
    /// A stable word for storage and log.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Setting => "setting_missing",
            Self::Address => "address_refused",
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
    fn meaning(&self) -> Meaning {
        meaning(self.status)
    }

    fn json(&self) -> Json {
        text::parse(self.body).unwrap_or_default()
    }

    fn is_done(&self) -> bool {
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
    /// The attempt is over.
    End(Meaning),
    /// This lead can never go there, with a word for why.
    Unfit(&'static str),
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
}

impl Move {
    fn ask(at: &'static str, request: Request) -> Self {
        Self::Ask(Box::new(Ask { request, at, memory: Json::Null, quiet: false }))
    }

    fn ask_with(at: &'static str, memory: Json, mut request: Request) -> Self {
        request.timeout = SHORT_TIMEOUT;
        Self::Ask(Box::new(Ask { request, at, memory, quiet: false }))
    }
}

/// The next move of a destination: the first without a turn.
///
/// # Errors
/// Why no request can be made.
pub fn step(job: &Job<'_>, turn: Option<&Turn<'_>>) -> Result<Move, Unready> {
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
        "pipedrive" => pipedrive::step(job, turn),
        "salesforce" => salesforce::step(job, turn),
        "odoo" => odoo::step(job, turn),
        "espocrm" => espocrm::step(job, turn),
        "mautic" => mautic::step(job, turn),
        _ => Err(Unready::Setting),
    }?;
    if let Move::Ask(ask) = &next {
        let Request { url, headers, extra, .. } = &ask.request;
        if !guard::allows(url, job.around.private()) {
            return Err(Unready::Address);
        }
        // A line end from the environment would be a header of its own.
        let own = extra.iter().map(|(_, value)| value);
        let mut values = headers.iter().map(|(_, value)| value).chain(own);
        if values.any(|value| !value.bytes().all(|byte| (b' '..=b'~').contains(&byte))) {
            return Err(Unready::Setting);
        }
    }
    Ok(next)
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

impl Job<'_> {
    fn setting(&self, key: &str) -> Result<Option<String>, Unready> {
        self.around.setting(self.settings, key)
    }

    fn needed(&self, key: &str) -> Result<String, Unready> {
        self.setting(key)?.filter(|value| !value.is_empty()).ok_or(Unready::Setting)
    }

    /// What is to be done, which the key tells: it is the id of the lead and the lane.
    fn operation(&self) -> Operation<'_> {
        let lane = self.key.split_once(':').map(|(_, lane)| lane).unwrap_or_default();
        Operation::of(lane).1
    }

    /// The row of the stage that is told of: its name, what it stands for, when it was set, what it is worth.
    fn stage(&self) -> Option<&Json> {
        let Operation::Stage(name) = self.operation() else { return None };
        let rows = self.lead.member("stages").and_then(Json::as_array)?;
        rows.iter().find(|row| row.member("name").and_then(Json::as_str) == Some(name))
    }

    /// The type of the event, and when it happened; the same for every attempt.
    fn event(&self) -> (&'static str, Millis) {
        let at = self.stage().and_then(|row| row.member("at")).and_then(Json::as_uint);
        match self.operation() {
            Operation::Lead => ("lead.created", self.received_at),
            Operation::Stage(_) => ("lead.stage", at.map_or(self.received_at, Millis)),
            Operation::Remove => ("lead.removed", self.received_at),
        }
    }

    /// The address of the API without a slash at its end: that of the provider, unless the owner gave another.
    fn base(&self, provider: &str) -> Result<String, Unready> {
        let own = self.setting("url")?;
        Ok(own.as_deref().unwrap_or(provider).trim_end_matches('/').into())
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.settings.member(key).and_then(Json::as_str)
    }

    fn at(&self, path: &str) -> &Json {
        super::view::at(self.view, path)
    }

    fn word(&self, path: &str) -> &str {
        self.at(path).as_str().unwrap_or_default()
    }

    fn mapped(&self, defaults: &[(&str, &str)]) -> Vec<(String, Json)> {
        super::view::mapped(self.settings, defaults, self.view)
    }

    /// The link to the lead in the Inbox, where the settings say where that is.
    fn link(&self) -> Option<String> {
        let base = self.text("inbox")?.trim_end_matches('/');
        Some(format!("{base}#/{}/{}", self.word("site"), self.word("id")))
    }

    /// A request with a JSON body.
    fn send(
        &self,
        method: &'static str,
        url: String,
        headers: Vec<(&'static str, String)>,
        body: &Json,
    ) -> Request {
        self.send_text(method, url, headers, "application/json", body.to_text())
    }

    fn send_text(
        &self,
        method: &'static str,
        url: String,
        mut headers: Vec<(&'static str, String)>,
        content_type: &str,
        body: String,
    ) -> Request {
        if method != "GET" {
            headers.insert(0, ("content-type", content_type.into()));
        }
        headers.push(("user-agent", "leadkit".into()));
        let private = self.around.private();
        Request { method, url, headers, extra: Vec::new(), body, timeout: TIMEOUT, private }
    }

    /// Signs by Standard Webhooks with the keys that the settings name, and adds the bearer token.
    fn sign(&self, request: &mut Request) -> Result<(), Unready> {
        let several = |keys: &[&str]| -> Result<Vec<String>, Unready> {
            let found: Result<Vec<_>, _> = keys.iter().map(|key| self.setting(key)).collect();
            Ok(found?.into_iter().flatten().collect())
        };
        let secrets = several(&["secret", "previous_secret"])?;
        let keys = several(&["signing_key"])?;
        let secs = self.around.now.as_secs();
        request.headers.push(("webhook-id", self.key.into()));
        request.headers.push(("webhook-timestamp", format!("{secs}")));
        if !secrets.is_empty() || !keys.is_empty() {
            let header = sign::standard(&secrets, &keys, self.key, secs, &request.body);
            request.headers.push(("webhook-signature", header.ok_or(Unready::Setting)?));
        }
        if let Some(token) = self.setting("token")? {
            request.headers.push(("authorization", format!("Bearer {token}")));
        }
        Ok(())
    }
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
