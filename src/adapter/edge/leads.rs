//! `POST /v1/leads`: a batch of wire v1.
//!
//! Every step starts again from the body; what was learned in between comes as `found`. So a step that traps loses nothing.

use alloc::{borrow::ToOwned, collections::BTreeMap, rc::Rc, string::String, vec::Vec};
use core::cell::OnceCell;

use super::{
    head::Head,
    recent,
    site::{Site, Sites, is_earlier},
    weigh::{self, Weighed},
};
use crate::{
    check::Known,
    config::Config,
    intake::{
        index,
        judge::{self, Library, Times},
        receipt::Issuer,
        store::{self, Fate, Item},
        weigh::Plan,
    },
    lead::FormRef,
    time::Millis,
    transfer::Scope,
    wire::{
        answer::Answer,
        envelope::{ADVISED_BYTES, Envelope, Fault, MAX_ITEMS},
        json::Json,
        step::{Effect, Response, Step, millis},
    },
};

/// What earlier steps of the same request learned.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// Earlier configurations by form and version; `None` once asked for and not found.
    pub earlier: Option<Vec<(FormRef, Rc<Config>)>>,
    /// `{"hosts":{…}}` as the platform told.
    pub hosts: Option<Json>,
    /// What was found out about each lead before it is judged.
    pub weighed: Option<Weighed>,
    /// Whether leads that came under the id of another were put into quarantine.
    pub conflicts: bool,
}

impl Found {
    /// Reads what a state carries. What the instance does not hold any more, after a reset, is asked for again.
    pub fn read(state: &Json, sites: &Sites) -> Self {
        let pair = |pair: &Json| {
            let [form, hash] = pair.as_array()? else { return None };
            Some((FormRef::parse(form.as_str()?), sites.by_hash(hash.as_str()?)?))
        };
        Self {
            earlier: state
                .member("earlier")
                .and_then(Json::as_array)
                .and_then(|list| list.iter().map(pair).collect()),
            hosts: state.member("hosts").cloned(),
            weighed: state
                .member("weighed")
                .cloned()
                .map(|seen| Weighed { seen, ..Weighed::default() }),
            conflicts: state.member("conflicts").is_some(),
        }
    }

    /// Adds the results of `weigh::effects`.
    pub fn weighed(&mut self, batch: &Batch, head: &Head, results: &Json) {
        self.weighed = Some(weigh::learn(batch.plan(head), head, results));
    }

    /// How long the sender has to wait, where it sends too often.
    pub fn wait(&self) -> Option<Millis> {
        self.weighed.as_ref().and_then(|weighed| weighed.wait)
    }

    /// Tells the log, with the next step, that something was asked of a lead and nobody could say whether it is right.
    fn noted(&self, step: Step) -> Step {
        match step {
            Step::Do { mut effects, state }
                if self.weighed.as_ref().is_some_and(|weighed| weighed.unanswered) =>
            {
                effects.push(Effect::Log(Json::object([
                    ("level", Json::str("alert")),
                    ("event", Json::str("check_unanswered")),
                ])));
                Step::Do { effects, state }
            }
            step => step,
        }
    }

    /// Adds the rows of `index::recall`.
    pub fn recalled(&mut self, batch: &Batch, rows: &Json, sites: &mut Sites) {
        let versions = batch.earlier_versions();
        let earlier = rows.as_array().unwrap_or_default().iter().filter_map(|row| {
            let place = usize::try_from(row.member("key")?.as_uint()?).ok()?;
            let (name, version) = versions.get(place)?.clone();
            let config = sites.earlier(row.member("text")?.as_str()?)?;
            Some((FormRef { name, version: Some(version) }, config))
        });
        self.earlier = Some(earlier.collect());
    }
}

/// Leads on their way into storage, of a batch or of a plain form.
#[derive(Debug)]
pub struct Batch {
    /// The site.
    pub site: Rc<Site>,
    /// When the client sent it.
    pub sent_at: Option<Millis>,
    /// The items as they came.
    pub items: Vec<Json>,
    /// What is to be found out about them.
    pub plan: OnceCell<Plan>,
}

impl Batch {
    /// Reads the body of a request.
    pub fn read(sites: &Sites, head: &Head, body: &[u8]) -> Result<Self, Fault> {
        if !matches!(head.media_type().as_str(), "" | "text/plain" | "application/json") {
            return Err(Fault::ContentType);
        }
        let envelope = Envelope::parse(body)?;
        let site = sites.site(&envelope.site)?;
        if !site.allows(head) {
            return Err(Fault::Origin);
        }
        Ok(Self { site, sent_at: envelope.sent_at, items: envelope.items, plan: OnceCell::new() })
    }

