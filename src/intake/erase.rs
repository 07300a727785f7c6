//! Erasure: what a lead leaves everywhere is deleted, and a tombstone keeps it from being stored again.
//!
//! A lead that was erased on request leaves its bare id. One whose time was over leaves also a keyed hash of what came, so
//! that a late copy is known from another content under the same id. Statements are the same for every object, because every
//! object has all tables.

use alloc::{format, string::String, vec::Vec};

use super::{person::Handle, store::shard};
use crate::{
    time::Millis,
    wire::{
        json::{self, Json},
        signature::{hex, keyed},
        step::{Statement, millis},
    },
};

/// How long an id is kept from being stored again. A client sends what it could not deliver for at most 30 days.
pub const TOMBSTONE: Millis = Millis::from_secs(180 * 86_400);
/// The most leads that are erased at once.
pub const MOST: u64 = 50;
/// So many destinations are asked at once to erase.
pub const AT_ONCE: u64 = 6;
/// How long an erasure at a destination is leased.
const LEASE: Millis = Millis::from_secs(120);
/// How soon a destination is asked again after its first failure, and how late at most.
const AGAIN: Millis = Millis::from_secs(30);
const LONGEST: Millis = Millis::from_secs(6 * 3600);
/// How long a destination is asked before a person has to do it.
const PATIENCE: Millis = Millis::from_secs(7 * 86_400);
/// A time that does not come; the largest that JavaScript counts exactly.
pub const NEVER: Millis = Millis((1 << 53) - 1);
/// As many tombstones that are over are deleted at once.
const SWEEP: u64 = 200;

/// The tables with what is of one lead, and the column that holds its id.
const OF_A_LEAD: &[(&str, &str)] = &[
    ("lead", "id"),
    ("quarantine", "id"),
    ("delivery", "lead"),
    ("attempt", "lead"),
    ("feed", "lead"),
    ("entry", "id"),
    ("person", "lead"),
    ("partial", "id"),
    ("stage", "lead"),
    ("withdrawal", "lead"),
];

/// Files lie elsewhere. Without a lead that refers to them they are loose, and what is loose is deleted with its content.
const LOOSEN: &str = "UPDATE file SET kept=0, name='', at=0 WHERE site=?1 AND (shard,lead) IN (SELECT j.value->>0,j.value->>1 \
FROM json_each(?2) j)";

/// The tables that hold nothing of a person, or, as `customer`, `erasure` and `file`, what is erased in a way of its own.
#[cfg(test)]
const OTHERS: &[&str] = &[
    "lane",
    "config",
    "form",
    "mark",
    "tombstone",
    "customer",
    "erasure",
    "session",
    "file",
    "access",
    "export",
    "tally",
];

/// What is left of what came with a lead: a hash under the secret of the deployment. None without a secret.
pub fn seal(secret: &str, hash: &str) -> Option<String> {
    if secret.is_empty() {
        return None;
    }
    Some(hex(&keyed(secret.as_bytes(), format!("leadkit tombstone\n{hash}").as_bytes())))
}

/// Deletes leads with all that belongs to them, and leaves tombstones: ids with what [`seal`] gave, if that is to stay.
pub fn statements(site: &str, leads: &[(&str, Option<&str>)], now: Millis) -> Vec<Statement> {
    let row = |(id, seal): &(&str, Option<&str>)| {
        Json::array([Json::uint(shard(id)), Json::str(id), seal.map_or(Json::Null, Json::str)])
    };
    let args = [Json::str(site), Json::String(Json::array(leads.iter().map(row)).to_text())];
    let until = millis(now.saturating_add(TOMBSTONE));
    let bury = Statement::new(
        "INSERT INTO tombstone(site,shard,id,hash,until) SELECT ?1,j.value->>0,j.value->>1,j.value->>2,?3 FROM json_each(?2) j \
         WHERE true ON CONFLICT DO UPDATE SET hash=excluded.hash, until=excluded.until",
        [args.as_slice(), &[until]].concat(),
    );
    let delete = |(table, column): &(&str, &str)| {
        let sql = format!(
            "DELETE FROM {table} WHERE site=?1 AND (shard,{column}) IN (SELECT j.value->>0,j.value->>1 FROM json_each(?2) j)"
        );
        Statement::new(&sql, args.clone())
    };
    let loosen = Statement::new(LOOSEN, args.clone());
    [bury, loosen].into_iter().chain(OF_A_LEAD.iter().map(delete)).collect()
}

