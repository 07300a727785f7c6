//! What a configuration makes of a lead: kept with its deliveries, or refused with a code.
//!
//! A lead is validated under the version of the form that it names, so that a cached page or a kiosk with last week's form
//! still works. A version that nobody knows counts as the current one: it is better to keep a lead than to be right.

use alloc::{borrow::ToOwned, boxed::Box, string::String, vec::Vec};

use super::{
    file, person,
    store::{Beginning, Fate, Item, Kept},
    weigh::is_token,
};
use crate::{
    abuse::{SEEN, TRAP},
    attribution,
    check::Known,
    config::{CUSTOMER, Config, Judged},
    form::{Accepted, Form, Kind},
    lead::{FormRef, Lead, LeadId, Stage},
    report::DropReason,
    rule::Limits,
    time::Millis,
    wire::{envelope, json::Json, signature},
};

/// The longest span between capture and sending that is believed.
const OLDEST: Millis = Millis::from_secs(30 * 86_400);

/// Configurations that may judge: the current one, and earlier ones by form and version.
#[derive(Clone, Debug)]
pub struct Library<'a> {
    /// The configuration in force.
    pub current: &'a Config,
    /// Earlier configurations by the name and version of a form that they have.
    pub earlier: Vec<(FormRef, &'a Config)>,
}

impl<'a> Library<'a> {
    /// Whether the version is that of the current configuration.
    pub fn is_current(&self, form: &FormRef) -> bool {
        form.version.is_none() || self.current.form_version(&form.name) == form.version
    }

    fn config(&self, form: &FormRef) -> &'a Config {
        let earlier = self.earlier.iter().find(|(known, _)| known == form);
        match earlier {
            Some((_, config)) if !self.is_current(form) => config,
            _ => self.current,
        }
    }
}

/// The times of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    /// When the edge received it.
    pub now: Millis,
    /// When the client sent it, by its own clock.
    pub sent_at: Option<Millis>,
}

impl Times {
    /// When something happened by the clock of the edge: as long before the receipt as it lay at the client.
    fn occurred(self, at: Millis) -> Millis {
        let lay = self.sent_at.map_or(Millis(0), |sent| sent.saturating_sub(at).min(OLDEST));
        self.now.saturating_sub(lay)
    }
}

/// Judges one item of a batch. `seen` is what [`weigh`](super::weigh) found out about it. Hosts that the platform has to
/// tell first are added to `wanted`.
pub fn judge(
    mut item: Json,
    library: &Library<'_>,
    known: &Known<'_>,
    seen: &Json,
    times: Times,
    wanted: &mut Vec<String>,
) -> Item {
    let mut id = item.member("id").and_then(Json::as_str).unwrap_or_default().to_owned();
    // Some systems write UUIDs in capitals; it is the same lead.
    if let Ok(parsed) = id.parse::<LeadId>() {
        id = parsed.to_text();
        item.set("id", Json::str(&id));
    }
    let hash = envelope::payload_hash(&item);
    let refuse = |code: &str, field: Option<&str>| Fate::Refuse {
        code: code.to_owned(),
        field: field.map(ToOwned::to_owned),
    };
    let fate = match Lead::from_json(&item) {
        Err(member) => refuse(fault_of(member), None),
        Ok(mut lead) => {
            if let Some(tidy) = attribution::tidy(&lead.context) {
                lead.context = tidy;
            }
            let config = library.config(&lead.form);
            let mut verified = Json::object([(SEEN, seen.clone())]);
            if let Some(known) = seen.member(CUSTOMER) {
                verified.set(CUSTOMER, known.clone());
            }
            match config.judge(&lead, known, &verified, times.now) {
                None => refuse("form.unknown", None),
                Some(judged) => {
                    wanted.extend(judged.accepted.wanted.iter().cloned());
                    match judged.accepted.problems.first() {
                        Some(problem) => refuse(problem.code, Some(&problem.field)),
                        None => Fate::Keep(Box::new(keep(&lead, config, judged, seen, times))),
                    }
                }
            }
        }
    };
    Item { id, hash, raw: item, fate }
}

fn fault_of(member: &str) -> &'static str {
    match member {
        "id" => "id.invalid",
        "at" => "at.invalid",
        "form" => "form.unknown",
        "data" => "data.invalid",
        "ctx" => "ctx.invalid",
        _ => "consent.invalid",
    }
}

