//! `leadkit transfer --dry-run`: what each destination would be sent for leads, with nothing sent.

use alloc::{borrow::ToOwned, format, string::String, vec::Vec};

use js_sys::{Error, Function};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use super::{fault, judge::read, whole};
use crate::{
    check::{Known, Packs},
    config::{Config, Destination},
    intake::{
        judge::{self, Library, Times},
        store::{Beginning, Fate, Item, Kept},
    },
    lead::LeadId,
    time::Millis,
    transfer::{
        access::Access,
        destinations::{self, Answer, Job, MOST_REQUESTS, Move, Surroundings, Turn, Unready},
        view,
    },
    wire::{
        json::{self, Json},
        lines,
        step::Request,
    },
};

/// What a receiver is taken to answer, so that the later requests of a machine show too.
const ANSWER: &str = r#"{"access_token":"TOKEN","data":{"id":1,"items":[]}}"#;

/// A dry run over many leads.
#[wasm_bindgen]
pub struct Transfer {
    config: Config,
    only: String,
    env: Json,
    packs: Packs,
    ascii: Function,
    now: Millis,
}

#[wasm_bindgen]
impl Transfer {
    /// A run by the text of a `leadkit.json`, to one destination or, without a name, to all. `env` is a JSON object of the
    /// environment; what it lacks is stood in for.
    ///
    /// # Errors
    /// A configuration with faults, or one without the destination.
    #[wasm_bindgen(constructor)]
    pub fn new(
        config: &str,
        only: &str,
        env: &str,
        ascii: Function,
        now: f64,
    ) -> Result<Self, Error> {
        let config = read(config)?;
        if !only.is_empty() && !config.destinations().iter().any(|each| each.name == only) {
            let message = format!("expected a destination of the configuration, found \"{only}\"");
            return Err(Error::new(&message));
        }
        let env = json::parse(env).unwrap_or_default();
        Ok(Self {
            config,
            only: only.to_owned(),
            env,
            packs: Packs::embedded(),
            ascii,
            now: Millis(whole(now)),
        })
    }

    /// Answers whole JSON lines, of which the first has this number: a stored lead as the Inbox gives it, with `values`, or a
    /// lead as on the wire, with `data`.
    pub fn lines(&self, chunk: &[u8], first: f64) -> String {
        lines::answer(chunk, whole(first), |line| self.line(line))
    }
}

impl Transfer {
    fn line(&self, line: &Json) -> Json {
        let id = line.member("id").cloned().unwrap_or_default();
        let item = self.judge(line);
        let kept = match item.fate {
            Fate::Keep(kept) => kept,
            Fate::Refuse { code, field } => {
                let field = field.unwrap_or_default();
                return Json::object([
                    ("id", id),
                    ("error", fault(&code, &format!("the form refuses the lead: {field}"))),
                ]);
            }
        };
        let lead = self.lead(line, &item.id, &kept);
        let destinations = self.config.destinations().iter();
        let wanted = destinations.filter(|each| self.only.is_empty() || each.name == self.only);
        let list = wanted.map(|destination| {
            let mut out = Json::object([("destination", Json::str(&destination.name))]);
            let beginning = kept.deliveries.iter().find(|(name, _)| *name == destination.name);
            match beginning.map(|(_, beginning)| beginning) {
                None => out.set("why_not", Json::str("when")),
                Some(Beginning::Dead(reason)) => out.set("why_not", Json::str(reason.code())),
                Some(Beginning::Review) => out.set("waits_for", Json::str("review")),
                Some(Beginning::Due) => {}
            }
            if out.member("why_not").is_none() {
                let (key, value) = self.requests(destination, &lead);
                out.set(key, value);
            }
            out
        });
        Json::object([("id", id), ("destinations", Json::array(list))])
    }

    /// Judges the lead as the edge would, to learn which destinations it has.
    fn judge(&self, line: &Json) -> Item {
        let mut item = line.clone();
        if item.member("data").is_none() {
            item.set("data", line.member("values").cloned().unwrap_or_default());
            item.set("ctx", line.member("context").cloned().unwrap_or_default());
            item.set("consent", Json::Object(Vec::new()));
        }
        let form = item.member("form").and_then(Json::as_str).unwrap_or_default();
        let first =
            self.config.public().forms().first().map(crate::form::Form::name).unwrap_or_default();
        let form =
            form.split('@').next().filter(|form| !form.is_empty()).unwrap_or(first).to_owned();
        item.set("form", Json::String(form));
        if item.member("at").and_then(Json::as_uint).is_none() {
            item.set("at", Json::uint(self.now.0));
        }
        let own = item.member("id").and_then(Json::as_str).and_then(|id| id.parse::<LeadId>().ok());
        let own = own.unwrap_or_else(|| LeadId::new(self.now, [0; 10]));
        item.set("id", Json::String(own.to_text()));
        let library = Library { current: &self.config, earlier: Vec::new() };
        let times = Times { now: self.now, sent_at: None };
        let mut known = Known::default().with_packs(&self.packs);
        let mut wanted = Vec::new();
        let judged = judge::judge(item.clone(), &library, &known, &Json::Null, times, &mut wanted);
        if wanted.is_empty() {
            return judged;
        }
        for host in wanted {
            let told = self.ascii.call1(&JsValue::NULL, &JsValue::from_str(&host));
            known.hosts.insert(host, told.ok().and_then(|told| told.as_string()));
        }
        judge::judge(item, &library, &known, &Json::Null, times, &mut Vec::new())
    }

