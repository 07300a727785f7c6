//! What is found out about a batch before it is judged: how often its address came, whether its work was used before, who
//! else sent its texts, and what providers say about its tokens. Facts go in, a plan of marks and requests comes out.
//!
//! Addresses, people and texts are known by keyed hashes only; the key of addresses changes every day. Who asks again with
//! the same leads gets the same facts, except that counters count.

use alloc::{borrow::ToOwned, collections::BTreeMap, format, string::String, vec::Vec};
use core::net::IpAddr;

use super::{
    mark::{self, Kind as MarkKind, Mark, Standing},
    person,
    siteverify::{self, Ask},
    store::shard,
};
use crate::{
    abuse::{Check, Evidence, Sign, Work, essence, pow},
    check::{Known, Packs},
    config::{CUSTOMER, Config, Setting},
    form::{Form, Kind},
    lead::FormRef,
    qualify::Disposition,
    time::Millis,
    wire::{
        json::Json,
        signature::{hex, keyed},
        step::Effect,
    },
};

/// The field in which proof of work comes, as ALTCHA's own widget calls it.
pub const WORK_FIELD: &str = "altcha";
/// A text of fewer letters may be the same by chance.
const LONG: usize = 60;
/// Work that is late by more than this is too old to count: outboxes keep leads for so long.
const GRACE: Millis = Millis::from_secs(31 * 86_400);
/// So many challenges from an address count like a lead.
const CHALLENGES: u64 = 4;
const MINUTE: Millis = Millis::from_secs(60);
const HOUR: Millis = Millis::from_secs(3600);
const DAY: Millis = Millis::from_secs(86_400);

/// What is known of a request.
#[derive(Clone, Copy)]
pub struct Circumstances<'a> {
    /// The configuration in force.
    pub config: &'a Config,
    /// The secret of the deployment, from which all keys are made; without one nothing is remembered.
    pub secret: &'a str,
    /// The address of the client; one that is not public is not counted, because a proxy may hide everyone behind it.
    pub address: &'a str,
    /// Whether browsers would have told an origin, and none was told.
    pub no_origin: bool,
    /// The value of a setting.
    pub value: &'a dyn Fn(&Setting) -> Option<String>,
    /// Whether an address may be called.
    pub allows: &'a dyn Fn(&str) -> bool,
    /// The lists that values are checked with.
    pub packs: &'a Packs,
    /// When it came.
    pub now: Millis,
}

/// What is to be found out.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    marks: Vec<Mark>,
    asks: Vec<Ask>,
    /// Who may be a customer, by keyed hashes.
    people: Vec<String>,
    parts: Vec<Part>,
    /// Counters of this minute and of the one before, with their limit.
    limits: Vec<([usize; 2], u32)>,
    /// The counters of leads in this hour and in the one before.
    hours: Option<[usize; 2]>,
    /// The counters of challenges, likewise.
    challenges: Option<[usize; 2]>,
    /// How far this minute and this hour are, in thousandths.
    passed: [u64; 2],
    until_minute: Millis,
}

/// What is found out about one lead.
#[derive(Clone, Debug, Default)]
struct Part {
    evidence: Evidence<'static>,
    claim: Option<usize>,
    text: Option<usize>,
    /// Places among the requests, with what follows.
    checks: Vec<(Option<usize>, Check, [Disposition; 2])>,
    work: Option<[Disposition; 2]>,
    /// The keyed hashes of whoever left it, where that is asked for.
    people: Option<Vec<String>>,
    /// Whether one of them is of a customer.
    customer: bool,
    /// Work is asked for, and there is no secret to check it with.
    blind: bool,
}

/// What was found out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Too many came; the sender should wait at least so long.
    pub wait: Option<Millis>,
    /// The facts by lead, for [`SEEN`](crate::abuse::SEEN).
    pub seen: Vec<Json>,
    /// Whether a provider could not be asked, or work not be checked.
    pub unanswered: bool,
}