fn keep(lead: &Lead, config: &Config, judged: Judged<'_>, seen: &Json, times: Times) -> Kept {
    let Judged { form, mut accepted, facts, verdict } = judged;
    // What a script reads from a form holds the empty trap; a post without a script leaves it out, and says the same.
    let empty_trap = |name: &str, value: &Json| name == TRAP && value.as_str() == Some("");
    accepted.unknown.retain(|(name, value)| !is_token(name) && !empty_trap(name, value));
    let consent = consent(lead, form, &accepted, &config.public().site().locale);
    let verdict = verdict.to_json();
    let shown = |wanted: fn(&Kind) -> bool| {
        let field = form.fields().iter().find(|field| wanted(field.kind()))?;
        accepted.values.member(field.name())?.as_str().map(ToOwned::to_owned)
    };
    let version =
        FormRef { name: form.name().to_owned(), version: config.form_version(form.name()) };
    Kept {
        form: version.to_text(),
        claimed: (Some(lead.at), times.sent_at),
        occurred_at: times.occurred(lead.at),
        config: config.hash().to_owned(),
        rules: config.rules_hash().to_owned(),
        deliveries: deliveries(config, lead, &accepted, &verdict, &consent),
        shown: (
            shown(|kind| matches!(kind, Kind::Name)),
            shown(|kind| matches!(kind, Kind::Email)),
        ),
        handles: person::handles(form, &accepted.values),
        unknown: Json::Object(accepted.unknown),
        verdict,
        consent,
        context: lead.context.clone(),
        seen: seen.clone(),
        facts,
        files: form
            .fields()
            .iter()
            .filter(|field| matches!(field.kind(), Kind::Format { format: "file", .. }))
            .filter_map(|field| accepted.values.member(field.name())?.as_str())
            .flat_map(file::hashes)
            .map(ToOwned::to_owned)
            .collect(),
        begun: form.partial().is_some(),
        values: accepted.values,
        receipt: Json::Null,
    }
}

/// One entry per purpose. What a consent field of the form says counts; a purpose without a field is as the client claims.
///
/// A field is kept with the hash of the words that were shown, in the language that the page told.
fn consent(lead: &Lead, form: &Form, accepted: &Accepted, site: &str) -> Json {
    let locale = lead.context.member("locale").and_then(Json::as_str).unwrap_or(site);
    let mut out = Vec::new();
    let mut asked = Vec::new();
    for field in form.fields() {
        if let Kind::Consent { purpose, text } = field.kind() {
            let given = accepted.values.member(field.name()) == Some(&Json::Bool(true));
            asked.push(purpose.as_str());
            out.push(Json::object([
                ("purpose", Json::str(purpose)),
                ("given", Json::Bool(given)),
                ("field", Json::str(field.name())),
                ("at", Json::uint(lead.at.0)),
                (
                    "text_sha256",
                    Json::String(signature::hex(&signature::digest(text.pick(locale).as_bytes()))),
                ),
            ]));
        }
    }
    for (purpose, claim) in lead.consent.as_object().unwrap_or_default() {
        if !asked.contains(&purpose.as_str()) {
            let given = claim.member("given").unwrap_or(claim) == &Json::Bool(true);
            out.push(Json::object([
                ("purpose", Json::str(purpose)),
                ("given", Json::Bool(given)),
                ("claim", claim.clone()),
            ]));
        }
    }
    Json::Array(out)
}

/// What the visitor agreed to, as conditions see it: an object from purposes to yes or no.
pub(super) fn purposes(consent: &Json) -> Json {
    let mut out = Json::Object(Vec::new());
    for record in consent.as_array().unwrap_or_default() {
        let purpose = record.member("purpose").and_then(Json::as_str).unwrap_or_default();
        out.set(purpose, record.member("given").cloned().unwrap_or_default());
    }
    out
}

