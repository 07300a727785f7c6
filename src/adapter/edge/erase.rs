//! Erasure: of one lead or of all leads of a person on request, and of what was kept for long enough.
//!
//! The index object goes first and remembers which destinations have to be told, then the shards. A request that was cut
//! off in between is sent again, and goes on where it stopped.

use alloc::{borrow::ToOwned, collections::BTreeMap, rc::Rc, string::String, vec::Vec};

use super::{
    head::Head,
    site::{Site, Sites},
    weigh,
};
use crate::{
    intake::{
        erase, index,
        person::{self, Handle},
        store::shard,
    },
    transfer::{Scope, destinations, view},
    wire::{
        envelope::Fault,
        json::{self, Json},
        step::{Effect, Response, Statement, Step},
    },
};

/// The word for these routes in states.
pub const ROUTE: &str = "erase";

/// `POST /v1/admin/leads/{site}/{id}/erase`: the first step.
pub fn lead(site: &Site, head: &Head, id: &str) -> Step {
    look(site, head, &Json::object([("ids", Json::array([Json::str(id)]))]))
}

/// `POST /v1/admin/people/{site}/erase` with `{"person": address or number, "after": id or nothing}`: the first step.
///
/// # Errors
/// The body names nobody.
pub fn person(site: &Site, head: &Head, body: &[u8]) -> Result<Step, Fault> {
    let (handle, after) = asked(body)?;
    let effects = (0..head.objects).map(|object| Effect::Sql {
        object: scope(site, object, head).name(),
        statements: erase::search(site.id(), &handle, &after),
        wake: None,
    });
    Ok(Step::Do { effects: effects.collect(), state: state(site, "found", &Json::object([])) })
}

fn asked(body: &[u8]) -> Result<(Handle, String), Fault> {
    let json = json::parse(core::str::from_utf8(body).unwrap_or_default()).unwrap_or_default();
    let text = |key| json.member(key).and_then(Json::as_str).unwrap_or_default();
    let handle = Handle::parse(text("person")).ok_or(Fault::Member("person"))?;
    Ok((handle, text("after").to_owned()))
}

/// `GET /v1/admin/erasures`: what destinations have not confirmed.
pub fn open(site: &Site) -> Step {
    let statements = [erase::open(site.id())].into();
    let effect = Effect::Sql { object: index::name(site.id()), statements, wake: None };
    Step::Do { effects: [effect].into(), state: state(site, "open", &Json::object([])) }
}

fn scope(site: &Site, object: u64, head: &Head) -> Scope {
    Scope { site: site.id().to_owned(), object, objects: head.objects }
}

fn state(site: &Site, at: &str, more: &Json) -> Json {
    let mut out = Json::object([
        ("route", Json::str(ROUTE)),
        ("at", Json::str(at)),
        ("site", Json::str(site.id())),
    ]);
    for (key, value) in more.as_object().unwrap_or_default() {
        if out.member(key).is_none() {
            out.set(key, value.clone());
        }
    }
    out
}

fn list<'j>(json: &'j Json, key: &str) -> Vec<&'j str> {
    let list = json.member(key).and_then(Json::as_array).unwrap_or_default();
    list.iter().filter_map(Json::as_str).collect()
}

/// Ids or keys by the object that holds them.
pub fn groups<'t>(head: &Head, texts: &[&'t str]) -> Vec<(u64, Vec<&'t str>)> {
    let mut out = BTreeMap::<u64, Vec<&str>>::new();
    for text in texts {
        out.entry(shard(text) % head.objects).or_default().push(text);
    }
    out.into_iter().collect()
}

fn in_groups(
    site: &Site,
    head: &Head,
    texts: &[&str],
    statements: impl Fn(&[&str]) -> Vec<Statement>,
) -> Vec<Effect> {
    let effect = |(object, texts): (u64, Vec<&str>)| Effect::Sql {
        object: scope(site, object, head).name(),
        statements: statements(&texts),
        // Files that are loose from here on are deleted by the object's next wake-up.
        wake: Some(head.now),
    };
    groups(head, texts).into_iter().map(effect).collect()
}

/// Looks at what the shards hold of these leads.
fn look(site: &Site, head: &Head, more: &Json) -> Step {
    let effects = in_groups(site, head, &list(more, "ids"), |ids| {
        ids.iter().flat_map(|id| erase::look(site.id(), id)).collect()
    });
    Step::Do { effects, state: state(site, "looked", more) }
}

/// The step after the one that left `state`.
///
/// # Errors
/// There is no such site or lead, or the body names nobody.
pub fn resume(
    sites: &Sites,
    head: &Head,
    body: &[u8],
    state: &Json,
    results: &Json,
) -> Result<Step, Fault> {
    let word = |key| state.member(key).and_then(Json::as_str).unwrap_or_default();
    let site = sites.site(word("site"))?;
    let results = results.as_array().unwrap_or_default();
    match word("at") {
        "open" => {
            let rows = results.first().and_then(|rows| rows.as_array()?.first()).cloned();
            Ok(answer(&Json::object([("erasures", rows.unwrap_or_default())])))
        }
        "found" => found(&site, head, body, results),
        "looked" => looked(&site, head, state, results),
        "indexed" => Ok(bury(&site, head, state)),
        "buried" => Ok(Step::Do {
            effects: [Effect::Scrub].into(),
            state: self::state(&site, "gone", state),
        }),
        "gone" => Ok(told(&site, state)),
        _ => Err(Fault::Path),
    }
}

