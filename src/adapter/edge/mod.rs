//! The edge as JavaScript calls it: stateless steps over text and bytes.
//!
//! Contract: [`configure`] each site after every start and reset. [`request`] and [`wake`] give a step; [`resume`] takes its
//! state and the results of its effects, with the same head and body, and gives the next. A call that traps is lost alone.

mod access;
mod admin;
mod asset;
mod challenge;
mod customer;
mod destination;
mod erase;
mod export;
mod file;
mod gate;
mod head;
mod kiosk;
mod leads;
mod limit;
mod metrics;
mod multipart;
mod partial;
mod plain;
mod recent;
mod route;
mod schedule;
mod session;
mod site;
mod source;
mod stage;
mod sweep;
mod wake;
mod weigh;

use alloc::{borrow::ToOwned, string::String, vec::Vec};
use core::cell::RefCell;

use wasm_bindgen::prelude::wasm_bindgen;

use self::{
    head::Head,
    site::{Site, Sites},
};
use crate::{
    config::Config,
    intake::schema::MIGRATIONS,
    time::Millis,
    transfer::guard,
    wire::{
        envelope::Fault,
        json::{self, Json},
        step::Step,
    },
};

std::thread_local! {
    static SITES: RefCell<Sites> = RefCell::default();
}

/// Puts the `leadkit.json` of a site in force: `{"hash","site","env":[names]}` or `{"errors":[{"code","pointer","message"}]}`.
#[wasm_bindgen]
pub fn configure(text: &str) -> String {
    let out = match Config::parse(text) {
        Ok(config) => {
            let files =
                config.public().forms().iter().any(|form| file::fields(form).next().is_some());
            let site = Site { config, text: text.to_owned() };
            let names = site.asks().into_iter().map(Json::String).collect();
            let out = Json::object([
                ("hash", Json::str(site.config.hash())),
                ("site", Json::str(site.id())),
                ("env", Json::Array(names)),
                ("files", Json::Bool(files)),
            ]);
            SITES.with_borrow_mut(|sites| sites.set(site));
            out
        }
        Err(errors) => {
            let error = |error: &crate::Error| {
                Json::object([
                    ("code", Json::str(error.code())),
                    ("pointer", error.pointer().map_or(Json::Null, Json::str)),
                    ("message", Json::String(alloc::format!("{error}"))),
                ])
            };
            Json::object([("errors", Json::Array(errors.iter().map(error).collect()))])
        }
    };
    out.to_text()
}

/// The first step of a request.
#[wasm_bindgen]
pub fn request(head: &str, body: &[u8]) -> String {
    let head = Head::parse(head);
    finish(SITES.with_borrow_mut(|sites| route::request(sites, &head, body)))
}

/// The step after the one that left `state`.
#[wasm_bindgen]
pub fn resume(head: &str, body: &[u8], state: &str, results: &str) -> String {
    let head = Head::parse(head);
    let (state, results) =
        (json::parse(state).unwrap_or_default(), json::parse(results).unwrap_or_default());
    finish(SITES.with_borrow_mut(|sites| route::resume(sites, &head, body, &state, &results)))
}

/// The first step of a wake-up of the object that the head names.
#[wasm_bindgen]
pub fn wake(head: &str) -> String {
    let head = Head::parse(head);
    finish(SITES.with_borrow(|sites| wake::start(sites, &head)))
}

/// The answer to a request that could not be gone on with: the code of a fault, and the span after which to come again.
#[wasm_bindgen]
pub fn fault(head: &str, code: &str, after_ms: u32) -> String {
    let head = Head::parse(head);
    let fault = match code {
        "body_too_large" => Fault::TooLarge,
        "path_unknown" => Fault::Path,
        _ => Fault::Unavailable(Millis(after_ms.into())),
    };
    finish(SITES.with_borrow(|sites| Step::answer(route::fault(sites, &head, fault))))
}

/// The verdict on a line `{"lead","known","now"}` under the configuration that is in force for a site, with nothing stored;
/// `null` where there is no such site or form.
#[wasm_bindgen]
pub fn judge(site: &str, line: &str) -> String {
    let line = json::parse(line).unwrap_or_default();
    let packs = site::packs();
    let judged = SITES.with_borrow(|sites| {
        sites.site(site).map_or(Json::Null, |site| site.config.judge_line(&line, &packs))
    });
    judged.to_text()
}

/// The migrations of the storage: `[[sql, …], …]`, to be applied in their order and never twice.
#[wasm_bindgen]
pub fn migrations() -> String {
    let list =
        |statements: &&[&str]| Json::Array(statements.iter().map(|sql| Json::str(sql)).collect());
    Json::Array(MIGRATIONS.iter().map(list).collect::<Vec<_>>()).to_text()
}

/// Whether an IP address belongs to the public internet. Whoever resolves the name of a destination asks for each address.
#[wasm_bindgen]
pub fn is_public(address: &str) -> bool {
    guard::is_public(address)
}

/// Traps, so that a test can see what a trap costs. Reached by no request.
#[wasm_bindgen]
pub fn trap() {
    core::hint::black_box(());
    std::process::abort();
}

fn finish(step: Step) -> String {
    step.into_json().to_text()
}
