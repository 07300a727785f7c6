//! `/v1/form/{site}/{form}`: forms without any script. A page to fill in, and what was sent by plain HTML.
//!
//! A page of ours carries the id of the lead. A form that the owner wrote by hand has none: its id is a keyed hash of form,
//! values and address, so that a second click within ten minutes is the same lead.

use alloc::{borrow::ToOwned, format, string::String, vec::Vec};

mod upload;

use super::{
    asset,
    head::{Head, Upload},
    leads::{Batch, Found, Progress, said},
    multipart,
    site::{self, Site, Sites},
    weigh,
};
use crate::{
    abuse::TRAP,
    attribution,
    check::Known,
    form::{Form, Kind, Text},
    intake::{
        record,
        store::{self, Fate},
    },
    lead::{Lead, LeadId, Problem},
    render::{self, Filled, Page},
    time::Millis,
    transfer::Scope,
    wire::{
        answer::Answer,
        envelope::Fault,
        json::{self, Faults, Json, Node},
        signature,
        step::{Body, Effect, Response, Step},
        urlencoded,
    },
};

/// The word for this route in states.
pub const ROUTE: &str = "form";
/// How long a hand-written form with the same values counts as the same lead.
const SAME: Millis = Millis::from_secs(600);
/// The names of hidden inputs of our own pages.
const ID: &str = "leadkit_id";
const VERSION: &str = "leadkit_form";
const LANGUAGE: &str = "leadkit_lang";
/// Where the visitor of a page of ours came from.
const TOUCH: &str = "leadkit_touch";
/// The stylesheet of pages that the edge serves itself.
pub const STYLE: &str = "/kit/page.css";

/// The page of a form, or its thanks.
pub fn get(
    sites: &Sites,
    head: &Head,
    site: &str,
    name: &str,
    thanks: bool,
) -> Result<Response, Fault> {
    let site = sites.site(site)?;
    let form = site.config.public().form(name).ok_or(Fault::Form)?;
    let locale = language(&site, head, None);
    let page = page(&site, form, &locale);
    if thanks {
        return Ok(asset::page(200, render::thanks_page(&page), None));
    }
    let (id, version) = (fresh_id(head), versioned(&site, name));
    let own = [(ID, id.as_str()), (VERSION, version.as_str()), (LANGUAGE, locale.as_str())];
    let (accept, several) = offered(&site);
    if head.parameter("part").as_deref() == Some("form") {
        let filled = Filled { hidden: &own, accept: &accept, several, ..Filled::default() };
        let html = render::form(form, &locale, &action(&site, name), &filled);
        return Ok(asset::page(200, html, None));
    }
    let touch = touch(head, &action(&site, name)).unwrap_or_default();
    let mut hidden = own.to_vec();
    hidden.extend(Some((TOUCH, touch.as_str())).filter(|(_, touch)| !touch.is_empty()));
    let values = prefilled(form, head);
    let filled = Filled { hidden: &hidden, values, accept: &accept, several, ..Filled::default() };
    // Another address than that of the page: what is posted to the same one would take the page out of the browser's cache.
    let target = format!("{}?send", action(&site, name));
    let html = render::form_page(&page, &target, &filled, false);
    let answer = asset::page(200, html, form.thanks_url());
    let is_blank = filled.values.as_object().is_none_or(<[_]>::is_empty);
    Ok(if is_blank { asset::kept(answer) } else { answer })
}

/// What file inputs offer: the kinds, and whether several may be chosen.
pub fn offered(site: &Site) -> (String, bool) {
    let files = site.config.files();
    (files.accept(), files.max_files > 1)
}

/// Where the visitor of a hosted form came from, as its own address and the browser tell: a link or a QR code with a campaign.
fn touch(head: &Head, path: &str) -> Option<String> {
    let parameters = head.parameters();
    let pairs = parameters.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let referrer = head.header("referer").unwrap_or_default();

    Some(attribution::touch(pairs, path, referrer, &head.host, head.now)?.to_text())
}

/// The values that the address of the page may fill in.
fn prefilled(form: &Form, head: &Head) -> Json {
    let fields = form.fields().iter();
    let values = fields
        .filter_map(|field| Some((field.name(), Json::String(head.parameter(field.prefill()?)?))));
    Json::object(values)
}

