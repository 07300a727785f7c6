//! A mail by SMTP with TLS from the first byte, port 465 (RFC 8314); to the team, or to the lead itself.
//!
//! The message is written here (RFC 5322, RFC 2047, RFC 2045), so that nothing a visitor typed can become a header or a
//! recipient; the platform speaks SMTP (RFC 5321) and answers with the last reply code as the status. Settings: `url`
//! (`smtps://mail.shop.example:465`), `user`, `token` (the password), and those of the destination `mail`: `from`, `to`,
//! `subject`, `text`, `reply_to`, `inbox`. SMTP does not know copies: the `Message-ID` is that of lead and destination, so that a
//! repeat is recognisable.

use alloc::{format, string::String, vec::Vec};

use super::{Answer, Job, Move, TIMEOUT, Turn, Unready, mail, single};
use crate::{
    time::Millis,
    wire::{answer::Meaning, signature, step::Request},
};

/// The method of a request that is a mail.
pub(super) const METHOD: &str = "SMTP";
/// The most bytes of a line, without its end (RFC 2045).
const WIDTH: usize = 76;
/// What stands before the sender.
const FROM: &str = "From: ";

pub(super) fn step(job: &Job<'_>, turn: Option<&Turn<'_>>) -> Result<Move, Unready> {
    if mail::recipients(job).is_empty() {
        return Ok(Move::Unfit("recipient_missing"));
    }
    single(turn, || request(job), judge)
}

fn request(job: &Job<'_>) -> Result<Request, Unready> {
    let mail = mail::written_mail(job)?;
    let url = job.needed("url")?;
    if !url.starts_with("smtps://") {
        return Err(Unready::Address);
    }
    let (_, sender) = parted(&mail.from);
    if !mail::is_address(sender) || !mail.to.iter().all(|to| to.is_ascii()) {
        return Err(Unready::Setting);
    }
    let headers = [
        ("smtp-user", job.needed("user")?),
        ("smtp-password", job.needed("token")?),
        ("smtp-from", sender.into()),
        ("smtp-to", mail.to.join(",")),
    ];
    let body = message(&mail, sender, job.key, job.around.now);
    let private = job.around.private();
    let headers = headers.into();
    Ok(Request {
        method: METHOD,
        url,
        headers,
        extra: Vec::new(),
        body,
        timeout: TIMEOUT,
        most: 20 * 1024,
        private,
    })
}

/// The reply codes of RFC 5321 and RFC 4954: a 4xx passes by itself, and who may not sign in needs a person.
fn judge(answer: &Answer<'_>) -> Meaning {
    match answer.status {
        200..=299 => Meaning::Done,
        454 => Meaning::Retry,
        530 | 534 | 535 | 538 => Meaning::Denied,
        500..=599 => Meaning::Refused,
        _ => Meaning::Retry,
    }
}

/// The name and the address of `Shop <mail@shop.example>`.
fn parted(text: &str) -> (&str, &str) {
    match text.split_once('<') {
        Some((name, address)) => {
            (name.trim().trim_matches('"'), address.trim_end_matches('>').trim())
        }
        None => ("", text.trim()),
    }
}

fn message(mail: &mail::Mail, sender: &str, key: &str, now: Millis) -> String {
    let (name, _) = parted(&mail.from);
    let from =
        if name.is_empty() { sender.into() } else { format!("{} <{sender}>", words(name, FROM)) };
    let domain = sender.split_once('@').map_or("localhost", |(_, domain)| domain);
    // The key holds an id and a name that the owner gave; a hash of it fits into any header.
    let digest = signature::hex(&signature::digest(key.as_bytes()));
    let id = digest.get(..32).unwrap_or_default();
    let mut out = String::new();
    let mut header = |name: &str, value: &str| {
        for part in [name, ": ", value, "\r\n"] {
            out.push_str(part);
        }
    };
    header("Date", &date(now));
    header("Message-ID", &format!("<{id}@{domain}>"));
    header("From", &from);
    header("To", &mail.to.join(",\r\n "));
    if let Some(reply) = mail.reply_to.as_deref().filter(|reply| reply.is_ascii()) {
        header("Reply-To", reply);
    }
    header("Subject", &words(&mail.subject, "Subject: "));
    header("Auto-Submitted", "auto-generated");
    header("MIME-Version", "1.0");
    header("Content-Type", "text/plain; charset=utf-8");
    header("Content-Transfer-Encoding", "quoted-printable");
    out.push_str("\r\n");
    printable(&mail.text, &mut out);
    out
}

/// Text in a header: as it is where it is plain and short, and as encoded words of UTF-8 else (RFC 2047).
fn words(text: &str, before: &str) -> String {
    // In the name of a sender these have a meaning of their own.
    let special: &[u8] = if before == FROM { b"\"\\<>()[]:;@," } else { b"" };
    let plain = text.bytes().all(|byte| (b' '..=b'~').contains(&byte) && !special.contains(&byte));
    if plain && !text.contains("=?") && before.len() + text.len() <= WIDTH {
        return text.into();
    }
    let mut out = String::new();
    let mut rest = text;
    while !rest.is_empty() {
        // An encoded word has at most 75 characters: 45 bytes, without breaking a character.
        let end = (0..=45.min(rest.len())).rev().find(|end| rest.is_char_boundary(*end));
        let (word, after) = rest.split_at(end.filter(|end| *end > 0).unwrap_or(rest.len()));
        out.push_str(if out.is_empty() { "=?UTF-8?B?" } else { "\r\n =?UTF-8?B?" });
        signature::encode(word.as_bytes(), &mut out);
        out.push_str("?=");
        rest = after;
    }
    out
}