/// Which facts about these leads are to be found out.
pub fn plan(around: &Circumstances<'_>, items: &[Json]) -> Plan {
    let now = around.now;
    let passed = |span: Millis| now.0 % span.0 * 1000 / span.0;
    let mut plan = Plan {
        passed: [passed(MINUTE), passed(HOUR)],
        until_minute: Millis(MINUTE.0 - now.0 % MINUTE.0),
        ..Plan::default()
    };
    let config = around.config.spam();
    let leads = u32::try_from(items.len()).unwrap_or(u32::MAX);
    if let Some(address) = address_key(around) {
        let key = |letter: char| format!("{letter}:{address}");
        if config.address_per_minute > 0 {
            let places = plan.count(&key('m'), MINUTE, now, 1);
            plan.limits.push((places, config.address_per_minute));
        }
        plan.hours = Some(plan.count(&key('h'), HOUR, now, leads));
    }
    let mut counted = Vec::new();
    for item in items {
        let text = item.member("form").and_then(Json::as_str).unwrap_or_default();
        let form = around.config.public().form(&FormRef::parse(text).name);
        if let Some(form) =
            form.filter(|form| config.form_per_minute > 0 && !counted.contains(&form.name()))
        {
            let places = plan.count(&format!("f:{}", form.name()), MINUTE, now, 1);
            plan.limits.push((places, config.form_per_minute));
            counted.push(form.name());
        }
        let part = form.map(|form| plan.part(around, form, item)).unwrap_or_default();
        let evidence = Evidence { no_origin: around.no_origin, ..part.evidence };
        plan.parts.push(Part { evidence, ..part });
    }
    plan
}

/// How suspect an address is that asks for a challenge, and whether it asks too often: for [`Plan::suspicion`].
pub fn risk(around: &Circumstances<'_>) -> Plan {
    let now = around.now;
    let passed = |span: Millis| now.0 % span.0 * 1000 / span.0;
    let mut plan = Plan {
        passed: [passed(MINUTE), passed(HOUR)],
        until_minute: Millis(MINUTE.0 - now.0 % MINUTE.0),
        ..Plan::default()
    };
    if let Some(address) = address_key(around) {
        plan.hours = Some(plan.count(&format!("h:{address}"), HOUR, around.now, 0));
        plan.challenges = Some(plan.count(&format!("c:{address}"), HOUR, around.now, 1));
        let limit = around.config.spam().address_per_minute;
        if limit > 0 {
            let places = plan.count(&format!("k:{address}"), MINUTE, now, 1);
            let most = limit.saturating_mul(u32::try_from(CHALLENGES).unwrap_or(1));
            plan.limits.push((places, most));
        }
    }
    plan
}

/// The key that signs the challenges of a form.
pub fn work_key(secret: &str, site: &str, form: &str) -> String {
    hex(&keyed(secret.as_bytes(), format!("leadkit work\n{site}\n{form}").as_bytes()))
}

/// The keyed hash of a public address. Of IPv6 only the network counts, because a client has as many addresses as it likes.
fn address_key(around: &Circumstances<'_>) -> Option<String> {
    let address: IpAddr = around.address.trim().parse().ok()?;
    if around.secret.is_empty() {
        return None;
    }
    let text = match address.to_canonical() {
        IpAddr::V4(address) => format!("{address}"),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}")
        }
    };
    let day = format!("leadkit address\n{}", around.now.0 / DAY.0);
    let key = keyed(around.secret.as_bytes(), day.as_bytes());
    Some(short(&keyed(&key, text.as_bytes())))
}

fn short(hash: &[u8; 32]) -> String {
    hex(hash.get(..12).unwrap_or(hash))
}

