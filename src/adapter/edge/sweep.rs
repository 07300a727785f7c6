//! What the index object does from time to time: it erases what was kept for long enough, and asks destinations to erase
//! what was erased here.

use alloc::{borrow::ToOwned, rc::Rc, string::String, vec::Vec};

use super::{
    erase::groups,
    head::Head,
    site::{Site, Sites},
    weigh,
};
use crate::{
    intake::{
        erase::{self, Fate},
        index,
    },
    time::Millis,
    transfer::{
        Scope,
        destinations::{
            Surroundings,
            erase::{self as at_destination, Erasure},
        },
    },
    wire::{
        answer::Meaning,
        json::{self, Json},
        step::{Effect, Step},
    },
};

/// The word for this work in states.
pub const ROUTE: &str = "sweep";

fn name(site: &Site, object: u64, head: &Head) -> String {
    Scope { site: site.id().to_owned(), object, objects: head.objects }.name()
}

fn state(site: &Site, at: &str, more: &[(&str, Json)]) -> Json {
    let mut out = Json::object([
        ("route", Json::str(ROUTE)),
        ("at", Json::str(at)),
        ("site", Json::str(site.id())),
    ]);
    for (key, value) in more {
        out.set(key, value.clone());
    }
    out
}

/// The first step: what is over, here and in the shards.
pub fn start(site: &Site, head: &Head) -> Step {
    let privacy = site.config.privacy();
    let before = |span: Millis| if span.0 == 0 { Millis(0) } else { head.now.saturating_sub(span) };
    let own = [
        erase::forget(head.now),
        erase::claim(site.id(), head.now),
        erase::old(site.id(), before(privacy.retention)),
    ];
    let own = Effect::Sql { object: index::name(site.id()), statements: own.into(), wake: None };
    let shards = (0..head.objects).map(|object| Effect::Sql {
        object: name(site, object, head),
        statements: [
            erase::forget(head.now),
            erase::old_refused(site.id(), before(privacy.quarantine)),
        ]
        .into(),
        wake: None,
    });
    Step::Do {
        effects: core::iter::once(own).chain(shards).collect(),
        state: state(site, "swept", &[]),
    }
}

/// The step after the one that left `state`.
pub fn go_on(sites: &Sites, head: &Head, state: &Json, results: &Json) -> Step {
    let word = |key| state.member(key).and_then(Json::as_str).unwrap_or_default();
    let Ok(site) = sites.site(word("site")) else { return Step::end(Vec::new()) };
    let results = results.as_array().unwrap_or_default();
    match word("at") {
        "swept" => swept(&site, head, results),
        "read" => bury(&site, head, results),
        "indexed" => forget(&site, head, state),
        "buried" => buried(&site, head, state),
        // Whom a destination was to erase stood in the row that is gone.
        "settled" => Step::end([Effect::Scrub].into()),
        "asked" => asked(&site, head, state, results.first().unwrap_or(&Json::Null)),
        _ => Step::end(Vec::new()),
    }
}

fn rows(result: Option<&Json>, place: usize) -> &[Json] {
    result.and_then(|rows| rows.as_array()?.get(place)?.as_array()).unwrap_or_default()
}

fn swept(site: &Rc<Site>, head: &Head, results: &[Json]) -> Step {
    let due = rows(results.first(), 1);
    let mut steps: Vec<Step> = due.iter().map(|row| ask(site, head, row)).collect();
    let old: Vec<&str> =
        rows(results.first(), 2).iter().filter_map(|row| row.member("id")?.as_str()).collect();
    if !old.is_empty() {
        let effects = groups(head, &old).into_iter().map(|(object, ids)| Effect::Sql {
            object: name(site, object, head),
            statements: [erase::hashes(site.id(), &ids)].into(),
            wake: None,
        });
        steps.push(Step::Do { effects: effects.collect(), state: state(site, "read", &[]) });
    }
    let mut refused = Vec::new();
    let mut count = 0;
    for (object, result) in (0..head.objects).zip(results.iter().skip(1)) {
        let found: Vec<_> = rows(Some(result), 1)
            .iter()
            .filter_map(|row| {
                let (id, hash) = (row.member("id")?.as_str()?, row.member("hash")?.as_str()?);
                Some((id, hash, erase::seal(weigh::secret(head), hash)))
            })
            .collect();
        count += found.len() as u64;
        if !found.is_empty() {
            let statements = erase::refused(site.id(), &found, head.now);
            refused.push(Effect::Sql { object: name(site, object, head), statements, wake: None });
        }
    }
    if !refused.is_empty() {
        let more = [("refused", Json::uint(count))];
        steps.push(Step::Do { effects: refused, state: state(site, "buried", &more) });
    }
    let full = due.len() as u64 >= erase::AT_ONCE;
    let object = index::name(site.id());
    let effects = full.then_some(Effect::Wake { object, at: head.now });
    Step::Fork { effects: effects.into_iter().collect(), steps }
}