    /// The lead as destinations see it. A stored verdict and a stored consent count, not those of today.
    fn lead(&self, line: &Json, id: &str, kept: &Kept) -> Json {
        let stored = |key: &str, now: &Json| {
            line.member(key).filter(|json| **json != Json::Null).unwrap_or(now).clone()
        };
        let received = line.member("received_at").and_then(Json::as_uint).map_or(self.now, Millis);
        Json::object([
            ("id", Json::str(id)),
            ("site", Json::str(&self.config.public().site().id)),
            ("form", stored("form", &Json::str(&kept.form))),
            ("occurred_at", Json::String(received.to_iso8601())),
            ("received_at", Json::String(received.to_iso8601())),
            ("values", stored("values", &kept.values)),
            ("verdict", stored("verdict", &kept.verdict)),
            (
                "consent",
                line.member("values")
                    .map_or(kept.consent.clone(), |_| stored("consent", &kept.consent)),
            ),
            ("context", stored("context", &kept.context)),
        ])
    }

    /// `requests` with what would be sent, or `error` with a word for why nothing can be.
    fn requests(&self, destination: &Destination, lead: &Json) -> (&'static str, Json) {
        let (settings, env) = stand_ins(&destination.settings, &self.env);
        let around = Surroundings { env: &env, now: self.now };
        let view = view::view(lead, self.config.public().forms());
        let key =
            format!("{}:{}", view::at(lead, "id").as_str().unwrap_or_default(), destination.name);
        let access = Access::read(ANSWER);
        let mut job = Job {
            kind: &destination.kind,
            settings: &settings,
            key: &key,
            lead,
            view: &view,
            received_at: self.now,
            forms: self.config.public().forms(),
            around: &around,
            access: None,
        };
        let mut out: Vec<Json> = Vec::new();
        let mut begun = false;
        let (mut at, mut memory) = ("", Json::Null);
        while out.len() < MOST_REQUESTS {
            let answer = Answer { status: 200, body: ANSWER };
            let turn = Turn { at, memory: &memory, answer };
            match destinations::step(&job, begun.then_some(&turn)) {
                Ok(Move::Ask(ask)) => {
                    out.push(shown(&ask.request, &destination.settings, &env));
                    (at, memory) = (ask.at, ask.memory);
                    begun = true;
                }
                Err(Unready::Token) if job.access.is_none() => {
                    match destinations::grant(&job, None) {
                        Ok(request) => out.push(shown(&request, &destination.settings, &env)),
                        Err(unready) => return ("error", Json::str(unready.code())),
                    }
                    job.access = access.as_ref();
                }
                Ok(Move::End(_) | Move::Each(_) | Move::Renew) => break,
                Ok(Move::Unfit(word)) => return ("why_not", Json::str(word)),
                Err(unready) => return ("error", Json::str(unready.code())),
            }
        }
        ("requests", Json::Array(out))
    }
}

/// The settings and the environment, with something in the place of what the environment lacks.
fn stand_ins(settings: &Json, env: &Json) -> (Json, Json) {
    let (mut settings, mut env) = (settings.clone(), env.clone());
    let asked: Vec<(String, String)> = named(&settings);
    for (key, name) in asked {
        if env.member(&name).and_then(Json::as_str).is_some_and(|value| !value.is_empty()) {
            continue;
        }
        match key.as_str() {
            "secret" | "previous_secret" | "signing_key" => settings.set(&key, Json::Null),
            "url" => env
                .set(&name, Json::String(format!("https://{}.invalid", name.to_ascii_lowercase()))),
            _ => env.set(&name, Json::String(format!("{name}-us1"))),
        }
    }
    env.set("LEADKIT_SEAL_KEY", Json::str("stand-in"));
    (settings, env)
}

/// The settings that name a value of the environment, with that name.
fn named(settings: &Json) -> Vec<(String, String)> {
    let mut out = Vec::new();
    for (key, value) in settings.as_object().unwrap_or_default() {
        match value.member("env").and_then(Json::as_str) {
            Some(name) => out.push((key.clone(), name.to_owned())),
            None if key == "headers" => out.extend(named(value)),
            None => {}
        }
    }
    out
}

/// A request without its secrets: values of the environment by their names, signatures and keys left out.
fn shown(request: &Request, settings: &Json, env: &Json) -> Json {
    let hide = |text: &str| {
        let mut text = text.to_owned();
        for (_, name) in named(settings) {
            let value = env.member(&name).and_then(Json::as_str).unwrap_or_default();
            if !value.is_empty() {
                text = text.replace(value, &format!("{{{name}}}"));
            }
        }
        text
    };
    let secret = |name: &str| {
        ["authorization", "webhook-signature", "webhook-timestamp", "user-agent"].contains(&name)
    };
    let own = request.headers.iter().map(|(name, value)| (*name, value));
    let extra = request.extra.iter().map(|(name, value)| (name.as_str(), value));
    let headers = own.chain(extra).filter(|(name, _)| !secret(name));
    let headers = Json::object(headers.map(|(name, value)| (name, Json::String(hide(value)))));
    let body = json::parse(&request.body).unwrap_or_else(|_| Json::str(&request.body));
    Json::object([
        ("method", Json::str(request.method)),
        ("url", Json::String(hide(&request.url))),
        ("headers", headers),
        ("body", if request.body.is_empty() { Json::Null } else { body }),
    ])
}