/// The same in the index, where leads of an earlier time have no tombstone to keep: that of a shard, which a file shares
/// with it, stays as it is.
pub fn index(site: &str, leads: &[(&str, Option<&str>)], now: Millis) -> Vec<Statement> {
    let mut statements = statements(site, leads, now);
    if let Some(bury) = statements.first_mut() {
        bury.sql = bury
            .sql
            .replace("DO UPDATE SET hash=excluded.hash, until=excluded.until", "DO NOTHING");
    }
    statements
}

/// Deletes what was refused, by id, hash and seal; the lead that was taken under the same id stays.
pub fn refused(site: &str, rows: &[(&str, &str, Option<String>)], now: Millis) -> Vec<Statement> {
    let row = |(id, hash, seal): &(&str, &str, Option<String>)| {
        let seal = seal.clone().map_or(Json::Null, Json::String);
        Json::array([Json::uint(shard(id)), Json::str(id), Json::str(hash), seal])
    };
    let args = [Json::str(site), Json::String(Json::array(rows.iter().map(row)).to_text())];
    let until = millis(now.saturating_add(TOMBSTONE));
    [
        Statement::new(
            "INSERT INTO tombstone(site,shard,id,hash,until) SELECT ?1,j.value->>0,j.value->>1,j.value->>3,?3 FROM json_each(?2) j \
             WHERE NOT EXISTS (SELECT 1 FROM lead l WHERE l.site=?1 AND l.shard=j.value->>0 AND l.id=j.value->>1) \
             ON CONFLICT DO NOTHING",
            [args.as_slice(), &[until]].concat(),
        ),
        Statement::new(
            "DELETE FROM quarantine WHERE site=?1 AND (shard,id,hash) IN (SELECT j.value->>0,j.value->>1,j.value->>2 \
             FROM json_each(?2) j)",
            args,
        ),
    ]
    .into()
}

/// Remembers in the index which destinations have yet to erase a lead: rows of `[id, destination, person]`.
pub fn ask(site: &str, rows: &[(String, String, String)], now: Millis) -> Statement {
    let row = |(id, destination, person): &(String, String, String)| {
        Json::array([
            Json::uint(shard(id)),
            Json::str(id),
            Json::str(destination),
            Json::str(person),
        ])
    };
    Statement::new(
        "INSERT INTO erasure(site,shard,lead,destination,person,due,tries,first_at) SELECT ?1,j.value->>0,j.value->>1,\
         j.value->>2,j.value->>3,?3,0,?3 FROM json_each(?2) j WHERE true ON CONFLICT DO NOTHING",
        [Json::str(site), Json::String(Json::array(rows.iter().map(row)).to_text()), millis(now)],
    )
}

/// Leases erasures that are due and reads them.
pub fn claim(site: &str, now: Millis) -> Statement {
    Statement::new(
        "UPDATE erasure SET due=?3, tries=tries+1 WHERE (site,shard,lead,destination) IN (SELECT e.site,e.shard,e.lead,\
         e.destination FROM erasure e WHERE e.site=?1 AND e.due<=?2 ORDER BY e.due LIMIT ?4) \
         RETURNING lead,destination,person,tries,first_at",
        [Json::str(site), millis(now), millis(now.saturating_add(LEASE)), Json::uint(AT_ONCE)],
    )
}

/// What became of an erasure at a destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is done.
    Done,
    /// It is tried again at this time.
    Again(Millis),
    /// It was tried for long enough: a person has to do it. Who it was about is not kept for that.
    Failed,
}

/// Whether to go on after a failure.
pub fn after(tries: u64, first_at: Millis, now: Millis) -> Fate {
    if now.saturating_sub(first_at) >= PATIENCE {
        return Fate::Failed;
    }
    let pause = AGAIN.0.saturating_mul(1 << tries.min(10)).min(LONGEST.0);
    Fate::Again(now.saturating_add(Millis(pause)))
}

