//! What all conversions have in common: which event a delivery is, when it happened and what it is worth.

use alloc::{format, string::String};

use super::Job;
use crate::{lead::Operation, time::Millis, wire::json::Json};

/// The word in `events` for a lead that came.
const LEAD: &str = "lead";
/// Why a lead is not told: nobody said which event it is.
pub(super) const UNMAPPED: &str = "event_unmapped";
/// Why a lead is not told: the platform takes no event that is so old.
pub(super) const TOO_OLD: &str = "too_old";
/// Why a lead is not told: nothing in it tells the platform who it is.
pub(super) const NOBODY: &str = "identifier_missing";

/// An event that a platform is told of.
pub(super) struct Conversion {
    /// The same for every attempt, and for the browser: the id of the lead, with the name of a stage.
    pub id: String,
    /// The time.
    pub at: Millis,
    /// What `events` says for it: the name of an event or the id of a conversion.
    pub named: Option<String>,
    /// The name of the stage; none for a lead that came.
    pub stage: Option<String>,
    /// The value and its currency.
    pub worth: Option<(Json, String)>,
}

impl Conversion {
    pub(super) fn of(job: &Job<'_>) -> Self {
        let lead = job.word("id");
        let stage = match job.operation() {
            Operation::Stage(name) => Some(name),
            Operation::Lead | Operation::Remove => None,
        };
        let row = job.stage();
        let events = job.settings.member("events");
        let entry = |key: &str| events?.member(key)?.as_str().map(String::from);
        let kind = row.and_then(|row| row.member("stage")).and_then(Json::as_str);
        let worth = row.and_then(|row| row.member("worth")).and_then(|worth| {
            let currency = worth.member("currency")?.as_str()?;
            Some((worth.member("value")?.clone(), String::from(currency)))
        });
        Self {
            id: stage.map_or_else(|| String::from(lead), |stage| format!("{lead}:{stage}")),
            at: job.event().1,
            named: stage.map_or_else(|| entry(LEAD), |stage| entry(stage).or_else(|| entry(kind?))),
            stage: stage.map(String::from),
            worth,
        }
    }

    /// Whether it happened longer ago than this.
    pub(super) fn is_older(&self, job: &Job<'_>, days: u64) -> bool {
        job.around.now.saturating_sub(self.at) > Millis::from_secs(days * 86_400)
    }
}

/// The page that the lead came from, without its query.
pub(super) fn page<'a>(job: &Job<'a>) -> Option<&'a str> {
    let context = job.view.member("context")?;
    let named = ["page_url", "page", "url"].iter().find_map(|name| context.member(name)?.as_str());
    named
        .map(|url| url.split(['?', '#']).next().unwrap_or_default())
        .filter(|url| url.starts_with("http"))
}
