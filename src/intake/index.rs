//! What the index object of a site knows: entries for lists, configurations and their forms.
//!
//! Shards feed it after the fact: a lead commits with a row in `feed`, which is copied to `entry` and then deleted. A crash
//! between the two copies it again, which changes nothing.

use alloc::{format, string::String, vec::Vec};

use super::person;
use crate::{
    time::Millis,
    wire::{
        json::{self, Json},
        step::{Statement, millis},
    },
};

/// The most rows that are fed at once.
pub const FEED: u64 = 200;
/// The most entries of one page.
pub const PAGE: u64 = 200;

/// The name of the index object of a site.
pub fn name(site: &str) -> String {
    format!("{site}/index")
}

/// Reads what object `object` of `objects` has not fed yet.
pub fn pending(site: &str, object: u64, objects: u64) -> Statement {
    Statement::new(
        "SELECT shard, lead, entry FROM feed WHERE site=?1 AND shard%?3=?2 LIMIT ?4",
        [Json::str(site), Json::uint(object), Json::uint(objects.max(1)), Json::uint(FEED)],
    )
}

/// Writes what was read by [`pending`] into the index. A lead that was erased meanwhile stays away.
pub fn fill(site: &str, rows: &Json) -> Vec<Statement> {
    let entries = rows.as_array().unwrap_or_default().iter();
    let entries: Vec<Json> = entries
        .filter_map(|row| row.member("entry").and_then(Json::as_str))
        .filter_map(|text| json::parse(text).ok())
        .collect();
    let people = entries.iter().filter_map(|entry| {
        let [shard, id, .., keys] = entry.as_array()? else { return None };
        let any = keys.as_array().is_some_and(|keys| !keys.is_empty());
        any.then(|| Json::array([shard.clone(), id.clone(), keys.clone()]))
    });
    let people: Vec<Json> = people.collect();
    let fill = Statement::new(
        "INSERT INTO entry(site,shard,id,form,received_at,disposition,grade,scores,segments,name,email) \
         SELECT ?1,j.value->>0,j.value->>1,j.value->>2,j.value->>3,j.value->>4,j.value->>5,j.value->>6,j.value->>7,\
         j.value->>8,j.value->>9 FROM json_each(?2) j WHERE NOT EXISTS (SELECT 1 FROM tombstone t WHERE t.site=?1 \
         AND t.shard=j.value->>0 AND t.id=j.value->>1) ON CONFLICT DO UPDATE SET form=excluded.form,\
         received_at=excluded.received_at,disposition=excluded.disposition,grade=excluded.grade,scores=excluded.scores,\
         segments=excluded.segments,name=excluded.name,email=excluded.email",
        [Json::str(site), Json::String(Json::Array(entries).to_text())],
    );
    let join = Some(people).filter(|rows| !rows.is_empty()).map(|rows| person::join(site, rows));
    core::iter::once(fill).chain(join).collect()
}

/// Deletes what was fed, unless it has changed since.
pub fn fed(site: &str, rows: &Json) -> Statement {
    Statement::new(
        "DELETE FROM feed WHERE site=?1 AND (shard,lead,entry) IN (SELECT j.value->>'shard',j.value->>'lead',\
         j.value->>'entry' FROM json_each(?2) j)",
        [Json::str(site), Json::String(rows.to_text())],
    )
}

/// Which entries a list shows, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only of this form, whatever its version.
    pub form: Option<String>,
    /// Only of this disposition.
    pub disposition: Option<String>,
    /// Only after this place, as the page before gave it.
    pub before: Option<(u64, String)>,
    /// The most entries.
    pub limit: u64,
}

/// One page of a list, and one entry more if there are more.
pub fn list(site: &str, filter: &Filter) -> Statement {
    let text = |text: &Option<String>| text.as_deref().map_or(Json::Null, Json::str);
    let (at, id) = match &filter.before {
        Some((at, id)) => (Json::uint(*at), Json::str(id)),
        None => (Json::int(i64::MAX >> 11), Json::str("")),
    };
    Statement::new(
        "SELECT id,form,received_at,disposition,grade,scores,segments,name,email FROM entry WHERE site=?1 \
         AND (received_at,id)<(?2,?3) AND (?4 IS NULL OR form=?4 OR form LIKE ?4||'@%') \
         AND (?5 IS NULL OR disposition=?5) ORDER BY received_at DESC, id DESC LIMIT ?6",
        [
            Json::str(site),
            at,
            id,
            text(&filter.form),
            text(&filter.disposition),
            Json::uint(filter.limit.clamp(1, PAGE) + 1),
        ],
    )
}

/// Remembers a configuration and the versions of its forms. Answers with a row if it was not known.
pub fn remember(
    site: &str,
    hash: &str,
    text: &str,
    forms: &[(String, String)],
    now: Millis,
) -> Vec<Statement> {
    let mut out = Vec::from([Statement::new(
        "INSERT INTO config(site,shard,hash,at,text) VALUES(?1,0,?2,?3,?4) ON CONFLICT DO NOTHING RETURNING hash",
        [Json::str(site), Json::str(hash), millis(now), Json::str(text)],
    )]);
    out.extend(forms.iter().map(|(name, version)| {
        Statement::new(
            "INSERT INTO form(site,shard,name,version,config) VALUES(?1,0,?2,?3,?4) ON CONFLICT DO NOTHING",
            [Json::str(site), Json::str(name), Json::str(version), Json::str(hash)],
        )
    }));
    out
}

/// Reads the configurations in which these versions of forms are found.
pub fn recall(site: &str, versions: &[(String, String)]) -> Statement {
    let pairs = versions
        .iter()
        .map(|(name, version)| Json::Array([Json::str(name), Json::str(version)].into()))
        .collect();
    Statement::new(
        "SELECT j.key, c.text FROM json_each(?2) j CROSS JOIN form f ON f.site=?1 AND f.shard=0 AND f.name=j.value->>0 \
         AND f.version=j.value->>1 JOIN config c ON c.site=?1 AND c.shard=0 AND c.hash=f.config",
        [Json::str(site), Json::String(Json::Array(pairs).to_text())],
    )
}