    /// The batch of this request, read in this step or in an earlier one.
    pub fn of(sites: &Sites, head: &Head, body: &[u8]) -> Result<Rc<Self>, Fault> {
        recent::take(head, body).map_or_else(|| Self::read(sites, head, body).map(Rc::new), Ok)
    }

    /// The ids of the leads as they came, for the answers.
    fn sent(&self) -> Vec<&str> {
        let id = |item| Json::member(item, "id").and_then(Json::as_str).unwrap_or_default();
        self.items.iter().map(id).collect()
    }

    /// What is to be found out about the leads.
    fn plan(&self, head: &Head) -> &Plan {
        self.plan.get_or_init(|| weigh::plan(self, head))
    }

    /// Judges the items, or asks first for what is not known yet.
    fn judge(&self, head: &Head, found: &mut Found, route: &str) -> Result<Vec<Item>, Step> {
        if found.weighed.is_none() {
            let plan = self.plan(head);
            if !plan.is_idle() {
                let effects = weigh::effects(self, head, plan);
                return Err(Step::Do { effects, state: state(route, weigh::AT, found) });
            }
            found.weighed(self, head, &Json::Null);
        }
        if let Some(wait) = found.wait() {
            let fault = Fault::TooOften(wait);
            return Err(Step::answer(
                Response::json(fault.status(), &fault.to_json())
                    .with("retry-after", alloc::format!("{}", wait.0.div_ceil(1000)))
                    .with("cache-control", "no-store"),
            ));
        }
        if found.earlier.is_none() {
            let versions = self.earlier_versions();
            if !versions.is_empty() {
                let effect = Effect::Sql {
                    object: index::name(self.site.id()),
                    statements: [index::recall(self.site.id(), &versions)].into(),
                    wake: None,
                };
                return Err(Step::Do {
                    effects: [effect].into(),
                    state: state(route, "recalled", found),
                });
            }
        }
        let earlier = found.earlier.iter().flatten();
        let library = Library {
            current: &self.site.config,
            earlier: earlier.map(|(form, config)| (form.clone(), &**config)).collect(),
        };
        let facts = found.hosts.clone().unwrap_or_default();
        let packs = super::site::packs();
        let known = Known::from_json(&facts).with_packs(&packs);
        let times = Times { now: head.now, sent_at: self.sent_at };
        let mut wanted = Vec::new();
        let seen = found.weighed.as_ref().and_then(|weighed| weighed.seen.as_array());
        let seen = |place: usize| seen.and_then(|seen| seen.get(place)).unwrap_or(&Json::Null);
        let judged = self.items.iter().enumerate().map(|(place, item)| {
            judge::judge(item.clone(), &library, &known, seen(place), times, &mut wanted)
        });
        let mut judged: Vec<Item> = judged.collect();
        if found.hosts.is_none() && !wanted.is_empty() {
            wanted.sort_unstable();
            wanted.dedup();
            let effect = Effect::Hosts(wanted);
            return Err(Step::Do { effects: [effect].into(), state: state(route, "told", found) });
        }
        let issuer = Issuer::new(self.site.id(), head.env("LEADKIT_SECRET"));
        for item in &mut judged {
            if let Fate::Keep(kept) = &mut item.fate {
                kept.receipt = issuer.issue(&item.id, &item.hash, kept, head.now);
            }
        }
        Ok(judged)
    }

    /// The versions of forms that are not in force, each once.
    fn earlier_versions(&self) -> Vec<(String, String)> {
        let mut out = Vec::new();
        for item in &self.items {
            let form =
                FormRef::parse(item.member("form").and_then(Json::as_str).unwrap_or_default());
            if is_earlier(&self.site, &form) {
                out.extend(form.version.map(|version| (form.name, version)));
            }
        }
        out.sort_unstable();
        out.dedup();
        out
    }

    /// Stores judged items: one transaction per object, whose deliveries are due at once.
    fn store(&self, head: &Head, items: &[Item], route: &str, found: &Found) -> Step {
        let ids = || items.iter().map(|item| item.id.as_str());
        let effects = groups(head, ids())
            .into_iter()
            .map(|(object, places)| {
                let scope =
                    Scope { site: self.site.id().to_owned(), object, objects: head.objects };
                let group: Vec<Item> =
                    places.iter().filter_map(|place| items.get(*place).cloned()).collect();
                Effect::Sql {
                    object: scope.name(),
                    statements: store::statements(
                        self.site.id(),
                        &group,
                        head.nonce(),
                        weigh::secret(head),
                        head.now,
                        head.together,
                    ),
                    wake: Some(head.now),
                }
            })
            .collect();
        let mut state = state(route, "stored", found);
        if route == ROUTE {
            state.set("site", Json::str(self.site.id()));
            state.set("ids", Json::array(ids().map(Json::str)));
            state.set("sent", Json::array(self.sent().into_iter().map(Json::str)));
            state.set("hashes", Json::array(items.iter().map(|item| Json::str(&item.hash))));
            state.set("says", Json::array(items.iter().map(says)));
        }
        Step::Do { effects, state }
    }

