//! Which addresses a destination may have (server-side request forgery).
//!
//! Decides on the text of an address and on resolved addresses; whoever resolves a name asks [`is_public`] for each result.
//! Ranges: the IANA special-purpose registries, <https://www.iana.org/assignments/iana-ipv4-special-registry> and its
//! IPv6 counterpart.

use alloc::string::String;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether the address may be called: HTTPS, no user name, a public host. With `private`, HTTP and any host may be called too.
pub fn allows(url: &str, private: bool) -> bool {
    let (secure, rest) = match (url.strip_prefix("https://"), url.strip_prefix("http://")) {
        (Some(rest), _) => (true, rest),
        (None, Some(rest)) => (false, rest),
        (None, None) => return false,
    };
    if url.bytes().any(|byte| !(b'!'..=b'~').contains(&byte) || byte == b'\\') {
        return false;
    }
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.is_empty() || authority.contains('@') {
        return false;
    }
    private || secure && host_is_public(authority)
}

/// Whether an IP address, as its usual text, belongs to the public internet.
pub fn is_public(address: &str) -> bool {
    match address.parse() {
        Ok(IpAddr::V4(address)) => v4_is_public(address),
        Ok(IpAddr::V6(address)) => v6_is_public(address),
        Err(_) => false,
    }
}

fn host_is_public(authority: &str) -> bool {
    if let Some(bracketed) = authority.strip_prefix('[') {
        return bracketed.split_once(']').is_some_and(|(host, _)| is_public(host));
    }
    let host = authority.split(':').next().unwrap_or_default().to_ascii_lowercase();
    let host: String = host.trim_end_matches('.').into();
    let last = host.rsplit('.').next().unwrap_or_default();
    // URL parsers read a host whose last label is a number as an IPv4 address, in forms such as `127.1` or `0x7f000001`.
    if last.starts_with(|char: char| char.is_ascii_digit()) {
        return host.parse().is_ok_and(v4_is_public);
    }
    let reserved =
        ["localhost", "local", "internal", "lan", "home", "corp", "arpa", "onion", "test"];
    host.contains('.') && !host.starts_with('.') && !reserved.contains(&last)
}

fn v4_is_public(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !(matches!(a, 0 | 10 | 127 | 224..=255)
        || (a == 100 && (64..128).contains(&b))
        || (a == 169 && b == 254)
        || (a == 172 && (16..32).contains(&b))
        || (a == 192 && b == 0 && matches!(c, 0 | 2))
        || (a == 192 && b == 88 && c == 99)
        || (a == 192 && b == 168)
        || (a == 198 && matches!(b, 18 | 19))
        || (a == 198 && b == 51 && c == 100)
        || (a == 203 && b == 0 && c == 113))
}

fn v6_is_public(address: Ipv6Addr) -> bool {
    if let Some(inner) = address.to_ipv4_mapped() {
        return v4_is_public(inner);
    }
    let [a, b, ..] = address.segments();
    // Global unicast alone; of it not Teredo, ORCHID, benchmarks, documentation and 6to4, which may lead to a private host.
    (0x2000..0x4000).contains(&a)
        && a != 0x2002
        && a != 0x3fff
        && !(a == 0x2001 && (b < 0x200 || b == 0xdb8))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(url: &str, expected: bool) {
        assert_eq!(allows(url, false), expected, "{url}");
    }

    #[test]
    fn public_https_addresses_are_allowed() {
        check("https://hooks.example.com/a?b=c", true);
        check("https://hooks.example.com:8443", true);
        check("https://93.184.216.34/", true);
        check("https://[2606:2800:220:1::1]/x", true);
    }

    #[test]
    fn everything_that_leads_inside_is_refused() {
        for url in [
            "http://hooks.example.com/",
            "ftp://hooks.example.com/",
            "//hooks.example.com/",
            "https:///path",
            "https://user@hooks.example.com/",
            "https://hooks.example.com\\@127.0.0.1/",
            "https://hooks.example.com/ä",
            "https://localhost/",
            "https://LOCALHOST./",
            "https://a.localhost:8080/",
            "https://intranet/",
            "https://db.internal/",
            "https://printer.local/",
            "https://127.0.0.1/",
            "https://127.1/",
            "https://2130706433/",
            "https://0x7f000001/",
            "https://0177.0.0.1/",
            "https://10.1.2.3/",
            "https://100.64.0.1/",
            "https://169.254.169.254/latest/meta-data",
            "https://172.16.0.1/",
            "https://192.168.1.1/",
            "https://198.18.0.1/",
            "https://224.0.0.1/",
            "https://255.255.255.255/",
            "https://0.0.0.0/",
            "https://[::1]/",
            "https://[::]/",
            "https://[::ffff:10.0.0.1]/",
            "https://[64:ff9b::a00:1]/",
            "https://[2002:a00:1::]/",
            "https://[2001::1]/",
            "https://[2001:db8::1]/",
            "https://[fc00::1]/",
            "https://[fe80::1%25eth0]/",
            "https://[ff02::1]/",
        ] {
            check(url, false);
        }
    }

    #[test]
    fn the_demo_may_call_its_own_machine() {
        assert!(allows("http://127.0.0.1:4001/hook", true));
        assert!(!allows("http://user@127.0.0.1:4001/hook", true));
        assert!(!allows("file:///etc/passwd", true));
    }
}
