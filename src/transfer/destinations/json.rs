//! An address of a workflow tool that takes any JSON: n8n, Zapier, Make, a small service of one's own.
//!
//! Settings: `url`, `method` (`POST`), `body` (a template: every object that is one operation of JSON Logic stands for its
//! value; without it the whole lead), `headers` (strings or `{"env"}`), `token` (sent as a bearer token), `secret` and
//! `signing_key` (signs as the webhook does). With `token_url`, `client_id` and `client_secret` the bearer token is one that
//! ends, asked for with these, or with `refresh_token` where the platform wants one. With `batch` the body is a list. Tools of this kind answer 404 while a workflow is switched off: such a
//! delivery waits for a person.

use alloc::{format, vec::Vec};

use super::{Answer, Job, Move, Turn, Unready, key_of, several, single, told};
use crate::{
    config::Template,
    wire::{answer::Meaning, json::Json, step::Request},
};

pub(super) fn step(job: &Job<'_>, turn: Option<&Turn<'_>>) -> Result<Move, Unready> {
    single(turn, || send(job, job.key, &body(job)?), judge)
}

pub(super) fn step_many(jobs: &[Job<'_>], turn: Option<&Turn<'_>>) -> Result<Move, Unready> {
    let Some(first) = jobs.first() else { return Err(Unready::Setting) };
    let bodies: Result<Vec<Json>, Unready> = jobs.iter().map(body).collect();
    let send = |bodies: Json| send(first, &key_of(jobs), &bodies);
    several(turn, bodies?, send, |answer| told(jobs, answer, judge(answer)))
}

fn body(job: &Job<'_>) -> Result<Json, Unready> {
    match job.settings.member("body") {
        Some(template) => {
            Ok(Template::parse(template).map_err(|_| Unready::Setting)?.fill(job.view))
        }
        None => Ok(job.lead.clone()),
    }
}

fn send(job: &Job<'_>, key: &str, body: &Json) -> Result<Request, Unready> {
    let method = match job.text("method") {
        Some("PUT") => "PUT",
        Some("PATCH") => "PATCH",
        _ => "POST",
    };
    let mut request = job.send(method, job.needed("url")?, [].into(), body);
    job.sign_as(key, &mut request)?;
    if job.setting("token_url")?.is_some() {
        let token = format!("Bearer {}", job.access()?.token());
        request.headers.push(("authorization", token));
    }
    let headers = job.settings.member("headers").unwrap_or(&Json::Null);
    for (name, _) in headers.as_object().unwrap_or_default() {
        if let Some(value) = job.around.setting(headers, name)?.filter(|_| !name.starts_with('$')) {
            request.extra.push((name.to_ascii_lowercase(), value));
        }
    }
    Ok(request)
}

pub(super) fn grant(job: &Job<'_>, refresh: Option<&str>) -> Result<Request, Unready> {
    let url = job.needed("token_url")?;
    match job.settings.member("refresh_token") {
        Some(_) => job.refreshing(url, refresh),
        None => job.client_credentials(url),
    }
}

fn judge(answer: &Answer<'_>) -> Meaning {
    if answer.status == 404 { Meaning::Denied } else { answer.meaning() }
}
