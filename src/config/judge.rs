//! From a lead to its verdict: the one way that the browser, the edge and the command line share.

use super::{Config, Public};
use crate::{
    check::Known,
    form::{Accepted, Form},
    lead::Lead,
    qualify::{Facts, Qualify, Verdict},
    time::Millis,
    wire::json::Json,
};

/// What a configuration makes of a lead.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged<'c> {
    /// The form that judged it.
    pub form: &'c Form,
    /// Its values with their problems.
    pub accepted: Accepted,
    /// What it is worth. Meaningful only where there are no problems.
    pub verdict: Verdict<'c>,
}

impl Public {
    /// Judges a lead by the public rules, as a browser does. `None` if there is no such form.
    pub fn judge(&self, lead: &Lead, known: &Known<'_>, now: Millis) -> Option<Judged<'_>> {
        let form = self.form(&lead.form.name)?;
        Some(judge(form, &self.qualify, lead, known, &Json::Null, now))
    }
}

impl Config {
    /// Judges a lead by all rules, as the edge does. `None` if there is no such form.
    ///
    /// `verified` are facts that the edge found out itself, by the names in [`FACTS`](crate::qualify::FACTS).
    pub fn judge(
        &self,
        lead: &Lead,
        known: &Known<'_>,
        verified: &Json,
        now: Millis,
    ) -> Option<Judged<'_>> {
        let form = self.public.form(&lead.form.name)?;
        Some(judge(form, &self.qualify, lead, known, verified, now))
    }
}

fn judge<'c>(
    form: &'c Form,
    qualify: &'c Qualify,
    lead: &Lead,
    known: &Known<'_>,
    verified: &Json,
    now: Millis,
) -> Judged<'c> {
    let accepted = form.accept(&lead.data, known);
    let mut facts = accepted.facts.clone();
    facts.set("form", Json::str(form.name()));
    for (name, fact) in verified.as_object().unwrap_or_default() {
        facts.set(name, fact.clone());
    }
    let facts = Facts { values: &accepted.values, verified: &facts, claimed: &lead.context };
    let mut verdict = qualify.judge(&facts, now);
    verdict.values = accepted.values.clone();
    verdict.problems.clone_from(&accepted.problems);
    verdict.suggestions.clone_from(&accepted.suggestions);
    Judged { form, accepted, verdict }
}
