//! Google Ads, lead forms with a webhook.
//!
//! Contract: developers.google.com/google-ads/webhook/docs/implementation; that 5xx is tried again is from memory. There is no
//! signature: `google_key` in the body is all that shows where it comes from, so the address should be hard to guess too.
//! Settings: `key`; `map` over the body. The names of the columns are those of `column_id`. A test (`is_test`) is marked.

use alloc::{string::String, vec::Vec};

use super::{Arrival, Incoming, Refusal, Source, Taken, identifier, identifiers};
use crate::wire::{json::Json, signature};

pub(super) fn take(source: &Source<'_>, incoming: &Incoming<'_>) -> Result<Taken, Refusal> {
    if incoming.method != "POST" {
        return Err(Refusal::Method);
    }
    let body = incoming.json()?;
    let given = body.member("google_key").and_then(Json::as_str).unwrap_or_default();
    if !signature::same(given, &source.needed("key")?) {
        return Err(Refusal::Signature);
    }
    let columns =
        body.member("user_column_data").and_then(Json::as_array).ok_or(Refusal::Unreadable)?;
    let column = |column: &Json| -> Option<(String, Json)> {
        let name = column.member("column_id").or_else(|| column.member("column_name"))?;
        Some((name.as_str()?.into(), column.member("string_value")?.clone()))
    };
    let named: Vec<_> = columns.iter().filter_map(column).collect();
    let mut data = body.clone();
    data.set("columns", Json::Object(named.clone()));
    let facts = identifiers(
        &body,
        &["form_id", "campaign_id", "adgroup_id", "creative_id", "asset_group_id", "gcl_id"],
    );
    let arrival = Arrival {
        id: identifier(body.member("lead_id")).ok_or(Refusal::Unreadable)?,
        at: None,
        named,
        data,
        facts,
        test: body.member("is_test") == Some(&Json::Bool(true)),
    };
    Ok(Taken::Leads(Vec::from([arrival])))
}
