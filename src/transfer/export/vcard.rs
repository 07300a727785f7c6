//! vCard 4.0 (RFC 6350): one card for each lead, with the id of the lead as its UID, so that a card that is brought again
//! replaces itself.

use alloc::{format, string::String};

use super::super::view::{at, plain};
use crate::{time::Millis, wire::json::Json};

/// The most bytes of a line; longer ones go on in the next, which begins with a space.
const WIDTH: usize = 75;

/// Writes the card of a lead as mappings see it.
pub(super) fn write(view: &Json, out: &mut String) {
    let text = |path: &str| plain(at(view, path), ", ");
    let id = text("id");
    let [name, first, last, email] =
        ["name", "first_name", "last_name", "email"].map(|key| text(&format!("contact.{key}")));
    // A card has to have a name.
    let shown = [&name, &email, &id].into_iter().find(|text| !text.is_empty());
    line(out, "BEGIN:VCARD");
    line(out, "VERSION:4.0");
    line(out, &format!("UID:urn:uuid:{}", escaped(&id)));
    line(out, &format!("FN:{}", escaped(shown.unwrap_or(&id))));
    line(out, &format!("N:{};{};;;", escaped(&last), escaped(&first)));
    let simple = [
        ("EMAIL", "email"),
        ("ORG", "company"),
        ("TITLE", "job_title"),
        ("URL", "website"),
        ("NOTE", "message"),
    ];
    for (property, key) in simple {
        let value = text(&format!("contact.{key}"));
        if !value.is_empty() {
            // An address of a page is a URI, in which nothing is escaped, and which has no line ends.
            let value = if property == "URL" { bare(&value) } else { escaped(&value) };
            line(out, &format!("{property}:{value}"));
        }
    }
    let phone = text("contact.phone");
    let number =
        phone.strip_prefix('+').filter(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()));
    if let Some(number) = number {
        line(out, &format!("TEL;VALUE=uri:tel:+{number}"));
    } else if !phone.is_empty() {
        line(out, &format!("TEL;VALUE=text:{}", escaped(&phone)));
    }
    let parts =
        ["street", "city", "postcode", "country"].map(|key| text(&format!("contact.{key}")));
    if parts.iter().any(|part| !part.is_empty()) {
        let [street, city, postcode, country] = parts.map(|part| escaped(&part));
        line(out, &format!("ADR:;;{street};{city};;{postcode};{country}"));
    }
    let segments = at(view, "verdict.segments").as_array().unwrap_or_default();
    if !segments.is_empty() {
        let mut joined = String::new();
        for (place, segment) in segments.iter().enumerate() {
            joined.push_str(if place > 0 { "," } else { "" });
            joined.push_str(&escaped(&plain(segment, " ")));
        }
        line(out, &format!("CATEGORIES:{joined}"));
    }
    if let Some(received) = at(view, "received_at").as_uint() {
        line(out, &format!("REV:{}", Millis(received).to_compact()));
    }
    line(out, "END:VCARD");
}

/// A text value: no character of it ends a value or a line.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        match char {
            '\r' if chars.peek() == Some(&'\n') => {}
            '\r' | '\n' => out.push_str("\\n"),
            '\\' | ',' | ';' => {
                out.push('\\');
                out.push(char);
            }
            control if control.is_control() && control != '\t' => {}
            other => out.push(other),
        }
    }
    out
}

fn bare(text: &str) -> String {
    text.chars().filter(|char| !char.is_control() && *char != ' ').collect()
}

/// Writes a line, folded between characters.
fn line(out: &mut String, text: &str) {
    let mut width = 0;
    for char in text.chars() {
        if width + char.len_utf8() > WIDTH {
            out.push_str("\r\n ");
            width = 1;
        }
        out.push(char);
        width += char.len_utf8();
    }
    out.push_str("\r\n");
}
