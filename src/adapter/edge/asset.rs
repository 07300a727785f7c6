//! Files of the package: what a browser loads for forms, and the Inbox.

use alloc::{borrow::ToOwned, format, string::String};

use crate::wire::{
    envelope::Fault,
    step::{Body, Response},
};

/// The policy of the Inbox: its own files and nothing else.
const INBOX_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The file behind `/kit/…` or `/inbox…`.
///
/// # Errors
/// The path is not one that a file can have.
pub fn serve(path: &str) -> Result<Response, Fault> {
    let path = match path {
        "/inbox" | "/inbox/" => "inbox/index.html",
        _ => path.strip_prefix('/').unwrap_or_default(),
    };
    let plain = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    let content_type = path.rsplit('.').next().and_then(content_type);
    match content_type {
        Some(content_type) if path.split('/').all(plain) => Ok(response(path, content_type)),
        _ => Err(Fault::Path),
    }
}

fn content_type(ending: &str) -> Option<&'static str> {
    Some(match ending {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "json" => "application/json",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "txt" => "text/plain; charset=utf-8",
        "bin" | "pack" => "application/octet-stream",
        _ => return None,
    })
}

fn response(path: &str, content_type: &str) -> Response {
    let response = Response {
        status: 200,
        headers: [("content-type", content_type.to_owned())].into(),
        body: Body::Asset(String::from(path)),
    }
    .with("x-content-type-options", "nosniff")
    .with("cache-control", "no-cache");
    if path.starts_with("inbox/") {
        response
            .with("content-security-policy", INBOX_POLICY)
            .with("referrer-policy", "no-referrer")
            .with("x-frame-options", "DENY")
    } else {
        // Pages of every site load these files, as modules and with `fetch`.
        response
            .with("access-control-allow-origin", "*")
            .with("cross-origin-resource-policy", "cross-origin")
    }
}

/// The headers of every HTML page that is not the Inbox. Forms may be sent to this deployment alone.
pub fn page(status: u16, html: String, redirect_to: Option<&str>) -> Response {
    // A form may be answered with a redirect to the owner's page, which browsers check against this list too.
    let also =
        redirect_to.and_then(origin_of).map(|origin| format!(" {origin}")).unwrap_or_default();
    Response::new(status, "text/html; charset=utf-8", html)
        .with(
            "content-security-policy",
            format!("default-src 'none'; style-src 'self'; form-action 'self'{also}; base-uri 'none'; frame-ancestors 'none'"),
        )
        .with("x-content-type-options", "nosniff")
        .with("referrer-policy", "same-origin")
        .with("cache-control", "no-store")
}

/// Lets the back button show a page as it was, with the id of its lead, so that sending it again is no second lead. Only for
/// pages that hold nothing of a person.
pub fn kept(mut response: Response) -> Response {
    for (name, value) in &mut response.headers {
        if *name == "cache-control" {
            "private, no-cache".clone_into(value);
        }
    }
    response
}

fn origin_of(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let host = rest.split(['/', '?', '#']).next()?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-.:[]".contains(&byte);
    let good = matches!(scheme, "https" | "http") && !host.is_empty() && host.bytes().all(plain);
    good.then(|| format!("{scheme}://{host}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: &str, expected: Option<&str>) {
        let body = serve(path).ok().map(|response| response.body);
        assert_eq!(body, expected.map(|path| Body::Asset(path.to_owned())), "{path}");
    }

    #[test]
    fn files_of_the_package_are_served() {
        check("/inbox", Some("inbox/index.html"));
        check("/inbox/", Some("inbox/index.html"));
        check("/inbox/inbox.js", Some("inbox/inbox.js"));
        check("/kit/embed.wasm", Some("kit/embed.wasm"));
        check("/kit/free.pack", Some("kit/free.pack"));
        check("/kit/countries.txt", Some("kit/countries.txt"));
    }

    #[test]
    fn no_path_leads_out_of_the_package() {
        for path in [
            "/kit/../secret.js",
            "/kit/%2e%2e/secret.js",
            "/kit//x.js",
            "/kit/.env.js",
            "/kit/..\\x.js",
            "/kit/x",
            "/kit/x.sh",
            "/kit/a\0.js",
        ] {
            check(path, None);
        }
    }

    #[test]
    fn a_page_lets_its_form_lead_to_the_owner_alone() {
        let response = page(200, String::new(), Some("https://shop.example/thanks?x=1"));
        let policy = response.headers.iter().find(|(name, _)| *name == "content-security-policy");
        assert_eq!(
            policy.map(|(_, value)| value.as_str()),
            Some(
                "default-src 'none'; style-src 'self'; form-action 'self' https://shop.example; base-uri 'none'; frame-ancestors 'none'"
            )
        );
        assert_eq!(origin_of("javascript:alert(1)"), None);
        assert_eq!(origin_of("https://a;b/"), None);
    }
}