/// The destinations whose condition holds. A lead for review waits there for a person. One whose purpose the visitor did not
/// agree to, or that is a test, is recorded as dead, so that the list of deliveries tells why nothing went there. A condition
/// that cannot be decided does not hold back a lead.
fn deliveries(
    config: &Config,
    lead: &Lead,
    accepted: &Accepted,
    verdict: &Json,
    consent: &Json,
) -> Vec<(String, Beginning)> {
    let disposition = verdict.member("disposition").and_then(Json::as_str);
    if !matches!(disposition, Some("accept" | "review")) {
        return Vec::new();
    }
    let mut data = accepted.facts.clone();
    data.set("values", accepted.values.clone());
    data.set("verdict", verdict.clone());
    data.set("consent", purposes(consent));
    data.set("stage", Json::str(Stage::default().code()));
    let given = |purpose: &str| {
        consent.as_array().unwrap_or_default().iter().any(|entry| {
            entry.member("purpose").and_then(Json::as_str) == Some(purpose)
                && entry.member("given") == Some(&Json::Bool(true))
        })
    };
    let wanted = config.destinations().iter().filter(|destination| {
        destination.on_lead
            && destination.tells(&["lead"])
            && destination
                .when
                .as_ref()
                .is_none_or(|rule| rule.holds(&data, &Limits::default()).unwrap_or(true))
    });
    wanted
        .map(|destination| {
            let allowed = destination.purpose.as_deref().is_none_or(given);
            let test = lead.context.member("test") == Some(&Json::Bool(true));
            let beginning = match (allowed, disposition) {
                _ if test => Beginning::Dead(DropReason::TestLead),
                (false, _) => Beginning::Dead(DropReason::ConsentMissing),
                (true, Some("review")) => Beginning::Review,
                (true, _) => Beginning::Due,
            };
            (destination.name.clone(), beginning)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::json;
    use alloc::vec;

    const CONFIG: &str = r#"{"site":{"id":"shop"},"forms":{"contact":{"fields":[
        {"name":"full_name","type":"name"},{"name":"email","type":"email","required":true},
        {"name":"ok","type":"consent","purpose":"contact","text":{"en":"Yes"}}]}},
        "destinations":{"crm":{"type":"webhook","url":"https://crm.example.com/"},
        "mail":{"type":"webhook","url":"https://m.example.com/","purpose":"contact"},
        "women":{"type":"webhook","url":"https://w.example.com/","when":{"and":[{"==":[{"var":"values.full_name"},"Ada"]},{"var":"consent.contact"}]}}}}"#;

    #[track_caller]
    fn judged(item: &str) -> Fate {
        let config = Config::parse(CONFIG).unwrap();
        let library = Library { current: &config, earlier: Vec::new() };
        let times = Times { now: Millis(10_000), sent_at: Some(Millis(5000)) };
        judge(
            json::parse(item).unwrap(),
            &library,
            &Known::default(),
            &Json::Null,
            times,
            &mut Vec::new(),
        )
        .fate
    }

    fn item(form: &str, data: &str) -> String {
        alloc::format!(
            r#"{{"id":"017f22e2-79b0-7cc3-98c4-dc0c0c07398f","at":3000,"form":"{form}","data":{data}}}"#
        )
    }

    #[track_caller]
    fn refused(item: &str, code: &str, field: Option<&str>) {
        let fate = Fate::Refuse { code: code.into(), field: field.map(Into::into) };
        assert_eq!(judged(item), fate);
    }

    #[track_caller]
    fn kept(item: &str) -> Kept {
        match judged(item) {
            Fate::Keep(kept) => *kept,
            other @ Fate::Refuse { .. } => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_lead_is_kept_with_its_times_and_what_was_unknown() {
        let kept =
            kept(&item("contact", r#"{"full_name":"Ada","email":"a@b.example","x":1,"ok":true}"#));
        assert_eq!((kept.claimed.0, kept.occurred_at), (Some(Millis(3000)), Millis(8000)));
        assert_eq!(kept.unknown.to_text(), r#"{"x":1}"#);
        assert_eq!(kept.shown, (Some("Ada".into()), Some("a@b.example".into())));
        assert!(kept.form.starts_with("contact@"));
        assert_eq!(
            kept.deliveries,
            vec![
                ("crm".into(), Beginning::Due),
                ("mail".into(), Beginning::Due),
                ("women".into(), Beginning::Due)
            ]
        );
    }

    #[test]
    fn without_consent_a_destination_is_dead_from_the_start_and_says_why() {
        let kept = kept(&item("contact", r#"{"email":"a@b.example"}"#));
        assert_eq!(
            kept.deliveries,
            vec![
                ("crm".into(), Beginning::Due),
                ("mail".into(), Beginning::Dead(DropReason::ConsentMissing))
            ]
        );
        assert_eq!(
            kept.consent.to_text(),
            r#"[{"purpose":"contact","given":false,"field":"ok","at":3000,"text_sha256":"85a39ab345d672ff8ca9b9c6876f3adcacf45ee7c1e2dbd2408fd338bd55e07e"}]"#
        );
    }

    #[test]
    fn what_is_wrong_is_refused_with_a_code_and_its_field() {
        refused(&item("contact", r#"{"email":"nonsense"}"#), "email.syntax", Some("email"));
        refused(&item("contact", "{}"), "required", Some("email"));
        refused(&item("other", "{}"), "form.unknown", None);
        refused(r#"{"id":"1"}"#, "id.invalid", None);
        refused("7", "id.invalid", None);
        refused(&item("contact", "7"), "data.invalid", None);
    }

    #[test]
    fn an_unknown_version_counts_as_the_current_one() {
        let kept = kept(&item("contact@00000000", r#"{"email":"a@b.example"}"#));
        assert!(kept.form.starts_with("contact@") && kept.form != "contact@00000000");
    }

    #[test]
    fn a_clock_in_the_future_does_not_count() {
        let times = Times { now: Millis(10_000), sent_at: Some(Millis(5000)) };
        assert_eq!(times.occurred(Millis(7000)), Millis(10_000));
        let late = Times {
            now: OLDEST.saturating_add(OLDEST),
            sent_at: Some(OLDEST.saturating_add(OLDEST)),
        };
        assert_eq!(late.occurred(Millis(0)), OLDEST);
    }
}
