//! The page of the kiosk: the form as a template, of which a script makes one for each visitor.

use alloc::string::String;

use super::{Filled, Page, attribute, escape, form};
use crate::wire::json::Json;

/// What the page of a kiosk refers to.
#[derive(Clone, Copy, Debug)]
pub struct Kiosk<'a> {
    /// The id of the site.
    pub site: &'a str,
    /// Where the form posts itself where nothing can be kept on the device.
    pub action: &'a str,
    /// The address of the page itself, with its parameters.
    pub address: &'a str,
    /// The kinds of files that file inputs offer, and whether they take several.
    pub accept: &'a str,
    /// See [`accept`](Self::accept).
    pub several: bool,
    /// The address of the manifest.
    pub manifest: &'a str,
}

/// The page. It says nothing by itself: without its script there is no kiosk, and it leads to the hosted form.
pub fn kiosk_page(page: &Page<'_>, kiosk: &Kiosk<'_>) -> String {
    let title = title(page);
    let filled = Filled { accept: kiosk.accept, several: kiosk.several, ..Filled::default() };
    let mut out = String::from("<!doctype html>\n<html");
    attribute("lang", page.locale, &mut out);
    out.push_str(
        ">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"robots\" content=\"noindex\">\n<title>",
    );
    escape(title, &mut out);
    out.push_str("</title>\n<link rel=\"manifest\"");
    attribute("href", kiosk.manifest, &mut out);
    out.push_str(
        ">\n<link rel=\"icon\" href=\"/kit/kiosk.svg\" type=\"image/svg+xml\">\n<link rel=\"stylesheet\"",
    );
    attribute("href", page.style, &mut out);
    out.push_str(
        ">\n<link rel=\"stylesheet\" href=\"/kit/kiosk.css\">\n<script type=\"module\" src=\"/kit/kiosk.js\"></script>\n\
         </head>\n<body",
    );
    attribute("data-site", kiosk.site, &mut out);
    attribute("data-form", page.form.name(), &mut out);
    out.push_str(">\n<main>\n<h1>");
    escape(title, &mut out);
    out.push_str("</h1>\n<noscript><p><a");
    attribute("href", kiosk.action, &mut out);
    out.push('>');
    escape(title, &mut out);
    out.push_str("</a></p></noscript>\n<div data-stage></div>\n<template>\n");
    out.push_str(&form(page.form, page.locale, kiosk.action, &filled));
    out.push_str(
        "</template>\n<button type=\"button\" class=\"kiosk-count\" data-count></button>\n\
         <div class=\"kiosk-ask\" data-ask hidden>\n<p role=\"alert\" data-sentence></p>\n<strong data-seconds></strong>\n\
         <button type=\"button\" data-stay></button>\n<button type=\"button\" data-next></button>\n</div>\n</main>\n\
         <iframe name=\"kiosk-post\" title=\"\" hidden></iframe>\n</body>\n</html>\n",
    );
    out
}

/// The web app manifest, by which a browser installs the page.
pub fn kiosk_manifest(page: &Page<'_>, kiosk: &Kiosk<'_>) -> Json {
    let icon = Json::object([
        ("src", Json::str("/kit/kiosk.svg")),
        ("sizes", Json::str("any")),
        ("type", Json::str("image/svg+xml")),
    ]);
    Json::object([
        ("id", Json::str(kiosk.address)),
        ("name", Json::str(title(page))),
        ("short_name", Json::str(page.site)),
        ("lang", Json::str(page.locale)),
        ("start_url", Json::str(kiosk.address)),
        ("scope", Json::str("/v1/kiosk/")),
        ("display", Json::str("fullscreen")),
        ("background_color", Json::str("#f6f5f1")),
        ("theme_color", Json::str("#1f5c4d")),
        ("icons", Json::array([icon])),
    ])
}

fn title<'a>(page: &Page<'a>) -> &'a str {
    Some(page.form.title().pick(page.locale)).filter(|title| !title.is_empty()).unwrap_or(page.site)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[test]
    fn the_page_holds_the_form_as_a_template_and_nothing_inline() {
        let config = Config::parse(
            r#"{"site":{"id":"shop","name":"A & B"},"forms":{"fair":{"title":{"en":"The <fair>"},"fields":[{"name":"x","type":"text"}]}}}"#,
        )
        .unwrap();
        let form = config.public().form("fair").unwrap();
        let page = Page { site: "A & B", form, locale: "en", style: "/kit/page.css" };
        let kiosk = Kiosk {
            site: "shop",
            action: "/v1/form/shop/fair",
            address: "/v1/kiosk/shop/fair?lang=en",
            manifest: "/m.json",
            accept: "",
            several: false,
        };
        let html = kiosk_page(&page, &kiosk);
        assert!(html.contains("<body data-site=\"shop\" data-form=\"fair\">"), "{html}");
        assert!(html.contains("<template>\n<form method=\"post\" action=\"/v1/form/shop/fair\""));
        assert!(html.contains("<h1>The &lt;fair&gt;</h1>"));
        assert!(!html.contains("<style") && !html.contains(" style=") && !html.contains(" on"));
        let manifest = kiosk_manifest(&page, &kiosk).to_text();
        assert!(manifest.contains(r#""name":"The <fair>","short_name":"A & B""#), "{manifest}");
        assert!(manifest.contains(r#""start_url":"/v1/kiosk/shop/fair?lang=en""#));
    }
}