    /// The items with their answers, or the step that comes before.
    ///
    /// A lead that came under the id of another goes to quarantine before it is answered; then the batch is stored again,
    /// which changes nothing and finds it there.
    pub fn advance(
        &self,
        head: &Head,
        found: &mut Found,
        progress: Progress<'_>,
        route: &str,
    ) -> Result<(Vec<Item>, Vec<Answer>), Step> {
        let items = self.judge(head, found, route).map_err(|step| found.noted(step))?;
        let Progress::Stored(results) = progress else {
            return Err(found.noted(self.store(head, &items, route, found)));
        };
        let (answers, effects) = self.answers(head, &items, results);
        if !found.conflicts && !effects.is_empty() {
            found.conflicts = true;
            return Err(Step::Do { effects, state: state(route, "kept", found) });
        }
        Ok((items, answers))
    }

    /// Adds to the step that answers how many leads had which answer.
    pub fn counted(&self, step: Step, answers: &[Answer]) -> Step {
        let Step::Answer(response, mut effects) = step else { return step };
        effects.push(counts(self.site.id(), answers));
        Step::Answer(response, effects)
    }

    /// The answers to judged items from the results of [`Self::store`], and what is still to be written.
    fn answers(&self, head: &Head, items: &[Item], results: &Json) -> (Vec<Answer>, Vec<Effect>) {
        let mut effects = Vec::new();
        let ids: Vec<&str> = items.iter().map(|item| item.id.as_str()).collect();
        let hashes: Vec<&str> = items.iter().map(|item| item.hash.as_str()).collect();
        let answers = answers(head, &ids, &hashes, results);
        for (object, places) in groups(head, ids.iter().copied()) {
            let is_conflict =
                |place: &usize| answers.get(*place) == Some(&Answer::bad(store::CONFLICT));
            let conflicts: Vec<&Item> = places
                .iter()
                .filter(|place| is_conflict(place))
                .filter_map(|place| items.get(*place))
                .collect();
            if !conflicts.is_empty() {
                let scope =
                    Scope { site: self.site.id().to_owned(), object, objects: head.objects };
                let statement =
                    store::conflicts(self.site.id(), &conflicts, weigh::secret(head), head.now);
                let statements = [statement].into();
                effects.push(Effect::Sql { object: scope.name(), statements, wake: None });
            }
        }
        (answers, effects)
    }
}

/// How many leads had which answer, for the process to count.
fn counts(site: &str, answers: &[Answer]) -> Effect {
    let mut counts = Json::Object(Vec::new());
    for answer in answers {
        let word = match answer {
            Answer::Ok => "ok",
            Answer::Dup => "dup",
            Answer::Bad { .. } => "bad",
            Answer::Later(_) => "later",
        };
        let before = counts.member(word).and_then(Json::as_uint).unwrap_or(0);
        counts.set(word, Json::uint(before + 1));
    }
    Effect::Count { site: site.to_owned(), answers: counts }
}

/// The answers to leads by their ids and the hashes of what came, from the results of [`Batch::store`].
fn answers(head: &Head, ids: &[&str], hashes: &[&str], results: &Json) -> Vec<Answer> {
    let mut answers = Vec::new();
    answers.resize(ids.len(), Answer::Later(Millis::from_secs(2)));
    let results = results.as_array().unwrap_or_default();
    for ((_, places), result) in groups(head, ids.iter().copied()).into_iter().zip(results) {
        let rows = result.as_array().and_then(<[Json]>::last).unwrap_or(&Json::Null);
        let own: Vec<&str> =
            places.iter().filter_map(|place| hashes.get(*place).copied()).collect();
        for (place, answer) in places.iter().zip(store::answers(rows, &own, weigh::secret(head))) {
            if let Some(slot) = answers.get_mut(*place) {
                *slot = answer;
            }
        }
    }
    answers
}

/// The places of leads by the object that holds them, in the order of the objects.
fn groups<'i>(head: &Head, ids: impl Iterator<Item = &'i str>) -> Vec<(u64, Vec<usize>)> {
    let mut groups = BTreeMap::<u64, Vec<usize>>::new();
    for (place, id) in ids.enumerate() {
        groups.entry(store::shard(id) % head.objects).or_default().push(place);
    }
    groups.into_iter().collect()
}

