//! Files that come beside a lead: who they belong to, and when they go.
//!
//! The bytes lie in a blob store under [`key`]; the rows here say what they are. A row is written before its bytes and deleted
//! after them, so that no bytes are without a row. What no lead refers to is deleted after a while.

use alloc::{format, string::String, vec::Vec};

use super::store::shard;
use crate::{
    time::Millis,
    wire::{
        json::Json,
        step::{Statement, millis},
    },
};

/// As many loose files are deleted in one wake-up.
const SWEEP: u64 = 50;

/// What is known of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File<'a> {
    /// The id of the lead that it came with.
    pub lead: &'a str,
    /// The SHA-256 of its bytes in hexadecimal digits, by which the lead refers to it.
    pub hash: &'a str,
    /// The field of the form.
    pub field: &'a str,
    /// Its name on the device of the visitor.
    pub name: &'a str,
    /// Its media type, as its bytes say.
    pub media: &'a str,
    /// Its bytes.
    pub size: u64,
}

/// Where the bytes lie.
pub fn key(site: &str, lead: &str, hash: &str) -> String {
    format!("{site}/{lead}/{hash}")
}

/// The hashes in the value of a file field: one, or several with spaces between.
pub fn hashes(value: &str) -> impl Iterator<Item = &str> {
    value.split(' ').filter(|word| {
        word.len() == 64 && word.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    })
}

/// Writes the row of a file unless its lead has `most` already; the last statement says whether it is there.
pub fn add(site: &str, file: &File<'_>, most: u64, now: Millis) -> Vec<Statement> {
    let shard = Json::uint(shard(file.lead));
    let identity = [Json::str(site), shard, Json::str(file.lead), Json::str(file.hash)];
    let mut args = Vec::from(identity.clone());
    args.extend([
        Json::str(file.field),
        Json::str(file.name),
        Json::str(file.media),
        Json::uint(file.size),
        millis(now),
        Json::uint(most),
    ]);
    [
        Statement::new(
            "INSERT INTO file(site,shard,lead,hash,field,name,type,size,at) SELECT ?1,?2,?3,?4,?5,?6,?7,?8,?9 \
             WHERE (SELECT count(*) FROM file WHERE site=?1 AND shard=?2 AND lead=?3 AND hash<>?4)<?10 \
             AND NOT EXISTS(SELECT 1 FROM tombstone WHERE site=?1 AND shard=?2 AND id=?3) \
             ON CONFLICT DO UPDATE SET at=excluded.at",
            args,
        ),
        Statement::new(
            "SELECT 1 AS there FROM file WHERE site=?1 AND shard=?2 AND lead=?3 AND hash=?4",
            identity,
        ),
    ]
    .into()
}

/// Keeps the files that stored leads refer to: rows `[shard, lead, nonce, hash]` go into it as JSON.
pub const KEEP: &str = "UPDATE file SET kept=1 WHERE site=?1 AND (shard,lead,hash) IN (SELECT l.shard,l.id,j.value->>3 \
FROM json_each(?2) j CROSS JOIN lead l ON l.site=?1 AND l.shard=j.value->>0 AND l.id=j.value->>1 AND l.nonce=j.value->>2)";

/// The files of a lead.
pub fn list(site: &str, lead: &str) -> Statement {
    Statement::new(
        "SELECT hash,field,name,type,size,at,kept FROM file WHERE site=?1 AND shard=?2 AND lead=?3 ORDER BY at,hash",
        [Json::str(site), Json::uint(shard(lead)), Json::str(lead)],
    )
}

/// Some of the files that no lead refers to and that came before `since`.
pub fn loose(site: &str, since: Millis) -> Statement {
    Statement::new(
        "SELECT lead,hash FROM file WHERE site=?1 AND kept=0 AND at<?2 ORDER BY at LIMIT ?3",
        [Json::str(site), millis(since), Json::uint(SWEEP)],
    )
}

/// The keys of what [`loose`] found.
pub fn keys(site: &str, rows: &Json) -> Vec<String> {
    let text = |row: &Json, name| row.member(name).and_then(Json::as_str).map(String::from);
    let rows = rows.as_array().unwrap_or_default().iter();
    rows.filter_map(|row| Some(key(site, &text(row, "lead")?, &text(row, "hash")?))).collect()
}

/// Deletes the rows of what [`loose`] found, unless a lead came for one of them meanwhile.
pub fn forget(site: &str, rows: &Json) -> Statement {
    let row = |row: &Json| {
        let lead = row.member("lead").and_then(Json::as_str).unwrap_or_default();
        let hash = row.member("hash").and_then(Json::as_str).unwrap_or_default();
        Json::array([Json::uint(shard(lead)), Json::str(lead), Json::str(hash)])
    };
    let rows = Json::array(rows.as_array().unwrap_or_default().iter().map(row));
    Statement::new(
        "DELETE FROM file WHERE site=?1 AND kept=0 AND (shard,lead,hash) IN \
         (SELECT j.value->>0,j.value->>1,j.value->>2 FROM json_each(?2) j)",
        [Json::str(site), Json::String(rows.to_text())],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_names_files_by_their_hashes_and_by_nothing_else() {
        let hash = "0123456789abcdef".repeat(4);
        let value = format!("{hash} ../../etc x {}", hash.to_uppercase());
        assert_eq!(hashes(&value).collect::<Vec<_>>(), [hash.as_str()]);
        assert_eq!(key("shop", "id", &hash), format!("shop/id/{hash}"));
    }
}
