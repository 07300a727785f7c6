//! `/v1/file/{site}/{form}/{field}`: a file that belongs to a lead to come, and `/v1/admin/files/…`, where the owner gets it.
//!
//! The platform holds the bytes and tells their hash, their number and how they begin and end; only that is looked at here.

use alloc::{borrow::ToOwned, format, string::String, vec::Vec};

use super::{
    head::{Head, Upload},
    limit,
    site::{Site, Sites},
};
use crate::{
    check::magic,
    form::{Form, Kind},
    intake::{
        file::{self, File},
        store::shard,
    },
    lead::LeadId,
    time::Millis,
    transfer::Scope,
    wire::{
        envelope::Fault,
        json::Json,
        signature,
        step::{Body, Effect, Response, Step},
    },
};

/// The word for these routes in states.
pub const ROUTE: &str = "file";
/// As many files one address may send within a minute.
const MOST: u64 = 30;
/// The longest name that is kept, in characters.
const NAME: usize = 120;

/// Why a file is not taken: a stable word.
type Refusal = &'static str;

/// The first step of an upload.
pub fn request(sites: &Sites, head: &Head, parts: (&str, &str, &str)) -> Result<Step, Fault> {
    let (site, lead, upload, refusal) = read(sites, head, parts)?;
    if let Some(code) = refusal {
        return Ok(refuse(code));
    }
    Ok(match limit::count(&site, head, ROUTE) {
        Some(effect) => Step::Do { effects: [effect].into(), state: state("counted") },
        None => write(&site, head, &lead, parts.2, upload, "written"),
    })
}

/// The step after the one that left `state`.
pub fn resume(
    sites: &Sites,
    head: &Head,
    parts: (&str, &str, &str),
    state: &Json,
    results: &Json,
) -> Result<Step, Fault> {
    let (site, lead, upload, _) = read(sites, head, parts)?;
    let first = results.as_array().and_then(<[Json]>::first).unwrap_or(&Json::Null);
    Ok(match state.member("at").and_then(Json::as_str).unwrap_or_default() {
        "counted" => {
            if let Some(wait) = limit::over(head, first, MOST) {
                return Err(Fault::TooOften(wait));
            }
            write(&site, head, &lead, parts.2, upload, "written")
        }
        "written" if !is_there(first) => refuse("file.too_many"),
        "written" => Step::Do {
            effects: [Effect::Put { key: file::key(site.id(), &lead, &upload.hash), place: 0 }]
                .into(),
            state: self::state("put"),
        },
        _ => {
            let kind = kind_of(&site, upload).map_or("", |kind| kind.name);
            Step::answer(Response::json(
                200,
                &Json::object([
                    ("file", Json::str(&upload.hash)),
                    ("type", Json::str(kind)),
                    ("size", Json::uint(upload.size)),
                ]),
            ))
        }
    })
}

type Read<'a> = (alloc::rc::Rc<Site>, String, &'a Upload, Option<Refusal>);

fn read<'a>(
    sites: &Sites,
    head: &'a Head,
    (site, form, field): (&str, &str, &str),
) -> Result<Read<'a>, Fault> {
    let site = sites.site(site)?;
    if !site.allows(head) {
        return Err(Fault::Origin);
    }
    let form = site.config.public().form(form).ok_or(Fault::Form)?;
    if !fields(form).any(|name| name == field) {
        return Err(Fault::Path);
    }
    let lead = head.parameter("lead").and_then(|id| id.parse::<LeadId>().ok());
    let lead = lead.ok_or(Fault::Member("lead"))?.to_text();
    let upload = head.uploads.first().ok_or(Fault::Member("file"))?;
    let refusal = refusal(&site, head, upload);
    Ok((site, lead, upload, refusal))
}

/// The names of the file fields of a form.
pub fn fields(form: &Form) -> impl Iterator<Item = &str> {
    let is_file = |kind: &Kind| matches!(kind, Kind::Format { format: "file", .. });
    form.fields().iter().filter(move |field| is_file(field.kind())).map(crate::form::Field::name)
}

/// Why a file is not taken, if it is not.
pub fn refusal(site: &Site, head: &Head, upload: &Upload) -> Option<Refusal> {
    match () {
        () if !head.blobs => Some("file.off"),
        () if upload.size == 0 => Some("file.empty"),
        () if upload.size > site.config.files().max_bytes => Some("file.too_large"),
        () if kind_of(site, upload).is_none() => Some("file.type"),
        () => None,
    }
}

fn kind_of(site: &Site, upload: &Upload) -> Option<magic::FileKind> {
    let kind = magic::sniff(&upload.start, &upload.end)?;
    site.config.files().kinds.contains(&kind).then_some(kind)
}

