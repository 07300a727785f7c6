//! `multipart/form-data` bodies of plain HTML forms (RFC 7578). Files are not read: their parts are left out.

use alloc::{string::String, vec::Vec};

use crate::wire::urlencoded::MAX_PAIRS;

/// The boundary of a multipart content type.
pub fn boundary(content_type: &str) -> Option<&str> {
    let parameter = content_type.split(';').map(str::trim).find_map(|part| {
        let (name, value) = part.split_once('=')?;
        name.trim().eq_ignore_ascii_case("boundary").then_some(value.trim())
    })?;
    let plain = parameter.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    Some(plain.unwrap_or(parameter)).filter(|text| (1..=70).contains(&text.len()))
}

/// The names and values of a multipart body, in their order.
pub fn parts(body: &[u8], boundary: &str) -> Vec<(String, String)> {
    let mut delimiter = b"--".to_vec();
    delimiter.extend_from_slice(boundary.as_bytes());
    let mut out = Vec::new();
    let mut rest = after(body, &delimiter);
    while let Some(part) = rest.filter(|part| !part.starts_with(b"--") && out.len() < MAX_PAIRS) {
        let mut end = b"\r\n".to_vec();
        end.extend_from_slice(&delimiter);
        let Some(length) = find(part, &end) else { break };
        let content = part.get(..length).unwrap_or_default();
        let content = content.strip_prefix(b"\r\n").unwrap_or(content);
        if let Some(split) = find(content, b"\r\n\r\n") {
            let head =
                String::from_utf8_lossy(content.get(..split).unwrap_or_default()).into_owned();
            let value = content.get(split + 4..).unwrap_or_default();
            if let Some(name) = field_name(&head) {
                out.push((name, String::from_utf8_lossy(value).into_owned()));
            }
        }
        rest = after(part, &end);
    }
    out
}

/// The name in `Content-Disposition: form-data; name="…"`; none for a file.
fn field_name(head: &str) -> Option<String> {
    let line = head.split("\r\n").find(|line| {
        line.get(..20).is_some_and(|start| start.eq_ignore_ascii_case("content-disposition:"))
    })?;
    if line.contains("filename") {
        return None;
    }
    let (_, quoted) = line.split_once("name=\"")?;
    let (name, _) = quoted.split_once('"')?;
    // Browsers escape these three in names, https://html.spec.whatwg.org/multipage/form-control-infrastructure.html.
    Some(name.replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n"))
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

fn after<'a>(haystack: &'a [u8], needle: &[u8]) -> Option<&'a [u8]> {
    haystack.get(find(haystack, needle)? + needle.len()..)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::borrow::ToOwned;

    fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn multipart_bodies_give_their_fields_and_leave_files_out() {
        let body = b"--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\none\r\ntwo\r\n--XX\r\n\
            Content-Disposition: form-data; name=\"f\"; filename=\"x.txt\"\r\nContent-Type: text/plain\r\n\r\nfile\r\n--XX\r\n\
            content-disposition: form-data; name=\"b\"\r\n\r\n\r\n--XX--\r\n";
        assert_eq!(parts(body, "XX"), owned(&[("a", "one\r\ntwo"), ("b", "")]));
        assert_eq!(boundary("multipart/form-data; boundary=\"XX\""), Some("XX"));
        assert_eq!(boundary("multipart/form-data; charset=x; Boundary=y"), Some("y"));
        assert_eq!(boundary("multipart/form-data"), None);
    }

    #[test]
    fn broken_multipart_bodies_are_harmless() {
        for body in [
            b"".as_slice(),
            b"--X",
            b"--X\r\n",
            b"--X\r\n\r\n",
            b"--X\r\nname=\"a\"\r\n\r\n--X",
            b"--X--",
        ] {
            assert_eq!(parts(body, "X"), []);
        }
    }
}
