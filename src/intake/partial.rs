//! What a visitor typed and agreed to be kept before the form was sent.
//!
//! A partial is no lead: it is not judged, goes nowhere, lives for days, and is gone when its lead comes under the same id.

use alloc::string::String;

use super::store::shard;
use crate::{
    time::Millis,
    wire::{
        json::{self, Json},
        step::{Statement, millis},
    },
};

/// Keeps a partial, in place of an earlier one; not where its lead is stored or erased.
pub fn keep(
    site: &str,
    id: &str,
    form: &str,
    item: &Json,
    now: Millis,
    until: Millis,
) -> Statement {
    Statement::new(
        "INSERT INTO partial(site,shard,id,form,received_at,until,item) SELECT ?1,?2,?3,?4,?5,?6,?7 \
         WHERE NOT EXISTS(SELECT 1 FROM lead WHERE site=?1 AND shard=?2 AND id=?3) \
         AND NOT EXISTS(SELECT 1 FROM tombstone WHERE site=?1 AND shard=?2 AND id=?3) \
         ON CONFLICT DO UPDATE SET item=excluded.item,received_at=excluded.received_at",
        [
            Json::str(site),
            Json::uint(shard(id)),
            Json::str(id),
            Json::str(form),
            millis(now),
            millis(until),
            Json::String(item.to_text()),
        ],
    )
}

/// Deletes a partial: its visitor took the consent back, or a person erases it.
pub fn forget(site: &str, id: &str) -> Statement {
    Statement::new(
        "DELETE FROM partial WHERE site=?1 AND shard=?2 AND id=?3",
        [Json::str(site), Json::uint(shard(id)), Json::str(id)],
    )
}

/// Deletes the partials of leads that are stored: rows `[shard, lead, nonce]` go into it as JSON.
pub const COMPLETE: &str = "DELETE FROM partial WHERE site=?1 AND (shard,id) IN (SELECT l.shard,l.id \
FROM json_each(?2) j CROSS JOIN lead l ON l.site=?1 AND l.shard=j.value->>0 AND l.id=j.value->>1 AND l.nonce=j.value->>2)";

/// Deletes what is over, of whatever site.
pub fn sweep(now: Millis) -> Statement {
    Statement::new("DELETE FROM partial WHERE until<?1", [millis(now)])
}

/// The newest partials of one object.
pub fn list(site: &str, now: Millis, limit: u64) -> Statement {
    Statement::new(
        "SELECT id,form,received_at,until,item FROM partial WHERE site=?1 AND until>=?2 ORDER BY received_at DESC LIMIT ?3",
        [Json::str(site), millis(now), Json::uint(limit)],
    )
}

/// A row of [`list`] with its item unfolded.
pub fn read(row: &Json) -> Json {
    let mut row = row.clone();
    let text: String = row.member("item").and_then(Json::as_str).unwrap_or_default().into();
    row.set("item", json::parse(&text).unwrap_or_default());
    row
}
