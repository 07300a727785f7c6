//! Pipedrive: the person is searched by its address, made if it is not there, and gets a lead with our id as its origin.
//!
//! Contract: pipedrive/client-nodejs; that leads are listed with their `origin_id` is from memory. Settings: `token`, `map`
//! from members of the lead to values. Pipedrive knows no upsert: before a lead is made for a person that was there, those
//! of the person are looked through for our id, so a copy is made only if it breaks off between the two.

use alloc::{format, string::String, vec::Vec};

use super::{Answer, Job, Move, Turn, Unready, encoded};
use crate::wire::{answer::Meaning, json::Json};

pub(super) fn step(job: &Job<'_>, turn: Option<&Turn<'_>>) -> Result<Move, Unready> {
    let base = job.base("https://api.pipedrive.com")?;
    let token = job.needed("token")?;
    let headers =
        || Vec::from([("x-api-token", token.clone()), ("accept", "application/json".into())]);
    let get = |at, memory, path: String| {
        let request = job.send("GET", format!("{base}{path}"), headers(), &Json::Null);
        Move::ask_with(at, memory, crate::wire::step::Request { body: String::new(), ..request })
    };
    let post = |at, path: &str, body: &Json| {
        Move::ask_with(at, Json::Null, job.send("POST", format!("{base}{path}"), headers(), body))
    };
    let email = job.word("contact.email");
    let Some(turn) = turn else {
        let path =
            format!("/api/v2/persons/search?term={}&fields=email&exact_match=true", encoded(email));
        return Ok(if email.is_empty() {
            post("made", "/api/v2/persons", &person(job))
        } else {
            get("searched", Json::Null, path)
        });
    };
    if !turn.answer.is_done() {
        return Ok(Move::End(turn.answer.meaning()));
    }
    Ok(match turn.at {
        "searched" => match found(&turn.answer) {
            Some(id) => get("listed", id.clone(), format!("/v1/leads?person_id={}", id.to_text())),
            None => post("made", "/api/v2/persons", &person(job)),
        },
        "listed" => {
            let leads = turn.answer.json();
            let own = |lead: &Json| {
                lead.member("origin_id").and_then(Json::as_str) == Some(job.word("id"))
            };
            if leads
                .member("data")
                .and_then(Json::as_array)
                .is_some_and(|leads| leads.iter().any(own))
            {
                return Ok(Move::End(Meaning::Done));
            }
            post("done", "/v1/leads", &lead(job, turn.memory))
        }
        "made" => match turn.answer.json().member("data").and_then(|data| data.member("id")) {
            Some(id) => post("done", "/v1/leads", &lead(job, id)),
            None => Move::End(Meaning::Retry),
        },
        _ => Move::End(Meaning::Done),
    })
}

/// The id of the first person that was found.
fn found(answer: &Answer<'_>) -> Option<Json> {
    let json = answer.json();
    let items = json.member("data")?.member("items")?.as_array()?;
    items.first()?.member("item")?.member("id").cloned()
}

fn person(job: &Job<'_>) -> Json {
    let name = [job.word("contact.name"), job.word("contact.email"), job.word("id")];
    let name = name.into_iter().find(|text| !text.is_empty()).unwrap_or_default();
    let mut out = Json::object([("name", Json::str(name))]);
    for (member, path) in [("emails", "contact.email"), ("phones", "contact.phone")] {
        if let Some(value) = job.at(path).as_str() {
            let one = Json::object([
                ("value", Json::str(value)),
                ("primary", Json::Bool(true)),
                ("label", Json::str("work")),
            ]);
            out.set(member, Json::array([one]));
        }
    }
    out
}

fn lead(job: &Job<'_>, person: &Json) -> Json {
    let name = [job.word("contact.name"), job.word("contact.email"), job.word("id")];
    let name = name.into_iter().find(|text| !text.is_empty()).unwrap_or_default();
    let mut out = Json::object([
        ("title", Json::String(format!("{name}, {}", job.word("form")))),
        ("person_id", person.clone()),
        ("origin_id", Json::str(job.word("id"))),
    ]);
    for (name, value) in job.mapped(&[]) {
        out.set(&name, value);
    }
    out
}
