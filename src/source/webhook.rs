//! Any system that signs by Standard Webhooks 1.0.0 (`v1`), also under the header names of Svix.
//!
//! Settings: `secret`, `previous_secret`; `map` over the body. The id is `webhook-id`, which is the same for every attempt; a
//! signature older or newer than five minutes is refused. Values are those of `data`, or of the whole body.

use alloc::{string::String, vec::Vec};

use super::{Arrival, Incoming, Refusal, Source, Taken};
use crate::{
    time::Millis,
    wire::{json::Json, signature},
};

/// How far the clocks may be apart.
const TOLERANCE: Millis = Millis::from_secs(300);

pub(super) fn take(source: &Source<'_>, incoming: &Incoming<'_>) -> Result<Taken, Refusal> {
    if incoming.method != "POST" {
        return Err(Refusal::Method);
    }
    let id = signed(source, incoming)?;
    let body = incoming.json()?;
    let data = body.member("data").filter(|data| data.as_object().is_some()).unwrap_or(&body);
    let arrival = Arrival {
        id,
        at: None,
        named: data.as_object().unwrap_or_default().to_vec(),
        facts: Json::Object(Vec::new()),
        test: body.member("test") == Some(&Json::Bool(true)),
        data: body,
    };
    Ok(Taken::Leads(Vec::from([arrival])))
}

/// The id of the message, if one of its signatures is right.
fn signed(source: &Source<'_>, incoming: &Incoming<'_>) -> Result<String, Refusal> {
    let header = |name: &str| {
        let [own, svix] = ["webhook-", "svix-"].map(|prefix| [prefix, name].concat());
        incoming.header(&own).or_else(|| incoming.header(&svix)).ok_or(Refusal::Signature)
    };
    let (id, timestamp, signatures) = (header("id")?, header("timestamp")?, header("signature")?);
    let secs: u64 = timestamp.parse().map_err(|_| Refusal::Signature)?;
    let at = Millis::from_secs(secs);
    let apart = at.saturating_sub(incoming.now).max(incoming.now.saturating_sub(at));
    if id.is_empty() || apart > TOLERANCE {
        return Err(Refusal::Signature);
    }
    let secrets = [Some(source.needed("secret")?), source.setting("previous_secret")?];
    for secret in secrets.into_iter().flatten() {
        let expected =
            signature::webhook(&secret, id, secs, incoming.body).ok_or(Refusal::Unready)?;
        // A timestamp with a sign or zeros before it would be signed in another form.
        if signatures.split(' ').any(|given| signature::same(given, &expected)) {
            return Ok(id.into());
        }
    }
    Err(Refusal::Signature)
}
