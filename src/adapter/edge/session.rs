//! Who is signed in to the Inbox: a cookie that scripts cannot read, for a row in the index object of the first site.
//!
//! The cookie holds a random id, the row its hash, so that whoever reads the database has no session. A session ends by its
//! time, by signing out, when the owner ends it, and with its token.

use alloc::{borrow::ToOwned, format, string::String, vec::Vec};

use super::{access::Holder, head::Head};
use crate::{
    time::Millis,
    wire::{
        envelope::Fault,
        json::Json,
        signature::{digest, hex},
        step::{Statement, millis},
    },
};

/// How long a person stays signed in.
const SESSION: Millis = Millis::from_secs(12 * 3600);
/// The name where browsers keep it on HTTPS, and for this host alone.
const COOKIE: &str = "__Host-leadkit";
/// The name over plain HTTP, as on one's own machine.
const PLAIN: &str = "leadkit_session";
/// A header that only a page of the same origin can send without asking first.
const HEADER: &str = "x-leadkit";

/// A new session: the statements that write it, and the cookie for it.
pub fn open(site: &str, head: &Head, holder: &Holder) -> (Vec<Statement>, String) {
    let id = hex(&digest(format!("leadkit session\n{}", head.entropy).as_bytes()));
    let until = head.now.saturating_add(SESSION);
    let statements = [
        Statement::new("DELETE FROM session WHERE until<?1", [millis(head.now)]),
        Statement::new(
            "INSERT INTO session(site,shard,key,name,hash,at,until) VALUES(?1,0,?2,?3,?4,?5,?6)",
            [
                Json::str(site),
                Json::String(key(&id)),
                Json::str(&holder.name),
                Json::str(&holder.hash),
                millis(head.now),
                millis(until),
            ],
        ),
    ];
    let cookie =
        format!("{}={id}; Max-Age={}; {}", name(head), SESSION.as_secs(), attributes(head));
    (statements.into(), cookie)
}

/// Reads the session of a cookie.
pub fn look(site: &str, id: &str) -> Statement {
    Statement::new(
        "SELECT name,hash,until FROM session WHERE site=?1 AND shard=0 AND key=?2",
        [Json::str(site), Json::String(key(id))],
    )
}

/// Ends the session of a cookie.
pub fn end(site: &str, id: &str) -> Statement {
    Statement::new(
        "DELETE FROM session WHERE site=?1 AND shard=0 AND key=?2",
        [Json::str(site), Json::String(key(id))],
    )
}

/// Reads all sessions. The beginning of a key is enough to end one, and opens nothing.
pub fn list(site: &str, now: Millis) -> Statement {
    Statement::new(
        "SELECT substr(key,1,16) AS id,name,at,until FROM session WHERE site=?1 AND until>?2 ORDER BY at DESC LIMIT 500",
        [Json::str(site), millis(now)],
    )
}

/// Ends sessions: one by the beginning of its key, those of a name, or all.
pub fn revoke(site: &str, id: Option<&str>, of: Option<&str>) -> Statement {
    let text = |text: Option<&str>| text.map_or(Json::Null, Json::str);
    Statement::new(
        "DELETE FROM session WHERE site=?1 AND (?2 IS NULL OR substr(key,1,16)=?2) AND (?3 IS NULL OR name=?3) RETURNING name",
        [Json::str(site), text(id), text(of)],
    )
}

/// Whose session the row of [`look`] is, if it lasts and its token is still the same.
pub fn holder(row: &Json, holders: &[Holder], now: Millis) -> Option<Holder> {
    let text = |key| row.member(key).and_then(Json::as_str);
    let lives = now < Millis(row.member("until")?.as_uint()?);
    let (name, hash) = (text("name")?, text("hash")?);
    let same = |holder: &&Holder| holder.name == name && holder.hash == hash;
    holders.iter().find(same).filter(|_| lives).cloned()
}

/// Refuses what another site may have made the browser send: whoever writes by a cookie names the page that does, and sends a
/// header that another origin cannot.
///
/// # Errors
/// The request came from another page.
pub fn guard(head: &Head) -> Result<(), Fault> {
    let reads = matches!(head.method.as_str(), "GET" | "HEAD");
    if reads || (head.same_origin() && head.header(HEADER).is_some()) {
        Ok(())
    } else {
        Err(Fault::Forged)
    }
}

/// The cookie that ends a session.
pub fn close(head: &Head) -> String {
    format!("{}=; Max-Age=0; {}", name(head), attributes(head))
}

/// The id in the cookie of a request.
pub fn cookie(head: &Head) -> Option<String> {
    let pairs = head.header("cookie")?.split(';');
    let own = |(key, _): &(&str, &str)| *key == name(head);
    let (_, id) = pairs.filter_map(|pair| pair.trim().split_once('=')).find(own)?;
    Some(id.to_owned())
}

