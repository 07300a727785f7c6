//! How often one address may send what is no lead.

use alloc::{format, string::String};

use super::{head::Head, site::Site, weigh};
use crate::{
    intake::{
        mark::{self, Kind, Mark},
        store::shard,
    },
    time::Millis,
    transfer::Scope,
    wire::{json::Json, signature, step::Effect},
};

/// The span in which requests are counted.
const SPAN: Millis = Millis::from_secs(60);

/// Counts a request; nothing where the platform tells no address that could be counted.
pub fn count(site: &Site, head: &Head, what: &str) -> Option<Effect> {
    let address = weigh::address(site, head);
    let secret = weigh::secret(head);
    if address.is_empty() || secret.is_empty() {
        return None;
    }
    let stretch = head.now.0 / SPAN.0;
    let words = format!("leadkit {what}\n{address}\n{stretch}");
    let name = signature::hex(&signature::keyed(secret.as_bytes(), words.as_bytes()));
    let place: String = name.chars().take(32).collect();
    let until = Millis(stretch.saturating_add(2).saturating_mul(SPAN.0));
    let (key, who) = (format!("u:{place}"), String::new());
    let object = shard(&place) % head.objects;
    let mark = Mark { place, key, who, kind: Kind::Count(1), until };
    let scope = Scope { site: site.id().into(), object, objects: head.objects };
    let statements = mark::statements(site.id(), &[&mark], head.now);
    Some(Effect::Sql { object: scope.name(), statements, wake: None })
}

/// How long the sender waits, where the result of [`count`] says that there were more than `most`.
pub fn over(head: &Head, result: &Json, most: u64) -> Option<Millis> {
    let rows = result.as_array().and_then(<[Json]>::last).unwrap_or(&Json::Null);
    let mine = mark::read(rows, 1).first().map_or(0, |standing| standing.mine);
    (mine > most).then(|| Millis(SPAN.0 - head.now.0 % SPAN.0))
}