/// The state of a step: where to go on, and what was learned that later steps need again.
pub fn state(route: &str, at: &str, found: &Found) -> Json {
    let mut out = Json::object([("route", Json::str(route)), ("at", Json::str(at))]);
    if let Some(hosts) = &found.hosts {
        out.set("hosts", hosts.clone());
    }
    if let Some(earlier) = &found.earlier {
        let hashes = earlier.iter().map(|(form, config)| {
            Json::Array([Json::String(form.to_text()), Json::str(config.hash())].into())
        });
        out.set("earlier", Json::Array(hashes.collect()));
    }
    if let Some(weighed) = &found.weighed {
        out.set("weighed", weighed.seen.clone());
    }
    if found.conflicts {
        out.set("conflicts", Json::Bool(true));
    }
    out
}

/// What a step brought.
#[derive(Clone, Copy, Debug)]
pub enum Progress<'a> {
    /// The request has just come, or something was learned that is needed to judge.
    Judge,
    /// The results of [`Batch::store`].
    Stored(&'a Json),
}

/// Goes through a batch as far as is known, and answers in the end.
pub fn go_on(
    batch: &Rc<Batch>,
    head: &Head,
    body: &[u8],
    found: &mut Found,
    progress: Progress<'_>,
) -> Step {
    if batch.items.is_empty() {
        return Step::answer(answer(head, &[], &[], &[]));
    }
    match batch.advance(head, found, progress, ROUTE) {
        Ok((items, answers)) => {
            let ids = batch.sent();
            let says: Vec<Json> = items.iter().map(says).collect();
            batch.counted(Step::answer(answer(head, &ids, &says, &answers)), &answers)
        }
        Err(step) => {
            let is_judged = |state: &Json| state.member("at") == Some(&Json::str("stored"));
            if matches!(&step, Step::Do { state, .. } if !is_judged(state)) {
                recent::keep(batch, head, body);
            }
            step
        }
    }
}

/// The answer to a batch that was stored, from what its state tells. `None` where more is to be done than to answer.
pub fn stored(head: &Head, state: &Json, results: &Json) -> Option<Step> {
    let site = state.member("site").and_then(Json::as_str)?;
    let texts = |key| -> Option<Vec<&str>> {
        Some(state.member(key)?.as_array()?.iter().filter_map(Json::as_str).collect())
    };
    let (ids, sent, hashes) = (texts("ids")?, texts("sent")?, texts("hashes")?);
    let answers = answers(head, &ids, &hashes, results);
    if answers.contains(&Answer::bad(store::CONFLICT)) {
        return None;
    }
    let says = state.member("says").and_then(Json::as_array).unwrap_or_default();
    let response = answer(head, &sent, says, &answers);
    Some(Step::Answer(alloc::boxed::Box::new(response), [counts(site, &answers)].into()))
}

/// The word for this route in states.
pub const ROUTE: &str = "leads";

/// The part of a verdict that is for the visitor. Whoever was stopped by a filter is led nowhere.
pub fn said<'v>(verdict: &'v Json, name: &str) -> Option<&'v Json> {
    let disposition = verdict.member("disposition").and_then(Json::as_str);
    let goes_on = matches!(disposition, Some("accept" | "review"));
    verdict.member(name).filter(|_| goes_on || name != "next")
}

/// What the owner wants the visitor to read and to see next; nothing else of a verdict leaves the edge.
fn says(item: &Item) -> Json {
    let Fate::Keep(kept) = &item.fate else { return Json::Null };
    let parts = [("m", "message"), ("n", "next")];
    let parts = parts.map(|(short, name)| Some((short, said(&kept.verdict, name)?.clone())));
    if parts.iter().all(Option::is_none) {
        return Json::Null;
    }
    Json::object(parts.into_iter().flatten())
}

fn answer(head: &Head, ids: &[&str], says: &[Json], answers: &[Answer]) -> Response {
    let entry = |(place, (id, answer)): (usize, (&&str, &Answer))| {
        let mut entry = answer.to_json(id);
        if let (Answer::Ok | Answer::Dup, Some(said)) = (answer, says.get(place)) {
            for (name, part) in said.as_object().unwrap_or_default() {
                entry.set(name, part.clone());
            }
        }
        entry
    };
    let policy = Json::object([
        ("min_gap_ms", Json::uint(0)),
        ("max_items", Json::uint(MAX_ITEMS as u64)),
        ("max_bytes", Json::uint(ADVISED_BYTES)),
    ]);
    let body = Json::object([
        ("v", Json::uint(1)),
        ("now", millis(head.now)),
        ("r", Json::Array(ids.iter().zip(answers).enumerate().map(entry).collect())),
        ("policy", policy),
    ]);
    Response::json(200, &body).with("cache-control", "no-store")
}