/// A proxy that ends TLS says so. Whoever lies about it only makes a cookie of their own that is kept more safely.
fn secure(head: &Head) -> bool {
    head.secure || head.header("x-forwarded-proto") == Some("https")
}

fn name(head: &Head) -> &'static str {
    if secure(head) { COOKIE } else { PLAIN }
}

fn attributes(head: &Head) -> &'static str {
    if secure(head) {
        "Path=/; HttpOnly; SameSite=Strict; Secure"
    } else {
        "Path=/v1/admin; HttpOnly; SameSite=Strict"
    }
}

fn key(id: &str) -> String {
    hex(&digest(id.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapter::edge::access::Role;
    use crate::wire::json;

    fn head(method: &str, headers: &[(&str, &str)]) -> Head {
        let headers =
            headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Head {
            method: method.into(),
            headers,
            host: "edge".into(),
            entropy: "07".repeat(32),
            ..Head::default()
        }
    }

    fn anna() -> Holder {
        Holder { name: "anna".into(), role: Role::Read, hash: "h".into() }
    }

    #[test]
    fn the_cookie_stays_on_https_where_the_edge_or_its_proxy_speaks_it() {
        let opened = |head: &Head| {
            let (_, cookie) = open("shop", head, &anna());
            let (name, rest) = cookie.split_once('=').unwrap();
            let (_, rest) = rest.split_once("; ").unwrap();
            assert_eq!(close(head), format!("{name}=; {}", rest.replacen("43200", "0", 1)));
            (name.to_owned(), rest.to_owned())
        };
        let (name, rest) = opened(&head("POST", &[]));
        assert_eq!(name, "leadkit_session");
        assert_eq!(rest, "Max-Age=43200; Path=/v1/admin; HttpOnly; SameSite=Strict");
        let safe = "Max-Age=43200; Path=/; HttpOnly; SameSite=Strict; Secure";
        for head in [
            head("POST", &[("x-forwarded-proto", "https")]),
            Head { secure: true, ..head("POST", &[]) },
        ] {
            assert_eq!(opened(&head), ("__Host-leadkit".into(), safe.into()));
        }
    }

    #[test]
    fn a_cookie_without_the_prefix_opens_nothing_on_https() {
        let plain = [("cookie", "a=b; leadkit_session=one"), ("x-forwarded-proto", "https")];
        assert_eq!(cookie(&head("GET", &plain)), None);
        assert_eq!(cookie(&head("GET", &plain[..1])).as_deref(), Some("one"));
        let safe = [("cookie", "__Host-leadkit=two"), ("x-forwarded-proto", "https")];
        assert_eq!(cookie(&head("GET", &safe)).as_deref(), Some("two"));
    }

    #[test]
    fn the_database_does_not_hold_what_the_cookie_holds() {
        let (statements, cookie) = open("shop", &head("POST", &[]), &anna());
        let id = cookie.split(['=', ';']).nth(1).unwrap();
        assert_eq!(id.len(), 64);
        assert!(!format!("{statements:?}").contains(id));
        assert!(look("shop", id).args.contains(&Json::String(key(id))));
    }

    #[test]
    fn a_session_ends_with_its_time_and_its_token() {
        let row = json::parse(r#"{"name":"anna","hash":"h","until":1000}"#).unwrap();
        assert_eq!(holder(&row, &[anna()], Millis(999)), Some(anna()));
        assert_eq!(holder(&row, &[anna()], Millis(1000)), None);
        assert_eq!(holder(&row, &[Holder { hash: "i".into(), ..anna() }], Millis(999)), None);
        assert_eq!(holder(&row, &[Holder { name: "eve".into(), ..anna() }], Millis(999)), None);
        assert_eq!(holder(&Json::Null, &[anna()], Millis(0)), None);
    }

    #[test]
    fn another_site_cannot_write_in_the_name_of_a_session() {
        let with = |origin, own: bool| {
            let header = if own { "x-leadkit" } else { "x-other" };
            guard(&head("POST", &[("origin", origin), (header, "1")]))
        };
        assert_eq!(with("https://edge", true), Ok(()));
        assert_eq!(with("https://edge", false), Err(Fault::Forged));
        assert_eq!(with("https://evil.example", true), Err(Fault::Forged));
        assert_eq!(with("null", true), Err(Fault::Forged));
        assert_eq!(guard(&head("DELETE", &[("x-leadkit", "1")])), Err(Fault::Forged));
        assert_eq!(guard(&head("GET", &[])), Ok(()));
    }
}
