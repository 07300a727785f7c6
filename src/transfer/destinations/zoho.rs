//! Zoho CRM: an upsert of a lead, told from others by the fields that the owner names.
//!
//! Contract: zoho.com/crm/developer/docs/api/v8, "Upsert Records" and "OAuth"; codes of errors from memory. Settings: `url`
//! (`https://www.zohoapis.eu`, that of the data centre of the account), `accounts` (`https://accounts.zoho.eu`), `client_id`,
//! `client_secret`, `refresh_token`, `unique` (`Email`: the fields by which Zoho knows a copy, with commas between), `module` (`Leads`), `map`
//! from fields to values. A last name is mandatory for who is new there; without one the address stands in.

use alloc::format;

use super::{Answer, Job, Move, Turn, Unready};
use crate::wire::{answer::Meaning, json::Json, step::Request};

const FIELDS: &[(&str, &str)] = &[
    ("First_Name", "contact.first_name"),
    ("Last_Name", "contact.last_name"),
    ("Email", "contact.email"),
    ("Phone", "contact.phone"),
    ("Company", "contact.company"),
    ("Designation", "contact.job_title"),
    ("Website", "contact.website"),
    ("Street", "contact.street"),
    ("Zip_Code", "contact.postcode"),
    ("City", "contact.city"),
    ("Country", "contact.country"),
    ("Description", "contact.message"),
];

pub(super) fn step(job: &Job<'_>, turn: Option<&Turn<'_>>) -> Result<Move, Unready> {
    match turn {
        None => Ok(Move::ask_with("", Json::Null, request(job, false)?)),
        // A token that has ended is told with 401 or with 400 and its code.
        Some(turn) if code(&turn.answer) == "INVALID_TOKEN" => Ok(Move::Renew),
        // A person who is known keeps the name; one who is not needs something in its place.
        Some(turn) if turn.at.is_empty() && code(&turn.answer) == "MANDATORY_NOT_FOUND" => {
            Ok(Move::ask_with("named", Json::Null, request(job, true)?))
        }
        Some(turn) => Ok(Move::End(judge(&turn.answer))),
    }
}

/// A refresh token of Zoho lasts until it is withdrawn.
pub(super) fn grant(job: &Job<'_>, refresh: Option<&str>) -> Result<Request, Unready> {
    let accounts = job.setting("accounts")?.unwrap_or_else(|| "https://accounts.zoho.eu".into());
    job.refreshing(format!("{}/oauth/v2/token", accounts.trim_end_matches('/')), refresh)
}

fn request(job: &Job<'_>, named: bool) -> Result<Request, Unready> {
    let token = job.access()?.token();
    let base = job.base("https://www.zohoapis.eu")?;
    let module = job.text("module").unwrap_or("Leads");
    if !module.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
        return Err(Unready::Setting);
    }
    let mut record = Json::Object(job.mapped(FIELDS));
    if named && record.member("Last_Name").is_none() {
        let known = [job.word("contact.name"), job.word("contact.email"), job.word("id")];
        let name = known.into_iter().find(|text| !text.is_empty()).unwrap_or_default();
        record.set("Last_Name", Json::str(name));
    }
    let unique = job.text("unique").unwrap_or("Email").split(',');
    let unique = Json::array(unique.map(|field| Json::str(field.trim())));
    let body = Json::object([
        ("data", Json::array([record])),
        ("duplicate_check_fields", unique),
        // Workflows of the owner run as if a person had entered the lead.
        ("trigger", Json::array([Json::str("workflow")])),
    ]);
    let headers = [
        ("authorization", format!("Zoho-oauthtoken {token}")),
        ("accept", "application/json".into()),
    ];
    Ok(job.send("POST", format!("{base}/crm/v8/{module}/upsert"), headers.into(), &body))
}

/// The code of the record, or of the answer as a whole.
fn code(answer: &Answer<'_>) -> alloc::string::String {
    let json = answer.json();
    let record = json.member("data").and_then(Json::as_array).and_then(<[Json]>::first);
    let code = record.unwrap_or(&json).member("code").and_then(Json::as_str);
    code.unwrap_or_default().into()
}

/// 200 and 201 have a code for each record; what is told in it counts.
fn judge(answer: &Answer<'_>) -> Meaning {
    match (answer.status, code(answer).as_str()) {
        (200..=202, "SUCCESS") => Meaning::Done,
        (_, "TOO_MANY_REQUESTS" | "INTERNAL_ERROR" | "RECORD_LOCKED") => Meaning::Retry,
        (
            _,
            "OAUTH_SCOPE_MISMATCH" | "NO_PERMISSION" | "AUTHENTICATION_FAILURE" | "INVALID_MODULE",
        ) => Meaning::Denied,
        (200..=202, _) => Meaning::Refused,
        _ => answer.meaning(),
    }
}
