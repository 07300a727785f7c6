//! `GET /v1/challenge/{site}/{form}`: a challenge of proof of work in the format of ALTCHA.
//!
//! Nothing is stored for a challenge: it is signed, and known again by its signature. Only where the address of the client
//! is known, what came from there makes it harder.

use super::{head::Head, site::Sites, weigh};
use crate::{
    intake::{challenge, weigh::work_key},
    time::Millis,
    wire::{
        envelope::Fault,
        json::Json,
        step::{Response, Step},
    },
};

/// The word for this route in states.
pub const ROUTE: &str = "challenge";
/// How soon to ask again where no secret is set: not before a person has looked at it.
const NO_SECRET: Millis = Millis::from_secs(3600);

/// The first step.
pub fn get(sites: &Sites, head: &Head, site: &str, form: &str) -> Result<Step, Fault> {
    let found = sites.site(site)?;
    if !found.allows(head) {
        return Err(Fault::Origin);
    }
    if found.config.spam().work_of(form).is_none() {
        return Err(Fault::Form);
    }
    if weigh::secret(head).is_empty() {
        return Err(Fault::Unavailable(NO_SECRET));
    }
    let plan = weigh::risk(&found, head);
    if plan.is_idle() {
        return answer(sites, head, &Json::Null);
    }
    let effects = weigh::of_site(&found, head, &plan);
    Ok(Step::Do { effects, state: Json::object([("route", Json::str(ROUTE))]) })
}

/// The step after the one that asked about the address.
pub fn resume(sites: &Sites, head: &Head, results: &Json) -> Result<Step, Fault> {
    answer(sites, head, results)
}

fn answer(sites: &Sites, head: &Head, results: &Json) -> Result<Step, Fault> {
    let mut parts = head.path.split('/').skip(3);
    let (site, form) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let found = sites.site(site)?;
    let work = found.config.spam().work_of(form).ok_or(Fault::Form)?;
    let suspicion =
        weigh::risk(&found, head).suspicion(results, head.objects).map_err(Fault::TooOften)?;
    let key = work_key(weigh::secret(head), site, form);
    let made = challenge::make(work, &key, suspicion, &head.entropy, head.now);
    Ok(Step::answer(Response::json(200, &made).with("cache-control", "no-store")))
}