/// What a plain form sent.
struct Sent {
    site: alloc::rc::Rc<Site>,
    name: String,
    locale: String,
    /// The values of fields, as they were typed.
    values: Json,
    /// The id that our own page carried.
    id: Option<LeadId>,
    version: Option<String>,
    /// Where the visitor came from, as our own page carried it.
    touch: Option<String>,
    /// The files that came, and the field and the reason of one that is not taken.
    uploads: Vec<Upload>,
    refused: Option<(String, &'static str)>,
    /// What a hash of the whole sending is made of.
    content: Vec<u8>,
}

impl Sent {
    fn read(
        sites: &Sites,
        head: &Head,
        body: &[u8],
        site: &str,
        name: &str,
    ) -> Result<Self, Fault> {
        let site = sites.site(site)?;
        if !site.allows(head) {
            return Err(Fault::Origin);
        }
        let form = site.config.public().form(name).ok_or(Fault::Form)?;
        let pairs = match head.media_type().as_str() {
            "application/x-www-form-urlencoded" => urlencoded::pairs(body),
            "multipart/form-data" => {
                let boundary = multipart::boundary(head.header("content-type").unwrap_or_default());
                multipart::parts(body, boundary.ok_or(Fault::ContentType)?)
            }
            _ => return Err(Fault::ContentType),
        };
        let own = |wanted: &str| {
            pairs.iter().find(|(key, _)| key == wanted).map(|(_, value)| value.as_str())
        };
        let id = own(ID).and_then(|text| text.parse().ok());
        let version =
            own(VERSION).filter(|text| text.split('@').next() == Some(name)).map(ToOwned::to_owned);
        let touch = own(TOUCH).map(ToOwned::to_owned);
        let locale = language(&site, head, own(LANGUAGE));
        let mut content = format!("{}\n{name}\n{}", site.id(), head.address).into_bytes();
        let mut values = Json::Object(Vec::new());
        for (key, value) in &pairs {
            let own = [ID, VERSION, LANGUAGE, TOUCH].contains(&key.as_str());
            if own || (key == TRAP && value.is_empty()) {
                continue;
            }
            content.extend_from_slice(
                format!("\n{}:{key}={}:{value}", key.len(), value.len()).as_bytes(),
            );
            add(&mut values, form, key, value);
        }
        let mut out = Self {
            name: name.to_owned(),
            locale,
            values,
            id,
            version,
            touch,
            uploads: Vec::new(),
            refused: None,
            content,
            site,
        };
        out.take_files(head)?;
        Ok(out)
    }

    /// The ids that this sending has if it came in this stretch of ten minutes, or in the one before.
    fn derived(&self, head: &Head) -> [String; 2] {
        let secret = weigh::secret(head);
        let key = signature::digest(format!("leadkit form {secret}").as_bytes());
        let stretch = head.now.0 / SAME.0;
        [stretch, stretch.saturating_sub(1)].map(|stretch| {
            let mut data = format!("{stretch}\n").into_bytes();
            data.extend_from_slice(&self.content);
            id_of(Millis(stretch.saturating_mul(SAME.0)), &signature::keyed(&key, &data))
        })
    }

    /// The lead as an item of the wire. All of it stays the same however often the form is sent, or a copy would look like
    /// another lead.
    fn item(&self, id: &str) -> Json {
        let at = id.parse::<LeadId>().map(LeadId::at).unwrap_or_default();
        let form = self.version.clone().unwrap_or_else(|| self.name.clone());
        let mut context =
            Json::object([("locale", Json::str(&self.locale)), ("script", Json::Bool(false))]);
        if let Some(touch) = self.touch.as_deref().and_then(|text| json::parse(text).ok()) {
            let both = Json::object([("first", touch.clone()), ("last", touch)]);
            context.set(attribution::MEMBER, both);
        }
        Json::object([
            ("id", Json::str(id)),
            ("at", Json::uint(at.0)),
            ("form", Json::String(form)),
            ("data", self.values.clone()),
            ("ctx", context),
            ("consent", Json::Object(Vec::new())),
        ])
    }

    fn batch(&self, id: &str) -> Batch {
        Batch {
            site: alloc::rc::Rc::clone(&self.site),
            sent_at: None,
            items: [self.item(id)].into(),
            plan: core::cell::OnceCell::new(),
        }
    }