/// Writes the row of a file; the wake-up is for when no lead comes.
pub fn row(
    site: &Site,
    head: &Head,
    lead: &str,
    field: &str,
    upload: &Upload,
    name: &str,
) -> Effect {
    let files = site.config.files();
    let name: String = name.chars().filter(|char| !char.is_control()).take(NAME).collect();
    let file = File {
        lead,
        hash: &upload.hash,
        field,
        name: &name,
        media: kind_of(site, upload).map_or("application/octet-stream", |kind| kind.media),
        size: upload.size,
    };
    Effect::Sql {
        object: scope(site, head, lead).name(),
        statements: file::add(site.id(), &file, files.max_files, head.now),
        wake: Some(head.now.saturating_add(files.wait).saturating_add(Millis::from_secs(1))),
    }
}

fn write(site: &Site, head: &Head, lead: &str, field: &str, upload: &Upload, at: &str) -> Step {
    let name = head.parameter("name").unwrap_or_default();
    Step::Do { effects: [row(site, head, lead, field, upload, &name)].into(), state: state(at) }
}

/// Whether the rows of [`row`] say that there is room for the file.
pub fn is_there(result: &Json) -> bool {
    let last = result.as_array().and_then(<[Json]>::last).and_then(Json::as_array);
    last.is_some_and(|rows| !rows.is_empty())
}

fn scope(site: &Site, head: &Head, lead: &str) -> Scope {
    Scope { site: site.id().to_owned(), object: shard(lead) % head.objects, objects: head.objects }
}

fn state(at: &str) -> Json {
    Json::object([("route", Json::str(ROUTE)), ("at", Json::str(at))])
}

fn refuse(code: Refusal) -> Step {
    let error = Json::object([("code", Json::str(code))]);
    Step::answer(
        Response::json(422, &Json::object([("error", error)])).with("cache-control", "no-store"),
    )
}

/// The files of a lead, for the owner: their list, or the bytes of one.
pub fn admin(sites: &Sites, head: &Head, site: &str, lead: &str) -> Result<Step, Fault> {
    let site = sites.site(site)?;
    let statements = [file::list(site.id(), lead)].into();
    let effect = Effect::Sql { object: scope(&site, head, lead).name(), statements, wake: None };
    let state = Json::object([("route", Json::str(ROUTE)), ("at", Json::str("listed"))]);
    Ok(Step::Do { effects: [effect].into(), state })
}

/// The answer to [`admin`]; `parts` are the site, the lead and perhaps the hash of one file.
pub fn shown(parts: &[&str], results: &Json) -> Result<Step, Fault> {
    let rows = results.as_array().and_then(<[Json]>::first).and_then(Json::as_array);
    let rows = rows.and_then(<[Json]>::first).cloned().unwrap_or_default();
    let [site, lead, wanted @ ..] = parts else { return Err(Fault::Path) };
    let Some(hash) = wanted.first() else {
        let body = Json::object([("files", rows)]);
        return Ok(Step::answer(super::admin::fresh(Response::json(200, &body))));
    };
    let text = |row: &Json, name: &str| {
        row.member(name).and_then(Json::as_str).unwrap_or_default().to_owned()
    };
    let all = rows.as_array().unwrap_or_default();
    let row = all.iter().find(|row| text(row, "hash") == *hash).ok_or(Fault::Path)?;
    let name = text(row, "name");
    let response = Response {
        status: 200,
        headers: [("content-type", text(row, "type"))].into(),
        body: Body::Blob(file::key(site, lead, hash)),
    };
    // It is saved and never shown: what it holds was written by a stranger.
    Ok(Step::answer(
        response
            .with("content-disposition", format!("attachment; filename*=UTF-8''{}", percent(&name)))
            .with("content-security-policy", "default-src 'none'; sandbox")
            .with("x-content-type-options", "nosniff")
            .with("cache-control", "no-store"),
    ))
}

/// A name in a header (RFC 8187): everything but letters and digits is written as bytes.
fn percent(name: &str) -> String {
    let mut out = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push_str(&signature::hex(&[byte]).to_ascii_uppercase());
        }
    }
    if out.is_empty() { "file".into() } else { out }
}

/// What a wake-up does about files that no lead came for: their bytes first, then their rows.
pub fn sweep(site: &Site, object: &str, rows: &Json, mut state: Json) -> Option<Step> {
    let keys: Vec<String> = file::keys(site.id(), rows);
    if keys.is_empty() {
        return None;
    }
    state.set("object", Json::str(object));
    state.set("rows", rows.clone());
    Some(Step::Do { effects: [Effect::Delete { keys }].into(), state })
}