/// Text as quoted-printable (RFC 2045, section 6.7), with lines that end in CR and LF.
fn printable(text: &str, out: &mut String) {
    for line in text.split('\n') {
        let line = line.strip_suffix('\r').unwrap_or(line);
        let mut width = 0;
        for (place, byte) in line.bytes().enumerate() {
            let last = place + 1 == line.len();
            // A space at the end gets lost on the way, and a dot alone on a line ends a mail.
            let plain = match byte {
                b' ' | b'\t' => !last,
                b'=' => false,
                b'.' => width > 0,
                _ => (b'!'..=b'~').contains(&byte),
            };
            let needs = if plain { 1 } else { 3 };
            if width + needs > WIDTH - 1 {
                out.push_str("=\r\n");
                width = 0;
            }
            if plain {
                out.push(char::from(byte));
            } else {
                out.push('=');
                for nibble in [byte >> 4, byte & 15] {
                    let digit = char::from_digit(nibble.into(), 16);
                    out.extend(digit.map(|digit| digit.to_ascii_uppercase()));
                }
            }
            width += needs;
        }
        out.push_str("\r\n");
    }
}

/// A date as RFC 5322 writes it: `Sun, 22 Nov 2026 05:32:45 +0000`.
fn date(now: Millis) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let text = now.to_iso8601();
    let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
    let weekday = usize::try_from(now.0 / 86_400_000 % 7).ok().and_then(|day| DAYS.get(day));
    let month: usize = part(5, 7).parse().unwrap_or(1);
    let month = MONTHS.get(month.saturating_sub(1));
    format!(
        "{}, {} {} {} {} +0000",
        weekday.unwrap_or(&"Thu"),
        part(8, 10),
        month.unwrap_or(&"Jan"),
        part(0, 4),
        part(11, 19)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail(subject: &str, text: &str) -> mail::Mail {
        mail::Mail {
            from: "Müller & Co <shop@shop.example>".into(),
            to: ["a@b.example".into(), "c@d.example".into()].into(),
            subject: subject.into(),
            text: text.into(),
            reply_to: Some("ada@b.example".into()),
        }
    }

    fn written(subject: &str, text: &str) -> String {
        message(&mail(subject, text), "shop@shop.example", "x:team", Millis(1_795_325_565_676))
    }

    #[test]
    fn a_message_is_written_as_the_standards_say() {
        let message = written("New lead: Ada", "a = b\n.\nlast ");
        let (head, body) = message.split_once("\r\n\r\n").unwrap();
        let lines: Vec<&str> = head.split("\r\n").collect();
        assert_eq!(
            lines,
            [
                "Date: Sun, 22 Nov 2026 05:32:45 +0000",
                "Message-ID: <a02ff227f7b53a0188ebeb7d27d3acd2@shop.example>",
                "From: =?UTF-8?B?TcO8bGxlciAmIENv?= <shop@shop.example>",
                "To: a@b.example,",
                " c@d.example",
                "Reply-To: ada@b.example",
                "Subject: New lead: Ada",
                "Auto-Submitted: auto-generated",
                "MIME-Version: 1.0",
                "Content-Type: text/plain; charset=utf-8",
                "Content-Transfer-Encoding: quoted-printable",
            ]
        );
        assert_eq!(body, "a =3D b\r\n=2E\r\nlast=20\r\n");
    }

    #[test]
    fn nothing_that_was_typed_becomes_a_header_or_ends_the_mail() {
        let hostile = "x\r\nBcc: evil@evil.example\r\n\r\n.\r\nQUIT";
        let message = written(hostile, hostile);
        let (head, body) = message.split_once("\r\n\r\n").unwrap();
        let names: Vec<&str> = head
            .split("\r\n")
            .filter(|line| !line.starts_with(' '))
            .filter_map(|line| line.split_once(':').map(|(name, _)| name))
            .collect();
        assert!(!names.contains(&"Bcc") && names.len() == 10, "{names:?}");
        assert!(!message.contains("\r\n.\r\n"));
        assert!(body.split("\r\n").all(|line| line.len() <= WIDTH), "{body}");
        assert!(message.replace("\r\n", "").bytes().all(|byte| (b' '..=b'~').contains(&byte)));
    }

    #[test]
    fn long_text_is_broken_between_characters() {
        let subject = words(&"ä€".repeat(40), "Subject: ");
        assert!(subject.split("\r\n ").all(|word| word.len() <= 75));
        for word in subject.split("\r\n ") {
            let inner = word.strip_prefix("=?UTF-8?B?").and_then(|word| word.strip_suffix("?="));
            let bytes = signature::decode(inner.unwrap()).unwrap();
            assert!(String::from_utf8(bytes).is_ok());
        }
        let mut body = String::new();
        printable(&"äöü ".repeat(50), &mut body);
        assert!(body.split("\r\n").all(|line| line.len() <= WIDTH));
    }

    #[test]
    fn reply_codes_mean_what_their_standard_says() {
        for (status, expected) in [
            (250, Meaning::Done),
            (421, Meaning::Retry),
            (451, Meaning::Retry),
            (454, Meaning::Retry),
            (535, Meaning::Denied),
            (550, Meaning::Refused),
            (554, Meaning::Refused),
        ] {
            assert_eq!(judge(&Answer { status, body: "" }), expected, "{status}");
        }
    }
}