fn answer(body: &Json) -> Step {
    Step::answer(Response::json(200, body).with("cache-control", "no-store"))
}

fn found(site: &Site, head: &Head, body: &[u8], results: &[Json]) -> Result<Step, Fault> {
    let (handle, _) = asked(body)?;
    let rows = results.iter().filter_map(Json::as_array).flatten();
    let found = erase::found(rows, &handle);
    let texts = |ids: &[String]| Json::array(ids.iter().map(|id| Json::str(id)));
    let more = Json::object([
        ("ids", texts(&found.own)),
        ("naming", texts(&found.naming)),
        ("next", found.next.map_or(Json::Null, Json::String)),
        // A customer may be known who has left no lead.
        ("keys", texts(&person::keys(&[handle], weigh::secret(head), site.id()))),
        ("person", Json::Bool(true)),
    ]);
    Ok(look(site, head, &more))
}

/// What one lead leaves behind: who it was from, and what each destination has to be told.
fn looked(site: &Rc<Site>, head: &Head, state: &Json, results: &[Json]) -> Result<Step, Fault> {
    let ids = list(state, "ids");
    let mut keys: Vec<String> = list(state, "keys").into_iter().map(ToOwned::to_owned).collect();
    let (mut asks, mut told, mut known) = (Vec::new(), Json::Object(Vec::new()), false);
    for ((_, group), result) in groups(head, &ids).iter().zip(results) {
        let rows = result.as_array().unwrap_or_default();
        for (id, rows) in group.iter().zip(rows.chunks(4)) {
            let [lead, refused, sent, tombstone] = rows else { continue };
            let of = |rows: &Json| rows.as_array().unwrap_or_default().to_vec();
            known |= [lead, refused, tombstone].iter().any(|rows| !of(rows).is_empty());
            let stored = of(lead).first().map(|row| whole(row, "values")).unwrap_or_default();
            let items = of(refused).iter().map(|row| whole(row, "item")).collect::<Vec<_>>();
            let data = items.iter().filter_map(|row| row.member("item")?.member("data"));
            let values = stored.member("values").into_iter().chain(data);
            let texts = values
                .flat_map(|values| values.as_object().unwrap_or_default())
                .filter_map(|(_, value)| Handle::parse(value.as_str()?));
            let handles: Vec<Handle> = texts.collect();
            keys.extend(person::keys(&handles, weigh::secret(head), site.id()));
            let email = email(site, &stored);
            for row in of(sent) {
                let name = row.member("destination").and_then(Json::as_str).unwrap_or_default();
                let kind = site.config.destinations().iter().find(|one| one.name == name);
                let can = kind.is_some_and(|one| destinations::erase::can(&one.kind));
                told.set(name, Json::str(if can { "asked" } else { "by_hand" }));
                if can {
                    let by_email = kind.is_some_and(|one| destinations::erase::by_email(&one.kind));
                    let email = by_email.then(|| ("email", Json::str(&email)));
                    let person = Json::object(email).to_text();
                    asks.push(((*id).to_owned(), name.to_owned(), person));
                }
            }
        }
    }
    if !known && state.member("person").is_none() {
        return Err(Fault::Path);
    }
    keys.sort_unstable();
    keys.dedup();
    let mut more = state.clone();
    more.set("keys", Json::array(keys.iter().map(|key| Json::str(key))));
    more.set("destinations", told);
    let leads: Vec<_> = ids.iter().map(|id| (*id, None)).collect();
    let mut statements = erase::statements(site.id(), &leads, head.now);
    statements.push(erase::ask(site.id(), &asks, head.now));
    let effect = Effect::Sql { object: index::name(site.id()), statements, wake: Some(head.now) };
    Ok(Step::Do { effects: [effect].into(), state: self::state(site, "indexed", &more) })
}

fn whole(row: &Json, key: &str) -> Json {
    let mut row = row.clone();
    let inner = row.member(key).and_then(Json::as_str).and_then(|text| json::parse(text).ok());
    row.set(key, inner.unwrap_or_default());
    row
}

/// The address by which destinations know whoever left a lead.
fn email(site: &Site, lead: &Json) -> String {
    let view = view::view(lead, site.config.public().forms());
    view::at(&view, "contact.email").as_str().unwrap_or_default().to_owned()
}

/// Deletes in the shards.
fn bury(site: &Site, head: &Head, state: &Json) -> Step {
    let mut effects = in_groups(site, head, &list(state, "ids"), |ids| {
        let leads: Vec<_> = ids.iter().map(|id| (*id, None)).collect();
        erase::statements(site.id(), &leads, head.now)
    });
    effects.extend(in_groups(site, head, &list(state, "keys"), |keys| {
        [person::forget(site.id(), keys)].into()
    }));
    Step::Do { effects, state: self::state(site, "buried", state) }
}

fn told(site: &Site, state: &Json) -> Step {
    let member = |key| state.member(key).cloned().unwrap_or_default();
    let mut body =
        Json::object([("erased", member("ids")), ("destinations", member("destinations"))]);
    if state.member("person").is_some() {
        body.set("naming", member("naming"));
        body.set("next", member("next"));
    }
    let line = Json::object([
        ("level", Json::str("info")),
        ("event", Json::str("leads_erased")),
        ("site", Json::str(site.id())),
        ("leads", member("ids")),
    ]);
    match answer(&body) {
        Step::Answer(response, _) => Step::Answer(response, [Effect::Log(line)].into()),
        step => step,
    }
}