/// Writes what became of an erasure.
pub fn settle(site: &str, lead: &str, destination: &str, fate: Fate) -> Statement {
    let args = [Json::str(site), Json::uint(shard(lead)), Json::str(lead), Json::str(destination)];
    let with = |sql: &str, more: &[Json]| Statement::new(sql, [args.as_slice(), more].concat());
    match fate {
        Fate::Done => with(
            "DELETE FROM erasure WHERE site=?1 AND shard=?2 AND lead=?3 AND destination=?4",
            &[],
        ),
        Fate::Again(at) => with(
            "UPDATE erasure SET due=?5 WHERE site=?1 AND shard=?2 AND lead=?3 AND destination=?4",
            &[millis(at)],
        ),
        Fate::Failed => with(
            "UPDATE erasure SET due=?5, person='{}' WHERE site=?1 AND shard=?2 AND lead=?3 AND destination=?4",
            &[millis(NEVER)],
        ),
    }
}

/// Reads the erasures that destinations have not confirmed, without whom they are about.
pub fn open(site: &str) -> Statement {
    Statement::new(
        "SELECT lead,destination,tries,first_at,due<?2 AS goes_on FROM erasure WHERE site=?1 ORDER BY first_at LIMIT 500",
        [Json::str(site), millis(NEVER)],
    )
}

/// Deletes tombstones that are over.
pub fn forget(now: Millis) -> Statement {
    Statement::new(
        "DELETE FROM tombstone WHERE (site,shard,id) IN (SELECT t.site,t.shard,t.id FROM tombstone t WHERE t.until<?1 LIMIT ?2)",
        [millis(now), Json::uint(SWEEP)],
    )
}

/// Reads from the index the ids of leads that came before a time.
pub fn old(site: &str, before: Millis) -> Statement {
    Statement::new(
        "SELECT id FROM entry WHERE site=?1 AND received_at<?2 ORDER BY received_at LIMIT ?3",
        [Json::str(site), millis(before), Json::uint(MOST)],
    )
}

/// Reads from a shard what was refused before a time.
pub fn old_refused(site: &str, before: Millis) -> Statement {
    Statement::new(
        "SELECT id,hash FROM quarantine WHERE site=?1 AND received_at<?2 ORDER BY received_at LIMIT ?3",
        [Json::str(site), millis(before), Json::uint(MOST)],
    )
}

/// Reads the hashes of leads.
pub fn hashes(site: &str, ids: &[&str]) -> Statement {
    let rows = ids.iter().map(|id| Json::array([Json::uint(shard(id)), Json::str(id)]));
    Statement::new(
        "SELECT j.value->>1 AS id, l.hash FROM json_each(?2) j LEFT JOIN lead l ON l.site=?1 AND l.shard=j.value->>0 \
         AND l.id=j.value->>1",
        [Json::str(site), Json::String(Json::array(rows).to_text())],
    )
}

/// Reads what a shard holds of a lead: the lead, whether something of it was refused, its deliveries, and its tombstone.
pub fn look(site: &str, id: &str) -> Vec<Statement> {
    let args = || [Json::str(site), Json::uint(shard(id)), Json::str(id)];
    [
        Statement::new(
            "SELECT id,form,\"values\" FROM lead WHERE site=?1 AND shard=?2 AND id=?3",
            args(),
        ),
        Statement::new(
            "SELECT item FROM quarantine WHERE site=?1 AND shard=?2 AND id=?3 LIMIT 20",
            args(),
        ),
        Statement::new(
            "SELECT destination FROM delivery WHERE site=?1 AND shard=?2 AND lead=?3 AND tries>0",
            args(),
        ),
        Statement::new("SELECT id FROM tombstone WHERE site=?1 AND shard=?2 AND id=?3", args()),
    ]
    .into()
}

/// Reads from a shard the leads in which the text of an address or a number stands somewhere: for [`found`].
pub fn search(site: &str, handle: &Handle, after: &str) -> Vec<Statement> {
    let text = match handle {
        Handle::Email(text) => text,
        Handle::Phone(digits) => digits,
    };
    // What JSON writes in its own way is not in the text; the beginning before it is.
    let plain = text.split(['"', '\\']).next().unwrap_or_default();
    // `lower` of the engine knows ASCII alone: letters beyond it are compared as they were written, in both cases.
    let plain = plain.split(|char: char| !char.is_ascii()).max_by_key(|part| part.len());
    let args =
        [Json::str(site), Json::str(plain.unwrap_or_default()), Json::str(after), Json::uint(MOST)];
    [
        Statement::new(
            "SELECT id,\"values\" AS data FROM lead WHERE site=?1 AND id>?3 AND instr(lower(\"values\"||unknown||context),?2)>0 \
             ORDER BY id LIMIT ?4",
            args.clone(),
        ),
        Statement::new(
            "SELECT id,item->'data' AS data FROM quarantine WHERE site=?1 AND id>?3 AND instr(lower(item),?2)>0 ORDER BY id LIMIT ?4",
            args.clone(),
        ),
        Statement::new(
            "SELECT id,item->'data' AS data FROM partial WHERE site=?1 AND id>?3 AND instr(lower(item),?2)>0 ORDER BY id LIMIT ?4",
            args,
        ),
    ]
    .into()
}

