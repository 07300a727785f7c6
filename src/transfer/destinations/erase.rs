//! Asks a destination to erase a person: one request, for the kinds whose interface can do it at once.
//!
//! | kind | request | contract |
//! | --- | --- | --- |
//! | `webhook`, `cloudevents` | the event `lead.erased` with the id of the lead | ours |
//! | `hubspot` | `POST /crm/v3/objects/contacts/gdpr-delete` | the published OpenAPI file of HubSpot's contacts |
//! | `brevo` | `DELETE /v3/contacts/{email}` | getbrevo/brevo-node |
//! | `mailchimp` | `POST /3.0/lists/{list}/members/{hash}/actions/delete-permanent` | mailchimp/mailchimp-marketing-node |
//! | `meta_audience`, `google_audience`, `linkedin_audience` | the removal of a member, by the address | that of the kind |
//!
//! All others keep what they were sent until a person erases it there.

use alloc::{format, string::String, vec::Vec};

use super::{
    Job, Surroundings, Unready,
    ads::{self, Platform},
    encoded, guard,
};
use crate::{
    form::Form,
    lead::Operation,
    time::Millis,
    transfer::sign,
    wire::{
        answer::{Meaning, meaning},
        json::Json,
        step::Request,
    },
};

/// The event that tells a receiver of webhooks.
const EVENT: &str = "lead.erased";
/// The kinds that can erase.
const KINDS: &[&str] = &[
    "webhook",
    "cloudevents",
    "hubspot",
    "brevo",
    "mailchimp",
    "meta_audience",
    "google_audience",
    "linkedin_audience",
];

/// Whether a kind can be asked to erase.
pub fn can(kind: &str) -> bool {
    KINDS.contains(&kind)
}

/// Whether a kind finds whom it is to erase by the e-mail address.
pub fn by_email(kind: &str) -> bool {
    can(kind) && !["webhook", "cloudevents"].contains(&kind)
}

/// Whom a destination is to erase.
#[derive(Clone, Copy, Debug)]
pub struct Erasure<'a> {
    /// The kind of the destination.
    pub kind: &'a str,
    /// Its settings.
    pub settings: &'a Json,
    /// The site.
    pub site: &'a str,
    /// The id of the lead.
    pub lead: &'a str,
    /// The name of the destination.
    pub destination: &'a str,
    /// The e-mail address, where it needs one.
    pub email: &'a str,
    /// When the erasure began; the same for every attempt.
    pub at: Millis,
}

/// The request; `None` where there is nobody to erase, as without an address.
///
/// # Errors
/// Why no request can be made.
pub fn request(
    erasure: &Erasure<'_>,
    around: &Surroundings<'_>,
) -> Result<Option<Request>, Unready> {
    let Erasure { kind, settings, site, lead, destination, email, at } = *erasure;
    let key = format!("{lead}:{destination}:erased");
    let view = Json::object([("id", Json::str(lead)), ("site", Json::str(site))]);
    let forms: Vec<Form> = Vec::new();
    let job = Job {
        kind,
        settings,
        key: &key,
        lead: &Json::Null,
        view: &view,
        received_at: at,
        forms: &forms,
        around,
        access: None,
    };
    let request = match kind {
        "webhook" => Some(webhook(&job)?),
        "cloudevents" => Some(cloudevents(&job)?),
        _ if email.is_empty() => None,
        "hubspot" => Some(hubspot(&job, email)?),
        "brevo" => Some(brevo(&job, email)?),
        "mailchimp" => Some(mailchimp(&job, email)?),
        kind => match ads::platform(kind) {
            Some(platform) => member(&job, email, &platform)?,
            None => return Err(Unready::Setting),
        },
    };
    match &request {
        Some(request) if !guard::allows(&request.url, around.private()) => Err(Unready::Address),
        _ => Ok(request),
    }
}

/// What the status means: who is not there is erased.
pub fn judge(status: u16) -> Meaning {
    if status == 404 { Meaning::Done } else { meaning(status) }
}

fn data(job: &Job<'_>) -> Json {
    Json::object([("id", Json::str(job.word("id")))])
}

fn webhook(job: &Job<'_>) -> Result<Request, Unready> {
    let body = Json::object([
        ("type", Json::str(EVENT)),
        ("timestamp", Json::String(job.received_at.to_iso8601())),
        ("data", data(job)),
    ]);
    let mut request = job.send("POST", job.needed("url")?, [].into(), &body);
    job.sign(&mut request)?;
    Ok(request)
}

/// Always structured: a receiver takes both modes (CloudEvents over HTTP, section 3).
fn cloudevents(job: &Job<'_>) -> Result<Request, Unready> {
    let source =
        job.text("source").map_or_else(|| format!("/leadkit/{}", job.word("site")), Into::into);
    let body = Json::object([
        ("specversion", Json::str("1.0")),
        ("id", Json::str(job.key)),
        ("source", Json::String(source)),
        ("type", Json::str(EVENT)),
        ("subject", Json::str(job.word("id"))),
        ("time", Json::String(job.received_at.to_iso8601())),
        ("datacontenttype", Json::str("application/json")),
        ("data", data(job)),
    ]);
    let kind = "application/cloudevents+json; charset=utf-8";
    let mut request = job.send_text("POST", job.needed("url")?, Vec::new(), kind, body.to_text());
    job.sign(&mut request)?;
    Ok(request)
}