impl Plan {
    /// The requests and statements; their results go to [`Self::learn`].
    pub fn effects(
        &self,
        site: &str,
        objects: u64,
        name: impl Fn(u64) -> String,
        private: bool,
        now: Millis,
    ) -> Vec<Effect> {
        let sql = mark::groups(&self.marks, objects).into_iter().map(|(object, places)| {
            let marks: Vec<&Mark> =
                places.iter().filter_map(|place| self.marks.get(*place)).collect();
            Effect::Sql {
                object: name(object),
                statements: mark::statements(site, &marks, now),
                wake: None,
            }
        });
        let asks = self.asks.iter().map(|ask| ask.effect(private));
        let people = self.people_by_object(objects).into_iter().map(|(object, keys)| Effect::Sql {
            object: name(object),
            statements: [person::known(site, &keys)].into(),
            wake: None,
        });
        sql.chain(asks).chain(people).collect()
    }

    fn people_by_object(&self, objects: u64) -> BTreeMap<u64, Vec<&str>> {
        let mut out = BTreeMap::<u64, Vec<&str>>::new();
        for key in &self.people {
            out.entry(shard(key) % objects.max(1)).or_default().push(key);
        }
        out
    }

    /// What was found out, from the results of [`Self::effects`].
    pub fn learn(&self, results: &Json, objects: u64) -> Found {
        let results = results.as_array().unwrap_or_default();
        let standings = self.standings(results, objects);
        let groups = mark::groups(&self.marks, objects).len();
        let answers = results.get(groups..).unwrap_or_default();
        let customers: Vec<&str> = answers
            .get(self.asks.len()..)
            .unwrap_or_default()
            .iter()
            .filter_map(|result| result.as_array()?.first()?.as_array())
            .flatten()
            .filter_map(|row| row.member("key")?.as_str())
            .collect();
        let at = |place: usize| standings.get(place).copied().unwrap_or_default();
        let [_, hour] = self.passed;
        let wait = self.wait(&standings);
        let from = self.hours.map_or(0, |places| within(&standings, places, hour));
        let mut unanswered = false;
        let seen = self.parts.iter().map(|part| {
            let mut part = part.clone();
            let evidence = &mut part.evidence;
            evidence.from_address = u32::try_from(from.saturating_sub(1)).unwrap_or(u32::MAX);
            if part.claim.is_some_and(|place| at(place).mine == 0) {
                evidence.work = Work::Spent;
            }
            let others = part.text.map_or(0, |place| at(place).others);
            evidence.same_text = u32::try_from(others).unwrap_or(u32::MAX);
            unanswered |= part.blind;
            let people = part.people.iter().flatten();
            part.customer = people.into_iter().any(|key| customers.contains(&key.as_str()));
            for (place, check, _) in &mut part.checks {
                if let Some(place) = *place {
                    *check = answers.get(place).map_or(Check::Unknown, siteverify::read);
                }
                unanswered |= *check == Check::Unknown;
                evidence.check = evidence.check.max(*check);
            }
            part.to_json()
        });
        let seen = seen.collect();
        Found { wait, seen, unanswered }
    }

    /// How long whoever comes too often has to wait.
    fn wait(&self, standings: &[Standing]) -> Option<Millis> {
        let [minute, _] = self.passed;
        let over = |(places, limit): &([usize; 2], u32)| {
            within(standings, *places, minute) > u64::from(*limit)
        };
        self.limits.iter().any(over).then_some(self.until_minute)
    }

    /// How many leads came from the address within an hour; a challenge counts as a part of one.
    ///
    /// # Errors
    /// Too many challenges were asked for: come again after this span.
    pub fn suspicion(&self, results: &Json, objects: u64) -> Result<u32, Millis> {
        let standings = self.standings(results.as_array().unwrap_or_default(), objects);
        if let Some(wait) = self.wait(&standings) {
            return Err(wait);
        }
        let [_, hour] = self.passed;
        let count = |places: Option<[usize; 2]>| {
            places.map_or(0, |places| within(&standings, places, hour))
        };
        let sum = count(self.hours) + count(self.challenges) / CHALLENGES;
        Ok(u32::try_from(sum).unwrap_or(u32::MAX))
    }

