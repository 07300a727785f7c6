//! Google Sheets: a row for each lead, with the id of the lead in its first column.
//!
//! Contract: developers.google.com/workspace/sheets, `spreadsheets.batchUpdate` (`findReplace`) and `values.append`, and
//! Google's OAuth for refresh tokens. Settings: `sheet` (the id of the spreadsheet), `range` (`Sheet1`: the name of the tab),
//! `client_id`, `client_secret`, `refresh_token` with the scope `spreadsheets`, `columns`: values in JSON Logic for the columns
//! after the first. Values are written `RAW`, so that no cell is a formula. Sheets knows no copies: before a row is added, the id
//! is replaced by itself wherever it is a whole cell, which tells in a short answer whether it is there; that Google counts
//! such a replacement is from memory. A copy is also made where two attempts do that side by side.

use alloc::{format, vec::Vec};

use super::{Job, Move, Turn, Unready, encoded};
use crate::{
    transfer::view::{plain, value},
    wire::{answer::Meaning, json::Json, step::Request},
};

/// What a row holds unless the owner says otherwise, after the id.
const COLUMNS: &[&str] = &[
    "received_at",
    "form",
    "contact.name",
    "contact.email",
    "contact.phone",
    "contact.company",
    "contact.message",
    "verdict.grade",
    "context.page",
];

pub(super) fn step(job: &Job<'_>, turn: Option<&Turn<'_>>) -> Result<Move, Unready> {
    let base = job.base("https://sheets.googleapis.com")?;
    let sheet = encoded(&job.needed("sheet")?);
    let tab = job.text("range").unwrap_or("Sheet1");
    let authorization = format!("Bearer {}", job.access()?.token());
    let headers = || {
        Vec::from([("authorization", authorization.clone()), ("accept", "application/json".into())])
    };
    let book = format!("{base}/v4/spreadsheets/{sheet}");
    let id = job.word("id");
    let Some(turn) = turn else {
        let find = Json::object([
            ("find", Json::str(id)),
            ("replacement", Json::str(id)),
            ("matchEntireCell", Json::Bool(true)),
            ("allSheets", Json::Bool(true)),
        ]);
        let request = Json::object([("findReplace", find)]);
        let body = Json::object([("requests", Json::array([request]))]);
        let look = job.send("POST", format!("{book}:batchUpdate"), headers(), &body);
        return Ok(Move::ask_with("looked", Json::Null, look));
    };
    if !turn.answer.is_done() {
        let meaning = turn.answer.meaning();
        // A sheet that is not there waits for a person.
        return Ok(Move::End(if turn.answer.status == 404 { Meaning::Denied } else { meaning }));
    }
    if turn.at != "looked" {
        return Ok(Move::End(Meaning::Done));
    }
    if found(&turn.answer.json()) {
        return Ok(Move::End(Meaning::Done));
    }
    let place = encoded(&format!("{tab}!A:A"));
    let query = "valueInputOption=RAW&insertDataOption=INSERT_ROWS";
    let url = format!("{book}/values/{place}:append?{query}");
    let body = Json::object([("values", Json::array([row(job)]))]);
    Ok(Move::ask_with("added", Json::Null, job.send("POST", url, headers(), &body)))
}

/// Whether the id was a cell.
fn found(answer: &Json) -> bool {
    let replies = answer.member("replies").and_then(Json::as_array).unwrap_or_default();
    replies.iter().any(|reply| {
        let told = reply.member("findReplace").and_then(|told| told.member("occurrencesChanged"));
        told.and_then(Json::as_uint).is_some_and(|count| count > 0)
    })
}

/// Google's tokens; its refresh tokens are not replaced.
pub(super) fn grant(job: &Job<'_>, refresh: Option<&str>) -> Result<Request, Unready> {
    let accounts =
        job.setting("accounts")?.unwrap_or_else(|| "https://oauth2.googleapis.com".into());
    job.refreshing(format!("{}/token", accounts.trim_end_matches('/')), refresh)
}

fn row(job: &Job<'_>) -> Json {
    let cell = |json: &Json| match json {
        Json::Number(_) | Json::Bool(_) => json.clone(),
        other => Json::String(plain(other, ", ")),
    };
    let own = job.settings.member("columns").and_then(Json::as_array);
    let rest: Vec<Json> = match own {
        Some(rules) => rules.iter().map(|rule| cell(&value(rule, job.view))).collect(),
        None => COLUMNS.iter().map(|path| cell(job.at(path))).collect(),
    };
    Json::array([Json::str(job.word("id"))].into_iter().chain(rest))
}
