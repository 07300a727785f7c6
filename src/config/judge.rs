//! From a lead to its verdict: the one way that the browser, the edge and the command line share.

use alloc::vec::Vec;

use alloc::borrow::ToOwned;

use super::{Config, Public};
use crate::{
    abuse::{self, Evidence, Place, SEEN, Spam},
    check::{Known, Packs, email::EmailAnswer},
    form::{Accepted, Form, Kind},
    lead::Lead,
    qualify::{Disposition, Facts, Qualify, Reason, Verdict, Why},
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
    /// What rules saw beside the values and what the client claims.
    pub facts: Json,
    /// What it is worth. Meaningful only where there are no problems.
    pub verdict: Verdict<'c>,
}

impl Public {
    /// Judges a lead by the public rules, as a browser does. `None` if there is no such form.
    pub fn judge(&self, lead: &Lead, known: &Known<'_>, now: Millis) -> Option<Judged<'_>> {
        let form = self.form(&lead.form.name)?;
        Some(judge(form, &self.qualify, lead, known, &Json::Null, &self.site.locale, now))
    }
}

impl Config {
    /// Judges a lead by all rules, as the edge does. `None` if there is no such form.
    ///
    /// `verified` are facts that the edge found out itself, by the names in [`FACTS`](crate::qualify::FACTS), and under
    /// [`SEEN`] what it saw beside the values, with what the owner wants to follow: `{"work":"missing","then":
    /// {"spam.no_work":"review"}}`.
    pub fn judge(
        &self,
        lead: &Lead,
        known: &Known<'_>,
        verified: &Json,
        now: Millis,
    ) -> Option<Judged<'_>> {
        let form = self.public.form(&lead.form.name)?;
        Some(judge(form, &self.qualify, lead, known, verified, &self.public.site.locale, now))
    }
}

impl Public {
    /// Judges a line `{"lead","known","now"}` by the public rules: the verdict, or `null` for what is no lead of a form.
    pub fn judge_line(&self, line: &Json) -> Json {
        let Some((lead, known, now)) = read(line) else { return Json::Null };
        verdict(self.judge(&lead, &Known::from_json(known), now))
    }
}

impl Config {
    /// Judges a line `{"lead","known","verified","now"}` by all rules: the verdict, or `null` for what is no lead of a form.
    pub fn judge_line(&self, line: &Json, packs: &Packs) -> Json {
        let Some((lead, known, now)) = read(line) else { return Json::Null };
        let known = Known::from_json(known).with_packs(packs);
        let verified = line.member("verified").unwrap_or(&Json::Null);
        verdict(self.judge(&lead, &known, verified, now))
    }
}

fn read(line: &Json) -> Option<(Lead, &Json, Millis)> {
    let lead = Lead::from_json(line.member("lead")?).ok()?;
    let now = line.member("now").and_then(Json::as_uint)?;
    Some((lead, line.member("known").unwrap_or(&Json::Null), Millis(now)))
}

fn verdict(judged: Option<Judged<'_>>) -> Json {
    judged.map_or(Json::Null, |judged| judged.verdict.to_json())
}

fn judge<'c>(
    form: &'c Form,
    qualify: &'c Qualify,
    lead: &Lead,
    known: &Known<'_>,
    verified: &Json,
    locale: &str,
    now: Millis,
) -> Judged<'c> {
    let locale = lead.context.member("locale").and_then(Json::as_str).unwrap_or(locale).to_owned();
    let known = Known { locale, email: Some(EmailAnswer::facts), ..known.clone() };
    let accepted = form.accept(&lead.data, &known);
    let mut facts = accepted.facts.clone();
    facts.set("form", Json::str(form.name()));
    let seen = verified.member(SEEN).unwrap_or(&Json::Null);
    let spam = spam(form, lead, &accepted, seen);
    facts.set("spam", spam.to_json());
    for (name, fact) in verified.as_object().unwrap_or_default() {
        if name != SEEN {
            facts.set(name, fact.clone());
        }
    }
    let all = Facts { values: &accepted.values, verified: &facts, claimed: &lead.context };
    let mut verdict = qualify.judge(&all, now);
    follow(&mut verdict, &spam, seen);
    verdict.values = accepted.values.clone();
    verdict.problems.clone_from(&accepted.problems);
    verdict.suggestions.clone_from(&accepted.suggestions);
    Judged { form, accepted, facts, verdict }
}