    fn standings(&self, results: &[Json], objects: u64) -> Vec<Standing> {
        let mut standings = alloc::vec![Standing::default(); self.marks.len()];
        for ((_, places), result) in mark::groups(&self.marks, objects).iter().zip(results) {
            let rows = result.as_array().and_then(<[Json]>::last).unwrap_or(&Json::Null);
            for (place, standing) in places.iter().zip(mark::read(rows, places.len())) {
                if let Some(slot) = standings.get_mut(*place) {
                    *slot = standing;
                }
            }
        }
        standings
    }

    /// Whether there is anything to ask.
    pub fn is_idle(&self) -> bool {
        self.marks.is_empty() && self.asks.is_empty() && self.people.is_empty()
    }

    /// Adds a counter for this stretch of time, and a look at the one before.
    fn count(&mut self, key: &str, span: Millis, now: Millis, count: u32) -> [usize; 2] {
        let stretch = now.0 / span.0;
        [(stretch, count), (stretch.saturating_sub(1), 0)].map(|(stretch, count)| {
            self.add(Mark {
                place: key.get(2..).unwrap_or(key).to_owned(),
                key: format!("{key}:{stretch}"),
                who: String::new(),
                kind: MarkKind::Count(count),
                until: Millis(stretch.saturating_add(2).saturating_mul(span.0)),
            })
        })
    }

    fn add(&mut self, mark: Mark) -> usize {
        self.marks.push(mark);
        self.marks.len() - 1
    }

    fn part(&mut self, around: &Circumstances<'_>, form: &Form, item: &Json) -> Part {
        let mut part = Part::default();
        let config = around.config.spam();
        let id = item.member("id").and_then(Json::as_str).unwrap_or_default();
        let data = item.member("data").unwrap_or(&Json::Null);
        let text = |name: &str| data.member(name).and_then(Json::as_str).unwrap_or_default();
        let site = &around.config.public().site().id;
        let work = config.work_of(form.name());
        part.blind = work.is_some() && around.secret.is_empty();
        if let Some(work) = work.filter(|_| !part.blind) {
            let key = work_key(around.secret, site, form.name());
            let (state, spent) = check_work(text(WORK_FIELD), key.as_bytes(), around.now);
            part.work = Some([work.missing, work.late]);
            part.evidence.work = state;
            part.claim = spent.map(|spent| {
                let name = short(&keyed(key.as_bytes(), spent.key.as_bytes()));
                let until = Millis(spent.until.0.saturating_add(GRACE.0));
                let key = format!("w:{name}");
                self.add(Mark {
                    place: name,
                    key,
                    who: id.to_owned(),
                    kind: MarkKind::Claim,
                    until,
                })
            });
        }
        if config.same_text.0 > 0 && !around.secret.is_empty() {
            part.text = self.same_text(around, form, &text, id);
        }
        if around.config.asks_for_customers() {
            let known = Known::default().with_packs(around.packs);
            let handles = person::handles(form, &form.accept(data, &known).values);
            let keys = person::keys(&handles, around.secret, site);
            self.people.extend(
                keys.iter().filter(|key| !self.people.contains(key)).cloned().collect::<Vec<_>>(),
            );
            part.people = Some(keys);
        }
        for check in
            config.checks.iter().filter(|check| check.forms.iter().any(|name| name == form.name()))
        {
            let token = text(check.provider.field());
            let state = if token.is_empty() { Check::Missing } else { Check::Unknown };
            let ask = siteverify::ask(check, token, id, around);
            let place = ask.map(|ask| {
                self.asks.push(ask);
                self.asks.len() - 1
            });
            part.checks.push((place, state, [check.missing, check.failed]));
        }
        part
    }