fn hubspot(job: &Job<'_>, email: &str) -> Result<Request, Unready> {
    let url =
        format!("{}/crm/v3/objects/contacts/gdpr-delete", job.base("https://api.hubapi.com")?);
    let body = Json::object([("idProperty", Json::str("email")), ("objectId", Json::str(email))]);
    let token = job.needed("token")?;
    Ok(job.send("POST", url, [("authorization", format!("Bearer {token}"))].into(), &body))
}

fn brevo(job: &Job<'_>, email: &str) -> Result<Request, Unready> {
    let base = job.base("https://api.brevo.com")?;
    let headers = [("api-key", job.needed("token")?), ("accept", "application/json".into())];
    let url = format!("{base}/v3/contacts/{}", encoded(email));
    Ok(job.send_text("DELETE", url, headers.into(), "application/json", String::new()))
}

/// Takes a member out of an audience: whoever has no such identifier was never in it.
fn member(job: &Job<'_>, email: &str, platform: &Platform) -> Result<Option<Request>, Unready> {
    let lane = Operation::Remove.lane(job.key.split(':').nth(1).unwrap_or_default());
    let key = format!("{}:{lane}", job.word("id"));
    let mut view = job.view.clone();
    view.set("contact", Json::object([("email", Json::str(email))]));
    let job = Job { key: &key, view: &view, ..*job };
    let Ok(item) = (platform.item)(&job) else { return Ok(None) };
    (platform.request)(&job, Json::array([item])).map(Some)
}

fn mailchimp(job: &Job<'_>, email: &str) -> Result<Request, Unready> {
    let (token, list) = (job.needed("token")?, job.needed("list")?);
    let centre = token.rsplit_once('-').map(|(_, centre)| centre).unwrap_or_default();
    let safe = !centre.is_empty() && centre.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if !safe && job.settings.member("url").is_none() {
        return Err(Unready::Setting);
    }
    let base = job.base(&format!("https://{centre}.api.mailchimp.com"))?;
    let member = sign::md5_hex(&email.chars().flat_map(char::to_lowercase).collect::<String>());
    let url = format!("{base}/3.0/lists/{list}/members/{member}/actions/delete-permanent");
    let headers = [("authorization", sign::basic("leadkit", &token))];
    Ok(job.send_text("POST", url, headers.into(), "application/json", String::new()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::json;

    #[track_caller]
    fn asked(kind: &str, settings: &str, email: &str) -> Option<(String, String)> {
        let env = json::parse(r#"{"T":"key-us6"}"#).unwrap();
        let around = Surroundings { env: &env, now: Millis(5) };
        let settings = json::parse(settings).unwrap();
        let erasure = Erasure {
            kind,
            settings: &settings,
            site: "shop",
            lead: "l1",
            destination: "crm",
            email,
            at: Millis(0),
        };
        let request = request(&erasure, &around).unwrap()?;
        Some((format!("{} {}", request.method, request.url), request.body))
    }

    #[test]
    fn each_kind_that_can_is_asked_in_its_own_way() {
        let token = r#"{"token":{"env":"T"},"list":"a1"}"#;
        let (line, body) = asked("hubspot", token, "ada@example.com").unwrap();
        assert_eq!(line, "POST https://api.hubapi.com/crm/v3/objects/contacts/gdpr-delete");
        assert_eq!(body, r#"{"idProperty":"email","objectId":"ada@example.com"}"#);
        let (line, _) = asked("brevo", token, "ada+x@example.com").unwrap();
        assert_eq!(line, "DELETE https://api.brevo.com/v3/contacts/ada%2Bx%40example.com");
        let (line, _) = asked("mailchimp", token, "Ada@example.com").unwrap();
        assert_eq!(
            line,
            "POST https://us6.api.mailchimp.com/3.0/lists/a1/members/3e3417d7ef77d5932a6734b916515ed5/actions/delete-permanent"
        );
        let url = r#"{"url":"https://hooks.example.com/a"}"#;
        let (_, body) = asked("webhook", url, "").unwrap();
        assert_eq!(
            body,
            r#"{"type":"lead.erased","timestamp":"1970-01-01T00:00:00.000Z","data":{"id":"l1"}}"#
        );
        let audience = r#"{"token":{"env":"T"},"audience":"7","account":"1"}"#;
        let (line, body) = asked("meta_audience", audience, "Ada@example.com").unwrap();
        assert_eq!(line, "DELETE https://graph.facebook.com/v26.0/7/users?access_token=key-us6");
        let hash = "b5fc85e55755f9e0d030a10ab4429b6b2944855f9a0d60077fe832becbc41d72";
        assert!(body.contains(hash));
        let (line, body) = asked("google_audience", audience, "ada@example.com").unwrap();
        assert!(line.ends_with("/v1/audienceMembers:remove") && body.contains(hash));
        let (_, body) = asked("linkedin_audience", audience, "ada@example.com").unwrap();
        assert!(body.contains(r#""action":"REMOVE""#) && body.contains(hash));
        assert!(asked("cloudevents", url, "").unwrap().1.contains(r#""id":"l1:crm:erased""#));
    }

    #[test]
    fn who_left_no_address_is_nobody_to_erase_and_who_is_not_there_is_erased() {
        assert_eq!(asked("hubspot", r#"{"token":{"env":"T"}}"#, ""), None);
        assert_eq!(judge(404), Meaning::Done);
        assert_ne!(judge(500), Meaning::Done);
        assert!(!can("slack") && by_email("brevo") && !by_email("webhook"));
    }
}