/// Erases leads whose time is over, with the hashes of what came.
fn bury(site: &Site, head: &Head, results: &[Json]) -> Step {
    let found: Vec<(&str, Option<String>)> = results
        .iter()
        .flat_map(|result| rows(Some(result), 0))
        .filter_map(|row| {
            let hash = row.member("hash").and_then(Json::as_str);
            let seal = hash.and_then(|hash| erase::seal(weigh::secret(head), hash));
            Some((row.member("id")?.as_str()?, seal))
        })
        .collect();
    let of = |ids: &[&str]| -> Vec<(&str, Option<&str>)> {
        let mine = found.iter().filter(|(id, _)| ids.contains(id));
        mine.map(|(id, seal)| (*id, seal.as_deref())).collect()
    };
    let ids: Vec<&str> = found.iter().map(|(id, _)| *id).collect();
    let effects = groups(head, &ids).into_iter().map(|(object, ids)| Effect::Sql {
        object: name(site, object, head),
        statements: erase::statements(site.id(), &of(&ids), head.now),
        wake: Some(head.now),
    });
    let more = [("ids", Json::array(ids.iter().map(|id| Json::str(id))))];
    Step::Do { effects: effects.collect(), state: state(site, "indexed", &more) }
}

/// The index goes last: what is in it is looked for again.
fn forget(site: &Site, head: &Head, state: &Json) -> Step {
    let ids = state.member("ids").and_then(Json::as_array).unwrap_or_default();
    let leads: Vec<_> = ids.iter().filter_map(|id| Some((id.as_str()?, None))).collect();
    let effect = Effect::Sql {
        object: index::name(site.id()),
        statements: erase::index(site.id(), &leads, head.now),
        wake: None,
    };
    let more = [("leads", Json::uint(ids.len() as u64))];
    Step::Do { effects: [effect].into(), state: self::state(site, "buried", &more) }
}

fn buried(site: &Site, head: &Head, state: &Json) -> Step {
    let count = |key| state.member(key).and_then(Json::as_uint).unwrap_or(0);
    let (leads, refused) = (count("leads"), count("refused"));
    let line = Json::object([
        ("level", Json::str("info")),
        ("event", Json::str("retention")),
        ("site", Json::str(site.id())),
        ("leads", Json::uint(leads)),
        ("refused", Json::uint(refused)),
    ]);
    let mut effects = Vec::from([Effect::Scrub, Effect::Log(line)]);
    if leads.max(refused) >= erase::MOST {
        effects.push(Effect::Wake { object: index::name(site.id()), at: head.now });
    }
    Step::end(effects)
}

/// Asks one destination to erase one lead.
fn ask(site: &Site, head: &Head, row: &Json) -> Step {
    let text = |key| row.member(key).and_then(Json::as_str).unwrap_or_default();
    let person = json::parse(text("person")).unwrap_or_default();
    let name = text("destination");
    let known = site.config.destinations().iter().find(|one| one.name == name);
    let first_at = Millis(row.member("first_at").and_then(Json::as_uint).unwrap_or(0));
    let request = known.map(|one| {
        let erasure = Erasure {
            kind: &one.kind,
            settings: &one.settings,
            site: site.id(),
            lead: text("lead"),
            destination: name,
            email: person.member("email").and_then(Json::as_str).unwrap_or_default(),
            at: first_at,
        };
        at_destination::request(&erasure, &Surroundings { env: &head.env, now: head.now })
    });
    match request {
        Some(Ok(Some(request))) => {
            let keep = ["lead", "destination", "tries", "first_at"];
            let more = keep.map(|key| (key, row.member(key).cloned().unwrap_or_default()));
            Step::Do {
                effects: [Effect::Fetch(request)].into(),
                state: state(site, "asked", &more),
            }
        }
        Some(Ok(None)) => settle(site, row, Fate::Done),
        Some(Err(_)) | None => settle(site, row, later(row, head)),
    }
}

fn later(row: &Json, head: &Head) -> Fate {
    let count = |key| row.member(key).and_then(Json::as_uint).unwrap_or(0);
    erase::after(count("tries"), Millis(count("first_at")), head.now)
}

fn asked(site: &Site, head: &Head, state: &Json, result: &Json) -> Step {
    let status = result.member("status").and_then(Json::as_uint);
    let status = status.and_then(|status| u16::try_from(status).ok());
    let fate = match status.map(at_destination::judge) {
        Some(Meaning::Done) => Fate::Done,
        _ => later(state, head),
    };
    settle(site, state, fate)
}

fn settle(site: &Site, row: &Json, fate: Fate) -> Step {
    let text = |key| row.member(key).and_then(Json::as_str).unwrap_or_default();
    let (lead, destination) = (text("lead"), text("destination"));
    let (level, event) = match fate {
        Fate::Done => ("info", "erased_at_destination"),
        Fate::Again(_) => ("warn", "erasure_waits"),
        Fate::Failed => ("alert", "erasure_failed"),
    };
    let line = Json::object([
        ("level", Json::str(level)),
        ("event", Json::str(event)),
        ("site", Json::str(site.id())),
        ("lead", Json::str(lead)),
        ("destination", Json::str(destination)),
    ]);
    let object = index::name(site.id());
    let wake = if let Fate::Again(at) = fate { Some(at) } else { None };
    let statements = [erase::settle(site.id(), lead, destination, fate)].into();
    Step::Do {
        effects: [Effect::Sql { object, statements, wake }, Effect::Log(line)].into(),
        state: state(site, "settled", &[]),
    }
}
