//! Any system that signs its body with HMAC-SHA-256 in a header of its own.
//!
//! Settings: `secret`, `header` (such as `X-Signature`), `prefix` before the signature (such as `sha256=`), `encoding` (`hex` or
//! `base64`), `id`: where in the body the id of the lead stands, such as `entry.id`; `map` over the body.

use alloc::{string::String, vec::Vec};

use super::{Arrival, Incoming, Refusal, Source, Taken, identifier};
use crate::wire::{json::Json, signature};

pub(super) fn take(source: &Source<'_>, incoming: &Incoming<'_>) -> Result<Taken, Refusal> {
    if incoming.method != "POST" {
        return Err(Refusal::Method);
    }
    let name = source.needed("header")?.to_ascii_lowercase();
    let given = incoming.header(&name).ok_or(Refusal::Signature)?;
    let given =
        given.strip_prefix(source.text("prefix").unwrap_or_default()).ok_or(Refusal::Signature)?;
    let mac = signature::keyed(source.needed("secret")?.as_bytes(), incoming.body);
    let mut expected = String::new();
    if source.text("encoding") == Some("base64") {
        signature::encode(&mac, &mut expected);
    } else {
        expected = signature::hex(&mac);
    }
    if !signature::same(given, &expected) {
        return Err(Refusal::Signature);
    }
    let body = incoming.json()?;
    let path = source.text("id").ok_or(Refusal::Unready)?;
    let id = path.split('.').try_fold(&body, Json::member);
    let arrival = Arrival {
        id: identifier(id).ok_or(Refusal::Unreadable)?,
        at: None,
        named: body.as_object().unwrap_or_default().to_vec(),
        facts: Json::Object(Vec::new()),
        test: false,
        data: body,
    };
    Ok(Taken::Leads(Vec::from([arrival])))
}