/// What the owner wants to follow from signs that only the edge sees. It is stricter than the rules, never milder.
fn follow(verdict: &mut Verdict<'_>, spam: &Spam, seen: &Json) {
    let Some(then) = seen.member("then") else { return };
    for sign in &spam.signs {
        let word = then.member(sign.code()).and_then(Json::as_str);
        let known = [Disposition::Review, Disposition::Reject, Disposition::Spam];
        if let Some(one) = known.into_iter().find(|one| Some(one.as_str()) == word) {
            verdict.disposition = verdict.disposition.max(one);
            verdict.reasons.push(Reason { rule: sign.code(), why: Why::Disposition(one) });
        }
    }
}

/// The signs of spam, from what everyone can see of a lead and what the edge saw.
fn spam(form: &Form, lead: &Lead, accepted: &Accepted, seen: &Json) -> Spam {
    let seconds = lead.context.member("time_on_form").and_then(|time| match time {
        Json::Number(text) => text.split('.').next()?.parse().ok(),
        _ => None,
    });
    let trap = lead.data.member(abuse::TRAP).and_then(Json::as_str);
    let texts: Vec<(Place, &str)> = form
        .fields()
        .iter()
        .filter_map(|field| {
            let place = match field.kind() {
                Kind::Name | Kind::Format { format: "company", .. } => Place::Name,
                Kind::Text { .. } => Place::Text,
                Kind::Email
                | Kind::Choice { .. }
                | Kind::Number { .. }
                | Kind::Format { .. }
                | Kind::Checkbox
                | Kind::Consent { .. } => return None,
            };
            Some((place, accepted.values.member(field.name())?.as_str()?))
        })
        .collect();
    abuse::judge(&Evidence { trap, seconds, ..Evidence::read(seen) }, &texts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::json;

    const CONFIG: &str = r#"{
        "site": {"id": "a", "name": "A", "locale": "en", "origins": ["https://a.example"]},
        "forms": {"contact": {"fields": [
            {"name": "who", "type": "name", "label": {"en": "Who"}},
            {"name": "words", "type": "text", "label": {"en": "Words"}, "multiline": true}]}},
        "qualify": {"public": {"filters": [
            {"id": "machine", "disposition": "spam", "when": {">=": [{"var": "spam.points"}, 60]}},
            {"id": "trapped", "disposition": "spam", "when": {"in": ["spam.trap", {"var": "spam.signs"}]}}]}}}"#;

    #[track_caller]
    fn check(data: &str, context: &str, fired: &[&str]) {
        check_seen(data, context, "null", fired);
    }

    #[track_caller]
    fn check_seen(data: &str, context: &str, verified: &str, fired: &[&str]) {
        let config = Config::parse(CONFIG).unwrap();
        let text = [
            r#"{"id":"019a9c5e-7b3c-7c3e-8f00-0123456789ab","at":1,"form":"contact","data":"#,
            data,
            r#","ctx":"#,
            context,
            "}",
        ];
        let lead = Lead::from_json(&json::parse(&text.concat()).unwrap()).unwrap();
        let verified = json::parse(verified).unwrap();
        let judged = config.judge(&lead, &Known::default(), &verified, Millis(2)).unwrap();
        let verdict = judged.verdict.to_json();
        let reasons = verdict.member("reasons").and_then(Json::as_array).unwrap();
        let rules: Vec<_> = reasons.iter().filter_map(|one| one.member("rule")?.as_str()).collect();
        assert_eq!(rules, fired, "{data} {context}");
    }

    #[test]
    fn rules_see_the_signs_of_spam() {
        check(r#"{"who":"Ada","words":"Hello"}"#, r#"{"time_on_form":12}"#, &[]);
        check(r#"{"who":"Ada","words":"<a href=x>"}"#, r#"{"time_on_form":0.4}"#, &["machine"]);
        check(r#"{"who":"Ada","words":"<a href=x>"}"#, "{}", &[]);
        check(r#"{"who":"Ada","lk_homepage":"x"}"#, "{}", &["machine", "trapped"]);
    }

    #[test]
    fn what_the_edge_saw_is_a_sign_and_has_the_consequence_that_the_owner_chose() {
        let data = r#"{"who":"Ada","words":"Hello"}"#;
        let missing = r#"{"seen":{"work":"missing","then":{"spam.no_work":"review","spam.late_work":"spam"}}}"#;
        check_seen(data, "{}", missing, &["machine", "spam.no_work"]);
        check_seen(data, "{}", r#"{"seen":{"work":"missing"}}"#, &["machine"]);
        check_seen(data, "{}", r#"{"seen":{"work":"done","then":{"spam.no_work":"review"}}}"#, &[]);
        let failed = r#"{"seen":{"check":"failed","then":{"spam.check_failed":"drop"}}}"#;
        check_seen(data, "{}", failed, &["machine"]);
    }
}