/// The leads of a person, and those that are somebody else's and only name them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The ids of the person's own.
    pub own: Vec<String>,
    /// The ids of the others.
    pub naming: Vec<String>,
    /// Where to go on, if there may be more.
    pub next: Option<String>,
}

/// Sorts the rows of [`search`] of all shards.
pub fn found<'r>(results: impl Iterator<Item = &'r Json>, handle: &Handle) -> Found {
    let mut out = Found::default();
    for rows in results.filter_map(Json::as_array) {
        for row in rows {
            let text = |key| row.member(key).and_then(Json::as_str).unwrap_or_default();
            let data = json::parse(text("data")).unwrap_or_default();
            let values = data.as_object().unwrap_or_default().iter();
            let own = values
                .filter_map(|(_, value)| value.as_str())
                .any(|value| Handle::parse(value).as_ref() == Some(handle));
            let list = if own { &mut out.own } else { &mut out.naming };
            list.push(text("id").into());
        }
        if rows.len() as u64 >= MOST {
            let last = rows.last().and_then(|row| row.member("id")?.as_str());
            // Who goes on after the earliest end meets some leads again, and misses none.
            out.next = match (out.next.take(), last) {
                (Some(known), Some(last)) => {
                    Some(if last < known.as_str() { last.into() } else { known })
                }
                (known, last) => known.or(last.map(Into::into)),
            };
        }
    }
    for list in [&mut out.own, &mut out.naming] {
        list.sort_unstable();
        list.dedup();
    }
    let own = &out.own;
    out.naming.retain(|id| !own.contains(id));
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::schema::MIGRATIONS;

    #[test]
    fn every_table_is_erased_or_known_to_hold_nothing_of_a_person() {
        let made = MIGRATIONS.iter().copied().flatten();
        for sql in made.filter_map(|sql| sql.strip_prefix("CREATE TABLE ")) {
            let name = sql.split('(').next().unwrap_or_default();
            let known = OF_A_LEAD.iter().any(|(table, _)| *table == name) || OTHERS.contains(&name);
            assert!(
                known,
                "name the table {name} in OF_A_LEAD or in OTHERS of src/intake/erase.rs"
            );
        }
    }

    #[test]
    fn a_person_is_found_by_value_and_not_by_mention() {
        let rows = json::parse(
            r#"[{"id":"b","data":"{\"mail\":\"ADA@example.com \"}"},{"id":"a","data":"{\"words\":\"ask ada@example.com\"}"},
            {"id":"c","data":"{\"mail\":\"xada@example.com\"}"},{"id":"b","data":null}]"#,
        )
        .unwrap();
        let handle = Handle::parse("ada@example.com").unwrap();
        let found = found([&rows].into_iter(), &handle);
        assert_eq!(found.own, ["b"]);
        assert_eq!(found.naming, ["a", "c"]);
        assert_eq!(found.next, None);
    }

    #[test]
    fn a_destination_is_asked_for_a_week_ever_more_rarely() {
        let day = |days: u64| Millis::from_secs(days * 86_400);
        assert_eq!(after(1, Millis(0), Millis(0)), Fate::Again(Millis::from_secs(60)));
        assert_eq!(after(60, Millis(0), day(1)), Fate::Again(Millis(day(1).0 + LONGEST.0)));
        assert_eq!(after(3, Millis(0), day(7)), Fate::Failed);
    }

    #[test]
    fn without_a_secret_only_the_id_stays() {
        assert_eq!(seal("", "h"), None);
        assert_ne!(seal("a", "h"), seal("b", "h"));
    }
}
