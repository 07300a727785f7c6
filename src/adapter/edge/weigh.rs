//! What `intake::weigh` has to know of a request, and how what it wants is done.

use alloc::{string::String, vec::Vec};

use super::{head::Head, leads::Batch, site::Site};
use crate::{
    config::Setting,
    intake::weigh::{self, Circumstances, Plan},
    time::Millis,
    transfer::{Scope, guard},
    wire::{json::Json, step::Effect},
};

/// The word for this step in states.
pub const AT: &str = "weighed";
/// Who has to come again is spread over this span.
const SPREAD: Millis = Millis::from_secs(30);

/// What was found out about a batch.
#[derive(Clone, Debug, Default)]
pub struct Weighed {
    /// The facts of each lead.
    pub seen: Json,
    /// How long the sender has to wait, where it sends too often.
    pub wait: Option<Millis>,
    /// Whether a provider of checks gave no answer about a token, or work could not be checked.
    pub unanswered: bool,
}

/// What is to be found out about a batch.
pub fn plan(batch: &Batch, head: &Head) -> Plan {
    around(&batch.site, head, |around| weigh::plan(around, &batch.items))
}

/// How suspect the address is that asks for a challenge.
pub fn risk(site: &Site, head: &Head) -> Plan {
    around(site, head, weigh::risk)
}

/// What to do for a plan.
pub fn effects(batch: &Batch, head: &Head, plan: &Plan) -> Vec<Effect> {
    of_site(&batch.site, head, plan)
}

/// What to do for a plan about a site.
pub fn of_site(site: &Site, head: &Head, plan: &Plan) -> Vec<Effect> {
    let name = |object| Scope { site: site.id().into(), object, objects: head.objects }.name();
    plan.effects(site.id(), head.objects, name, private(head), head.now)
}

/// What was found out.
pub fn learn(plan: &Plan, head: &Head, results: &Json) -> Weighed {
    let found = plan.learn(results, head.objects);
    let jitter = head.random().below(SPREAD.0);
    Weighed {
        seen: Json::Array(found.seen),
        wait: found.wait.map(|wait| Millis(wait.0.saturating_add(jitter))),
        unanswered: found.unanswered,
    }
}

/// The secret that everything keyed is made with.
pub fn secret(head: &Head) -> &str {
    head.env("LEADKIT_SECRET").or(head.env("LEADKIT_ADMIN_TOKEN")).unwrap_or_default()
}

fn private(head: &Head) -> bool {
    head.env("LEADKIT_ALLOW_PRIVATE") == Some("1")
}

/// The address of the client if it is public: as the owner's proxy tells it, or as the platform does.
pub fn address<'h>(site: &Site, head: &'h Head) -> &'h str {
    let header = site.config.spam().address_header.as_deref();
    // The last address is the one that the owner's proxy has added; those before it are the client's own words.
    let told = header.map(|name| {
        head.header(name).and_then(|value| value.rsplit(',').next()).unwrap_or_default().trim()
    });
    let address = told.unwrap_or(&head.address);
    if guard::is_public(address) { address } else { "" }
}

fn around<T>(site: &Site, head: &Head, with: impl FnOnce(&Circumstances<'_>) -> T) -> T {
    let value = |setting: &Setting| -> Option<String> {
        match setting {
            Setting::Plain(text) => Some(text.clone()),
            Setting::Env(name) => head.env(name).map(Into::into),
        }
    };
    let allows = |url: &str| guard::allows(url, private(head));
    with(&Circumstances {
        config: &site.config,
        secret: secret(head),
        address: address(site, head),
        no_origin: head.header("origin").is_none() && head.media_type() != "application/json",
        value: &value,
        allows: &allows,
        packs: &super::site::packs(),
        now: head.now,
    })
}
