//! Addresses of web pages as people type them: the scheme may be missing, the host may not.
//!
//! Takes `http` and `https` on a real host name (`host`), no user name, no IP address. The normal form follows the URL
//! standard: scheme and host in lower case, no default port, a path, everything beyond ASCII percent-encoded.
//!
//! Standard: <https://url.spec.whatwg.org/>

use alloc::{borrow::ToOwned, string::String};

use super::{Known, host, text};
use host::Ascii;

/// The longest address that is taken, in bytes: what browsers and mail programs carry.
pub const MAX_URL: usize = 2_048;

/// What is known about the address of a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UrlAnswer {
    /// The normal form; the trimmed text where there is a problem or the host is not yet known.
    pub value: String,
    /// The code of what is wrong.
    pub problem: Option<&'static str>,
    /// The address that was probably meant.
    pub suggestion: Option<String>,
    /// The typed host whose ASCII form has to be told (`Known::hosts`) before the address can be judged.
    pub wanted_host: Option<String>,
    /// The host in ASCII without `www.`; empty where there is a problem or it is not yet known.
    pub domain: String,
}

/// Judges the address of a page.
///
/// ```
/// use leadkit::check::{Known, url};
/// assert_eq!(url::check("Example.com/Team", &Known::default()).value, "https://example.com/Team");
/// ```
pub fn check(typed: &str, known: &Known<'_>) -> UrlAnswer {
    let typed = text::trim(typed);
    match parse(typed, known) {
        Ok(answer) => answer,
        Err(problem) => UrlAnswer {
            value: typed.to_owned(),
            problem: Some(problem),
            suggestion: repair(typed, known),
            ..UrlAnswer::default()
        },
    }
}

fn parse(typed: &str, known: &Known<'_>) -> Result<UrlAnswer, &'static str> {
    if typed.len() > MAX_URL || typed.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err("url.syntax");
    }
    let (scheme, rest) = scheme(typed)?;
    let end = rest.find(['/', '\\', '?', '#']).unwrap_or(rest.len());
    let (authority, tail) = rest.split_at_checked(end).unwrap_or((rest, ""));
    if authority.contains('@') {
        return Err("url.syntax");
    }
    let (typed_host, port) = authority.split_once(':').unwrap_or((authority, ""));
    let default_port = if scheme == "http" { "80" } else { "443" };
    let is_port = port.bytes().all(|byte| byte.is_ascii_digit())
        && port.parse::<u16>().is_ok_and(|port| port > 0);
    if !port.is_empty() && !is_port {
        return Err("url.syntax");
    }
    let domain = match host::ascii(typed_host, known) {
        Ascii::Is(domain) if host::is_valid(&domain, false) => domain,
        Ascii::Is(_) | Ascii::Refused => return Err("url.host"),
        Ascii::NotYetKnown => {
            let wanted_host = Some(typed_host.to_owned());
            return Ok(UrlAnswer { value: typed.to_owned(), wanted_host, ..UrlAnswer::default() });
        }
    };
    let mut value = [scheme, "://", &domain].concat();
    if !port.is_empty() && port != default_port {
        value.push(':');
        value.push_str(port.trim_start_matches('0'));
    }
    if !tail.starts_with(['/', '\\']) {
        value.push('/');
    }
    encode(tail, &mut value);
    let domain = domain.strip_prefix("www.").map(ToOwned::to_owned).unwrap_or(domain);
    Ok(UrlAnswer { value, domain, ..UrlAnswer::default() })
}

/// The scheme, `https` where none was typed, and what stands behind it.
fn scheme(typed: &str) -> Result<(&'static str, &str), &'static str> {
    if let Some((name, rest)) = typed.split_once("://") {
        return match name {
            _ if name.eq_ignore_ascii_case("https") => Ok(("https", rest)),
            _ if name.eq_ignore_ascii_case("http") => Ok(("http", rest)),
            _ if name.contains(['.', '/', '?']) => Ok(("https", typed)),
            _ => Err("url.scheme"),
        };
    }
    let is_scheme = |(name, rest): (&str, &str)| {
        !name.contains(['.', '/', '?', '#']) && !rest.starts_with(|c: char| c.is_ascii_digit())
    };
    if typed.split_once(':').is_some_and(is_scheme) {
        return Err("url.scheme");
    }
    Ok(("https", typed.strip_prefix("//").unwrap_or(typed)))
}

/// Writes path, query and fragment with everything percent-encoded that an address cannot hold.
fn encode(tail: &str, out: &mut String) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let hex = |digit: u8| char::from(HEX.get(usize::from(digit)).copied().unwrap_or(b'0'));
    let mut is_path = true;
    for byte in tail.bytes() {
        is_path &= !matches!(byte, b'?' | b'#');
        match byte {
            b'\\' if is_path => out.push('/'),
            b'"' | b'<' | b'>' | b'`' | b'{' | b'}' | 0..=0x20 | 0x7f.. => {
                out.push('%');
                out.push(hex(byte >> 4));
                out.push(hex(byte & 15));
            }
            _ => out.push(char::from(byte)),
        }
    }
}