    /// The longest text of a lead, if it is long enough not to be shared by chance.
    fn same_text<'t>(
        &mut self,
        around: &Circumstances<'_>,
        form: &Form,
        text: &impl Fn(&str) -> &'t str,
        id: &str,
    ) -> Option<usize> {
        let of = |wanted: fn(&Kind) -> bool| {
            form.fields()
                .iter()
                .filter(move |field| wanted(field.kind()))
                .map(|field| text(field.name()))
        };
        let texts = of(|kind| matches!(kind, Kind::Text { .. })).map(essence);
        let longest = texts.max_by_key(String::len)?;
        longest.chars().nth(LONG - 1)?;
        let named =
            |kind: &Kind| matches!(kind, Kind::Email | Kind::Format { format: "phone", .. });
        let person: String = of(named).map(|text| text.trim().to_ascii_lowercase()).collect();
        let person = if person.is_empty() { id } else { person.as_str() };
        let key = keyed(around.secret.as_bytes(), b"leadkit text");
        let name = short(&keyed(&key, longest.as_bytes()));
        Some(self.add(Mark {
            key: format!("t:{name}"),
            who: short(&keyed(&key, format!("{name}\n{person}").as_bytes())),
            place: name,
            kind: MarkKind::Join,
            until: Millis(around.now.0.saturating_add(around.config.spam().same_text.0)),
        }))
    }
}

/// What a counter says of the time before now: of the stretch before, as much counts as the window still covers.
fn within(standings: &[Standing], [this, before]: [usize; 2], passed: u64) -> u64 {
    let at = |place: usize| standings.get(place).map_or(0, |standing| standing.mine);
    at(this) + at(before) * 1000_u64.saturating_sub(passed) / 1000
}

/// Whether work is right; what is late is checked as if it had come in time.
fn check_work(payload: &str, key: &[u8], now: Millis) -> (Work, Option<pow::Spent>) {
    if payload.is_empty() {
        return (Work::Missing, None);
    }
    match pow::verify(payload, key, now) {
        Ok(spent) => (Work::Done, Some(spent)),
        Err(pow::Fault::Expired) => match pow::verify(payload, key, Millis(0)) {
            Ok(spent) if now.0 <= spent.until.0.saturating_add(GRACE.0) => {
                (Work::Late, Some(spent))
            }
            _ => (Work::Wrong, None),
        },
        Err(_) => (Work::Wrong, None),
    }
}

impl Part {
    /// The facts, with what the owner wants to follow from those that are bad.
    fn to_json(&self) -> Json {
        let mut seen = self.evidence.to_json();
        let mut then = Vec::new();
        let mut follow = |sign: Sign, what: Disposition| {
            if what != Disposition::Accept {
                then.push((sign.code(), Json::str(what.as_str())));
            }
        };
        if let Some([missing, late]) = self.work {
            match self.evidence.work {
                Work::NotAsked | Work::Done => {}
                Work::Late => follow(Sign::LateWork, late),
                Work::Missing | Work::Spent | Work::Wrong => follow(Sign::NoWork, missing),
            }
        }
        let strictest = self.checks.iter().filter(|(_, check, _)| *check == self.evidence.check);
        if let Some((_, check, [missing, failed])) = strictest.max_by_key(|(_, _, then)| *then) {
            match check {
                Check::NotAsked | Check::Passed => {}
                // The lead may be good, and nobody could say so: a person looks at it.
                Check::Unknown => follow(Sign::Unchecked, Disposition::Review),
                Check::Missing => follow(Sign::NoCheck, *missing),
                Check::Failed => follow(Sign::CheckFailed, *failed),
            }
        }
        if self.people.is_some() {
            seen.set(CUSTOMER, Json::Bool(self.customer));
        }
        if !then.is_empty() {
            seen.set("then", Json::object(then));
        }
        seen
    }
}

/// Whether a value that came with a lead is for the edge alone, of no use after it, and not kept.
pub fn is_token(name: &str) -> bool {
    // hCaptcha's widget fills the field of another provider too.
    [WORK_FIELD, "cf-turnstile-response", "h-captcha-response", "g-recaptcha-response"]
        .contains(&name)
}

#[cfg(test)]
mod tests;
