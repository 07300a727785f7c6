//! Marks: what is remembered for a while to tell one from many. Counters of an address, solutions that were used, and who
//! sent the same text, all by keyed hashes.
//!
//! Marks lie in the object that a hash of their place names, so that they spread like leads do. A claim belongs to whoever
//! comes first, and to the same one for ever: asking again with the same words changes nothing, except that counters count.

use alloc::{collections::BTreeMap, string::String, vec::Vec};

use super::store::shard;
use crate::{
    time::Millis,
    wire::{
        json::Json,
        step::{Statement, millis},
    },
};

/// As many people with the same text are told apart.
const MOST: u64 = 100;
/// As many marks that are over are deleted whenever some are made, and whenever their object wakes.
const SWEEP: u64 = 100;

/// Something to remember, or to look up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Decides which object holds it.
    pub place: String,
    /// What it is about.
    pub key: String,
    /// Whose it is; empty for a counter.
    pub who: String,
    /// What is done.
    pub kind: Kind,
    /// When it may be forgotten.
    pub until: Millis,
}

/// What is done with a mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The counter grows by this much; 0 only looks.
    Count(u32),
    /// It belongs to whoever claims it first.
    Claim,
    /// Everyone who comes is added.
    Join,
}

/// What stands there after a mark was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// The counter; at least 1 where the mark of this one is there.
    pub mine: u64,
    /// How many others have a mark of the same key.
    pub others: u64,
}

/// The places in a list of marks, by the object that holds them.
pub fn groups(marks: &[Mark], objects: u64) -> Vec<(u64, Vec<usize>)> {
    let mut groups = BTreeMap::<u64, Vec<usize>>::new();
    for (index, mark) in marks.iter().enumerate() {
        groups.entry(shard(&mark.place) % objects.max(1)).or_default().push(index);
    }
    groups.into_iter().collect()
}

/// Deletes some of the marks that are over, of whatever site.
pub fn forget(now: Millis) -> Statement {
    Statement::new(FORGET, [millis(now), Json::uint(SWEEP)])
}

/// The statements that make these marks, all of one object; the rows of the last go to [`read`].
pub fn statements(site: &str, marks: &[&Mark], now: Millis) -> Vec<Statement> {
    let row = |mark: &&Mark| {
        let count = if let Kind::Count(count) = mark.kind { count } else { 1 };
        Json::array([
            Json::uint(shard(&mark.place)),
            Json::str(&mark.key),
            Json::str(&mark.who),
            Json::int(count.into()),
            millis(mark.until),
        ])
    };
    let rows = |wanted: fn(&Kind) -> bool| -> Vec<Json> {
        marks.iter().filter(|mark| wanted(&mark.kind)).map(row).collect()
    };
    let mut out = Vec::from([forget(now)]);
    let mut push = |sql: &str, rows: Vec<Json>, more: &[Json]| {
        if !rows.is_empty() {
            let mut args = Vec::from([Json::str(site), Json::String(Json::Array(rows).to_text())]);
            args.extend_from_slice(more);
            out.push(Statement::new(sql, args));
        }
    };
    push(COUNT, rows(|kind| matches!(kind, Kind::Count(1..))), &[]);
    // One after the other: rows of one statement do not see each other.
    for claim in rows(|kind| *kind == Kind::Claim) {
        push(CLAIM, [claim].into(), &[]);
    }
    push(JOIN, rows(|kind| *kind == Kind::Join), &[Json::uint(MOST)]);
    push(STAND, rows(|_| true), &[millis(now), Json::uint(MOST)]);
    out
}

const FORGET: &str = "DELETE FROM mark WHERE (site,shard,key,who) IN (SELECT m.site,m.shard,m.key,m.who FROM mark m \
WHERE m.until<?1 LIMIT ?2)";

const COUNT: &str = "INSERT INTO mark(site,shard,key,who,n,until) SELECT ?1,j.value->>0,j.value->>1,j.value->>2,\
j.value->>3,j.value->>4 FROM json_each(?2) j WHERE true ON CONFLICT DO UPDATE SET n=n+excluded.n";

const CLAIM: &str = "INSERT INTO mark(site,shard,key,who,n,until) SELECT ?1,j.value->>0,j.value->>1,j.value->>2,\
j.value->>3,j.value->>4 FROM json_each(?2) j WHERE NOT EXISTS (SELECT 1 FROM mark m WHERE m.site=?1 \
AND m.shard=j.value->>0 AND m.key=j.value->>1)";

const JOIN: &str = "INSERT INTO mark(site,shard,key,who,n,until) SELECT ?1,j.value->>0,j.value->>1,j.value->>2,\
j.value->>3,j.value->>4 FROM json_each(?2) j WHERE (SELECT count(*) FROM (SELECT 1 FROM mark m WHERE m.site=?1 \
AND m.shard=j.value->>0 AND m.key=j.value->>1 LIMIT ?3))<?3 ON CONFLICT DO UPDATE SET until=excluded.until";

/// Only a mark of somebody has others beside it.
const STAND: &str = "SELECT (SELECT m.n FROM mark m WHERE m.site=?1 AND m.shard=j.value->>0 AND m.key=j.value->>1 \
AND m.who=j.value->>2) AS mine, CASE WHEN j.value->>2='' THEN 0 ELSE (SELECT count(*) FROM (SELECT 1 FROM mark m \
WHERE m.site=?1 AND m.shard=j.value->>0 AND m.key=j.value->>1 AND m.who<>j.value->>2 AND m.until>=?3 LIMIT ?4)) END \
AS others FROM json_each(?2) j ORDER BY j.key";

/// What stands at each mark, in their order, from the rows of the last statement.
pub fn read(rows: &Json, marks: usize) -> Vec<Standing> {
    let rows = rows.as_array().unwrap_or_default();
    let standing = |index: usize| {
        let count = |key| rows.get(index)?.member(key)?.as_uint();
        Standing { mine: count("mine").unwrap_or(0), others: count("others").unwrap_or(0) }
    };
    (0..marks).map(standing).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::json;

    #[test]
    fn marks_of_one_place_lie_in_one_object() {
        let mark = |place: &str, key: &str| Mark {
            place: place.into(),
            key: key.into(),
            who: String::new(),
            kind: Kind::Count(1),
            until: Millis(5),
        };
        let marks = [mark("a", "x"), mark("b", "y"), mark("a", "z")];
        let groups = groups(&marks, 64);
        assert!(groups.iter().any(|(_, places)| places.as_slice() == [0, 2]));
        assert_eq!(super::groups(&marks, 1).len(), 1);
    }

    #[test]
    fn what_stands_there_is_read_and_missing_rows_are_nothing() {
        let rows = json::parse(r#"[{"mine":3,"others":0},{"mine":null,"others":2}]"#).unwrap();
        let standing = |mine, others| Standing { mine, others };
        assert_eq!(read(&rows, 3), [standing(3, 0), standing(0, 2), standing(0, 0)]);
    }
}