/// The address that a slip of the hand made invalid: spaces inside, a comma for a dot, a mistyped scheme, a mail address.
fn repair(typed: &str, known: &Known<'_>) -> Option<String> {
    let closed: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    let lower = closed.to_ascii_lowercase();
    let start = lower.find("www").or_else(|| lower.rfind(['/', '@', ';', ':']).map(|at| at + 1));
    let bare = closed.get(start.unwrap_or_default()..)?;
    let end = bare.find(['/', '?', '#']).unwrap_or(bare.len());
    let (host, tail) = bare.split_at_checked(end)?;
    let host = host.replace([',', ';'], ".");
    let host = host.trim_matches('.');
    let answer = parse(&[host, tail].concat(), known).ok()?;
    (answer.wanted_host.is_none()).then_some(answer.value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_value(typed: &str, expected: &str) {
        let answer = check(typed, &Known::default());
        assert_eq!((answer.problem, answer.value.as_str()), (None, expected), "{typed}");
    }

    #[track_caller]
    fn check_problem(typed: &str, problem: &'static str, suggestion: Option<&str>) {
        let answer = check(typed, &Known::default());
        assert_eq!(answer.problem, Some(problem), "{typed}");
        assert_eq!(answer.suggestion.as_deref(), suggestion, "{typed}");
    }

    #[test]
    fn addresses_come_out_in_the_form_of_the_standard() {
        check_value("example.com", "https://example.com/");
        check_value(" HTTP://WWW.Example.com ", "http://www.example.com/");
        check_value("//example.com", "https://example.com/");
        check_value("https://example.com:443/a?b=c#d", "https://example.com/a?b=c#d");
        check_value("example.com:8080", "https://example.com:8080/");
        check_value("example.com?q=1", "https://example.com/?q=1");
        check_value("example.com/ü\"<", "https://example.com/%C3%BC%22%3C");
        check_value("example.com/r?to=http://x.y", "https://example.com/r?to=http://x.y");
        assert_eq!(check("www.example.com", &Known::default()).domain, "example.com");
    }

    #[test]
    fn each_fault_has_its_code() {
        check_problem("", "url.host", None);
        check_problem("ftp://example.com", "url.scheme", Some("https://example.com/"));
        check_problem("javascript:alert(1)", "url.scheme", None);
        check_problem("mailto:max@example.com", "url.scheme", Some("https://example.com/"));
        check_problem("example", "url.host", None);
        check_problem("http://10.0.0.1/", "url.host", None);
        check_problem("http://[::1]/", "url.syntax", None);
        check_problem("https://a:b@example.com", "url.syntax", Some("https://example.com/"));
        check_problem("example.com:0", "url.syntax", None);
        check_problem("example.com:70000", "url.syntax", None);
    }

    #[test]
    fn a_slip_of_the_hand_is_repaired_in_the_suggestion() {
        check_problem("www,example,com", "url.host", Some("https://www.example.com/"));
        check_problem("http:/www.example.com/a", "url.scheme", Some("https://www.example.com/a"));
        check_problem("www. example.com", "url.syntax", Some("https://www.example.com/"));
        check_problem("example.com.", "url.host", Some("https://example.com/"));
    }

    #[test]
    fn an_international_host_is_not_yet_known_until_it_is_told() {
        let mut known = Known::default();
        assert_eq!(check("http://müller.de/x", &known).wanted_host.as_deref(), Some("müller.de"));
        known.hosts.insert("müller.de".into(), Some("xn--mller-kva.de".into()));
        assert_eq!(check("http://müller.de/x", &known).value, "http://xn--mller-kva.de/x");
    }
}
