//! Who may read leads: the holder of the token, by bearer header or by a signed cookie.
//!
//! The cookie holds its end and a keyed hash of it; the key comes from the token, so a new token ends all sessions.

use alloc::{format, string::String};

use super::head::Head;
use crate::{
    time::Millis,
    wire::{envelope::Fault, signature},
};

/// How long a person stays signed in.
const SESSION: Millis = Millis::from_secs(12 * 3600);
const COOKIE: &str = "leadkit_session";

/// Lets the holder of the token pass.
///
/// # Errors
/// The token is missing or wrong, or another site made the browser ask.
pub fn check(head: &Head) -> Result<(), Fault> {
    let token = head.env("LEADKIT_ADMIN_TOKEN").ok_or(Fault::Token)?;
    if let Some(given) =
        head.header("authorization").and_then(|value| value.strip_prefix("Bearer "))
    {
        return if signature::same(given.trim(), token) { Ok(()) } else { Err(Fault::Token) };
    }
    let cookie = cookie(head).ok_or(Fault::Token)?;
    let (end, hash) = cookie.split_once('.').ok_or(Fault::Token)?;
    let lives = end.parse().is_ok_and(|end| head.now < Millis(end));
    if !signature::same(hash, &sign(token, end)) || !lives {
        return Err(Fault::Token);
    }
    // A cookie alone does not show who asks; browsers name the page that made them write.
    if head.method != "GET" && head.header("origin").is_some() && !head.same_origin() {
        return Err(Fault::Forged);
    }
    Ok(())
}

/// The cookie of a new session for whoever gives the right token.
///
/// # Errors
/// The token is wrong.
pub fn open(head: &Head, given: &str) -> Result<String, Fault> {
    let token = head.env("LEADKIT_ADMIN_TOKEN").ok_or(Fault::Token)?;
    if !signature::same(given, token) {
        return Err(Fault::Token);
    }
    let end = format!("{}", head.now.saturating_add(SESSION).0);
    let hash = sign(token, &end);
    Ok(format!("{COOKIE}={end}.{hash}; Max-Age={}; {}", SESSION.as_secs(), attributes(head)))
}

/// The cookie that ends a session.
pub fn close(head: &Head) -> String {
    format!("{COOKIE}=; Max-Age=0; {}", attributes(head))
}

fn attributes(head: &Head) -> String {
    // A proxy that ends TLS says so. Whoever lies about it only makes a cookie of their own that is kept more safely.
    let secure = head.secure || head.header("x-forwarded-proto") == Some("https");
    let secure = if secure { "; Secure" } else { "" };
    format!("Path=/v1/admin; HttpOnly; SameSite=Strict{secure}")
}

fn sign(token: &str, end: &str) -> String {
    let key = signature::digest(format!("leadkit session {token}").as_bytes());
    signature::hex(&signature::keyed(&key, end.as_bytes()))
}

fn cookie(head: &Head) -> Option<&str> {
    let pairs = head.header("cookie")?.split(';');
    pairs
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == COOKIE)
        .map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::borrow::ToOwned;

    fn head(method: &str, headers: &[(&str, &str)], now: u64) -> Head {
        let headers =
            headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let env = crate::wire::json::parse(r#"{"LEADKIT_ADMIN_TOKEN":"secret"}"#).unwrap();
        Head {
            method: method.into(),
            headers,
            now: Millis(now),
            env,
            host: "edge".into(),
            ..Head::default()
        }
    }

    fn session() -> String {
        let cookie = open(&head("POST", &[], 1000), "secret").unwrap();
        assert!(cookie.ends_with("; Max-Age=43200; Path=/v1/admin; HttpOnly; SameSite=Strict"));
        cookie.split(';').next().unwrap().to_owned()
    }

    #[test]
    fn the_token_lets_pass_and_nothing_else() {
        assert_eq!(check(&head("GET", &[("authorization", "Bearer secret")], 0)), Ok(()));
        assert_eq!(check(&head("GET", &[("authorization", "Bearer wrong")], 0)), Err(Fault::Token));
        assert_eq!(check(&head("GET", &[], 0)), Err(Fault::Token));
        assert_eq!(check(&Head::default()), Err(Fault::Token));
        assert_eq!(open(&head("POST", &[], 0), "wrong"), Err(Fault::Token));
    }

    #[test]
    fn a_session_lasts_until_its_end_and_cannot_be_forged() {
        let cookie = session();
        assert_eq!(check(&head("GET", &[("cookie", &cookie)], 2000)), Ok(()));
        assert_eq!(check(&head("GET", &[("cookie", &cookie)], 43_201_000)), Err(Fault::Token));
        let longer = cookie.replacen("4320", "9320", 1);
        assert_eq!(check(&head("GET", &[("cookie", &longer)], 2000)), Err(Fault::Token));
    }

    #[test]
    fn the_cookie_stays_on_https_where_the_edge_or_its_proxy_speaks_it() {
        let is_secure = |head: &Head| {
            assert_eq!(
                close(head).ends_with("; Secure"),
                open(head, "secret").unwrap().ends_with("; Secure")
            );
            close(head).ends_with("; Secure")
        };
        assert!(!is_secure(&head("POST", &[], 0)));
        assert!(!is_secure(&head("POST", &[("x-forwarded-proto", "http")], 0)));
        assert!(is_secure(&head("POST", &[("x-forwarded-proto", "https")], 0)));
        assert!(is_secure(&Head { secure: true, ..head("POST", &[], 0) }));
    }

    #[test]
    fn another_site_cannot_write_in_the_name_of_a_session() {
        let cookie = session();
        let with = |origin| head("POST", &[("cookie", cookie.as_str()), ("origin", origin)], 2000);
        assert_eq!(check(&with("https://edge")), Ok(()));
        assert_eq!(check(&with("https://evil.example")), Err(Fault::Forged));
        assert_eq!(check(&with("null")), Err(Fault::Forged));
    }
}