    fn form(&self) -> Result<&Form, Fault> {
        self.site.config.public().form(&self.name).ok_or(Fault::Form)
    }
}

/// A field that takes several values collects them; of another repeated name the last counts.
fn add(values: &mut Json, form: &Form, key: &str, value: &str) {
    let several = form
        .field(key)
        .is_some_and(|field| matches!(field.kind(), Kind::Choice { multiple: true, .. }));
    if !several {
        values.set(key, Json::str(value));
        return;
    }
    let mut items = match values.member(key) {
        Some(Json::Array(items)) => items.clone(),
        _ => Vec::new(),
    };
    items.push(Json::str(value));
    values.set(key, Json::Array(items));
}

/// The first step of what a plain form sent.
pub fn post(
    sites: &mut Sites,
    head: &Head,
    body: &[u8],
    site: &str,
    name: &str,
) -> Result<Step, Fault> {
    let sent = Sent::read(sites, head, body, site, name)?;
    if sent.refused.is_some() {
        return Ok(Step::answer(again(&sent, head, &Found::default(), false)?));
    }
    match sent.id {
        Some(id) if !sent.uploads.is_empty() => Ok(sent.file_rows(head, &id.to_text())),
        Some(id) => advance(&sent, head, &id.to_text(), &mut Found::default(), Progress::Judge),
        None => Ok(ask(&sent, head)),
    }
}

/// Looks whether the same was sent a short while ago.
fn ask(sent: &Sent, head: &Head) -> Step {
    let effects = sent.derived(head).map(|id| {
        let object = store::shard(&id) % head.objects;
        let scope = Scope { site: sent.site.id().to_owned(), object, objects: head.objects };
        let statements = [record::received(sent.site.id(), &id)].into();
        Effect::Sql { object: scope.name(), statements, wake: None }
    });
    Step::Do {
        effects: effects.into(),
        state: Json::object([("route", Json::str(ROUTE)), ("at", Json::str("asked"))]),
    }
}

/// The step after the one that left `state`.
pub fn resume(
    sites: &mut Sites,
    head: &Head,
    body: &[u8],
    names: (&str, &str),
    state: &Json,
    results: &Json,
) -> Result<Step, Fault> {
    let sent = Sent::read(sites, head, body, names.0, names.1)?;
    let word = |key| state.member(key).and_then(Json::as_str).unwrap_or_default();
    if word("at") == "asked" {
        let id = choose(&sent.derived(head), results, head.now);
        if !sent.uploads.is_empty() {
            return Ok(sent.file_rows(head, &id));
        }
        return advance(&sent, head, &id, &mut Found::default(), Progress::Judge);
    }
    let id = word("id").to_owned();
    match word("at") {
        "filed" => return Ok(sent.file_bytes(head, &id, results)),
        "put" => return advance(&sent, head, &id, &mut Found::default(), Progress::Judge),
        _ => {}
    }
    let mut found = Found::read(state, sites);
    let progress =
        super::route::learn(sites, head, &mut found, &sent.batch(&id), word("at"), results);
    advance(&sent, head, &id, &mut found, progress)
}

/// The id of the earlier stretch if a lead came under it less than ten minutes ago, else that of this one.
fn choose([this, before]: &[String; 2], results: &Json, now: Millis) -> String {
    let received = results.as_array().and_then(|results| results.get(1)).and_then(Json::as_array);
    let row = received.and_then(<[Json]>::first).and_then(Json::as_array).and_then(<[Json]>::first);
    let at = row.and_then(|row| row.member("received_at")).and_then(Json::as_uint).map(Millis);
    let recent = at.is_some_and(|at| now.saturating_sub(at) < SAME);
    if recent { before.clone() } else { this.clone() }
}

fn advance(
    sent: &Sent,
    head: &Head,
    id: &str,
    found: &mut Found,
    progress: Progress<'_>,
) -> Result<Step, Fault> {
    let batch = sent.batch(id);
    let (items, answers) = match batch.advance(head, found, progress, ROUTE) {
        Ok(done) => done,
        Err(Step::Do { effects, mut state }) => {
            state.set("id", Json::str(id));
            return Ok(Step::Do { effects, state });
        }
        // A person reads the form again instead of a fault, and nothing that was typed is lost.
        Err(_) if found.wait().is_some() => {
            return Ok(Step::answer(again(sent, head, found, true)?));
        }
        Err(step) => return Ok(step),
    };
    let answer = answers.first().cloned().unwrap_or(Answer::Later(Millis(0)));
    let step = match answer {
        Answer::Ok | Answer::Dup => {
            let verdict = items.first().and_then(|item| match &item.fate {
                Fate::Keep(kept) => Some(&kept.verdict),
                Fate::Refuse { .. } => None,
            });
            Step::answer(thanks(sent, verdict.unwrap_or(&Json::Null))?)
        }
        // Whoever goes back, changes the form and sends it again means another lead.
        Answer::Bad { code, .. }
            if code == store::CONFLICT && sent.id.is_some_and(|own| own.to_text() == id) =>
        {
            ask(sent, head)
        }
        Answer::Bad { .. } => Step::answer(again(sent, head, found, false)?),
        Answer::Later(_) => Step::answer(again(sent, head, found, true)?),
    };
    Ok(batch.counted(step, &answers))
}

/// What the visitor sees in the end: the message of a filter, what a segment wants to come next, or the thanks of the form.
fn thanks(sent: &Sent, verdict: &Json) -> Result<Response, Fault> {
    let message = Text::member(&Node::root(verdict), "message", &mut Faults::new());
    let next = said(verdict, "next").map(Node::root);
    let url = next.as_ref().and_then(|next| next.json().member("url")?.as_str());
    let url =
        url.filter(|url| ["https://", "http://", "/"].iter().any(|start| url.starts_with(start)));
    if !message.is_empty() || url.is_some() {
        let label = next.as_ref().map(|next| Text::member(next, "text", &mut Faults::new()));
        let label = label.unwrap_or_default();
        let link = url.map(|url| {
            (url, Some(label.pick(&sent.locale)).filter(|label| !label.is_empty()).unwrap_or(url))
        });
        let page = page(&sent.site, sent.form()?, &sent.locale);
        let html = render::last_page(&page, message.pick(&sent.locale), link);
        return Ok(asset::page(200, html, None));
    }
    let own = sent.form()?.thanks_url().map(ToOwned::to_owned);
    let location = own.unwrap_or_else(|| {
        let mut path = format!("{}/thanks?lang=", action(&sent.site, &sent.name));
        urlencoded::encode(&sent.locale, &mut path);
        path
    });
    Ok(Response { status: 303, headers: Vec::new(), body: Body::Text(String::new()) }
        .with("location", location)
        .with("cache-control", "no-store"))
}

/// The form once more, with what was typed and what is wrong with it.
fn again(sent: &Sent, head: &Head, found: &Found, busy: bool) -> Result<Response, Fault> {
    let form = sent.form()?;
    let facts = found.hosts.clone().unwrap_or_default();
    let packs = site::packs();
    let known = Known::from_json(&facts).with_packs(&packs);
    let [id, _] = sent.derived(head);
    let lead = Lead::from_json(&sent.item(&id)).map_err(Fault::Member)?;
    let judged = sent.site.config.judge(&lead, &known, &Json::Null, head.now).ok_or(Fault::Form)?;
    let mut accepted = judged.accepted;
    if let Some((field, code)) = &sent.refused {
        accepted.problems.push(Problem::new(field, code));
    }
    let id = sent.id.map_or_else(|| fresh_id(head), LeadId::to_text);
    let version = versioned(&sent.site, &sent.name);
    let mut hidden = Vec::from([
        (ID, id.as_str()),
        (VERSION, version.as_str()),
        (LANGUAGE, sent.locale.as_str()),
    ]);
    hidden.extend(sent.touch.as_deref().map(|touch| (TOUCH, touch)));
    let (accept, several) = offered(&sent.site);
    let filled = Filled {
        accept: &accept,
        several,
        values: sent.values.clone(),
        problems: &accepted.problems,
        suggestions: &accepted.suggestions,
        hidden: &hidden,
    };
    let page = page(&sent.site, form, &sent.locale);
    let html = render::form_page(&page, &action(&sent.site, &sent.name), &filled, busy);
    let wait = found.wait();
    let status = match (busy, wait) {
        (true, Some(_)) => 429,
        (true, None) => 503,
        (false, _) => 422,
    };
    let page = asset::page(status, html, form.thanks_url());
    Ok(match wait {
        Some(wait) => page.with("retry-after", format!("{}", wait.0.div_ceil(1000))),
        None => page,
    })
}

fn page<'a>(site: &'a Site, form: &'a Form, locale: &'a str) -> Page<'a> {
    Page { site: &site.config.public().site().name, form, locale, style: STYLE }
}

/// Where a form posts itself.
pub fn action(site: &Site, name: &str) -> String {
    format!("/v1/form/{}/{name}", site.id())
}

/// The language of a page: as the form carried it, as the address asks, as the browser prefers, or that of the site.
pub fn language(site: &Site, head: &Head, sent: Option<&str>) -> String {
    let asked = head.parameter("lang");
    let site = &site.config.public().site().locale;
    render::language(sent.or(asked.as_deref()), head.header("accept-language"), site)
}

fn versioned(site: &Site, name: &str) -> String {
    site.config
        .form_version(name)
        .map_or_else(|| name.to_owned(), |version| format!("{name}@{version}"))
}

fn fresh_id(head: &Head) -> String {
    id_of(head.now, &signature::digest(head.entropy.as_bytes()))
}

fn id_of(at: Millis, hash: &[u8; 32]) -> String {
    let mut random = [0; 10];
    random.copy_from_slice(hash.first_chunk::<10>().unwrap_or(&[0; 10]));
    LeadId::new(at, random).to_text()
}
