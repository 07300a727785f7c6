//! `/v1/kiosk/{site}/{form}`: the page of a kiosk, its manifest, and the service worker that keeps both.

use alloc::{format, string::String};

use super::{head::Head, plain, site::Sites};
use crate::{
    render::{self, Kiosk, Page},
    wire::{
        envelope::Fault,
        step::{Body, Response},
        urlencoded,
    },
};

/// The policy of the page: its own files, Wasm, and a frame for what cannot be kept on the device.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; \
connect-src 'self'; manifest-src 'self'; worker-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; \
frame-ancestors 'none'";

/// The script of the service worker, which may look after every kiosk of the deployment.
pub fn worker() -> Response {
    Response {
        status: 200,
        headers: [("content-type", String::from("text/javascript; charset=utf-8"))].into(),
        body: Body::Asset(String::from("kit/kiosk-worker.js")),
    }
    .with("x-content-type-options", "nosniff")
    .with("cache-control", "no-cache")
}

/// The page of a kiosk, or its manifest.
///
/// # Errors
/// There is no such site or form.
pub fn get(
    sites: &Sites,
    head: &Head,
    site: &str,
    name: &str,
    manifest: bool,
) -> Result<Response, Fault> {
    let site = sites.site(site)?;
    let form = site.config.public().form(name).ok_or(Fault::Form)?;
    let locale = plain::language(&site, head, None);
    let page = Page {
        site: &site.config.public().site().name,
        form,
        locale: &locale,
        style: plain::STYLE,
    };
    let own = format!("/v1/kiosk/{}/{name}", site.id());
    // The spans of the countdown belong to the page; of other parameters nothing is known.
    let mut query = String::from("?lang=");
    urlencoded::encode(&locale, &mut query);
    for (key, value) in head.parameters() {
        if ["idle", "warn", "done"].contains(&key.as_str())
            && value.bytes().all(|b| b.is_ascii_digit())
        {
            query.extend(["&", key.as_str(), "=", value.as_str()]);
        }
    }
    let (accept, several) = plain::offered(&site);
    let kiosk = Kiosk {
        accept: &accept,
        several,
        site: site.id(),
        action: &plain::action(&site, name),
        address: &format!("{own}{query}"),
        manifest: &format!("{own}/manifest.json{query}"),
    };
    if manifest {
        let json = render::kiosk_manifest(&page, &kiosk);
        return Ok(Response::new(200, "application/manifest+json", json.to_text())
            .with("x-content-type-options", "nosniff")
            .with("cache-control", "no-cache"));
    }
    Ok(Response::new(200, "text/html; charset=utf-8", render::kiosk_page(&page, &kiosk))
        .with("content-security-policy", POLICY)
        .with("x-content-type-options", "nosniff")
        .with("referrer-policy", "same-origin")
        .with("cache-control", "no-store"))
}
