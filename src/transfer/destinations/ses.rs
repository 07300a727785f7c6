//! Amazon SES, API version 2, for the destination `mail`: `SendEmail` signed with AWS Signature Version 4.
//!
//! Contract: docs.aws.amazon.com, `SendEmail` and "Signature Version 4"; signatures are those of botocore. SES does not know
//! copies. An account in the sandbox and an address that is not verified answer 400, and the delivery is dead with that
//! status.

use alloc::{format, string::String};

use super::{Job, Unready, mail::Mail};
use crate::wire::{json::Json, signature, step::Request};

pub(super) fn request(job: &Job<'_>, mail: &Mail, secret: &str) -> Result<Request, Unready> {
    let (region, key_id) = (job.needed("region")?, job.needed("key_id")?);
    if !region.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        return Err(Unready::Setting);
    }
    let base = job.base(&format!("https://email.{region}.amazonaws.com"))?;
    let url = format!("{base}/v2/email/outbound-emails");
    let text =
        |data: &str| Json::object([("Data", Json::str(data)), ("Charset", Json::str("UTF-8"))]);
    let simple = Json::object([
        ("Subject", text(&mail.subject)),
        ("Body", Json::object([("Text", text(&mail.text))])),
    ]);
    let to = Json::array(mail.to.iter().map(|to| Json::str(to)));
    let mut body = Json::object([
        ("FromEmailAddress", Json::str(&mail.from)),
        ("Destination", Json::object([("ToAddresses", to)])),
        ("Content", Json::object([("Simple", simple)])),
    ]);
    if let Some(reply) = &mail.reply_to {
        body.set("ReplyToAddresses", Json::array([Json::str(reply)]));
    }
    let mut request = job.send("POST", url, [].into(), &body);
    let date = job.around.now.to_compact();
    let signed = Signing { key_id: &key_id, secret, region: &region, date: &date };
    let authorization = signed.authorization(&request).ok_or(Unready::Address)?;
    request.headers.push(("x-amz-date", date));
    request.headers.push(("authorization", authorization));
    Ok(request)
}

struct Signing<'a> {
    key_id: &'a str,
    secret: &'a str,
    region: &'a str,
    date: &'a str,
}

impl Signing<'_> {
    /// The header `authorization` for a request with these headers: `content-type`, `host`, `x-amz-date`.
    fn authorization(&self, request: &Request) -> Option<String> {
        let (_, rest) = request.url.split_once("://")?;
        let (host, path) = rest.split_once('/')?;
        let names = "content-type;host;x-amz-date";
        let hash = |text: &str| signature::hex(&signature::digest(text.as_bytes()));
        let canonical = format!(
            "{}\n/{path}\n\ncontent-type:application/json\nhost:{host}\nx-amz-date:{}\n\n{names}\n{}",
            request.method,
            self.date,
            hash(&request.body)
        );
        let day = self.date.split('T').next()?;
        let scope = format!("{day}/{}/ses/aws4_request", self.region);
        let to_sign = format!("AWS4-HMAC-SHA256\n{}\n{scope}\n{}", self.date, hash(&canonical));
        let first = format!("AWS4{}", self.secret).into_bytes();
        let parts = [day, self.region, "ses", "aws4_request", to_sign.as_str()];
        let key =
            parts.iter().fold(first, |key, part| signature::keyed(&key, part.as_bytes()).to_vec());
        Some(format!(
            "AWS4-HMAC-SHA256 Credential={}/{scope}, SignedHeaders={names}, Signature={}",
            self.key_id,
            signature::hex(&key)
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Millis;

    #[track_caller]
    fn check(url: &str, body: &str, expected: &str) {
        let request = Request {
            method: "POST",
            url: url.into(),
            headers: [].into(),
            extra: [].into(),
            body: body.into(),
            timeout: Millis(1),
            private: false,
        };
        let date = Millis(1_795_325_565_676).to_compact();
        let signing = Signing {
            key_id: "AKIDEXAMPLE",
            secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
            region: "eu-central-1",
            date: &date,
        };
        let authorization = signing.authorization(&request).unwrap();
        let start = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261122/eu-central-1/ses/aws4_request, \
            SignedHeaders=content-type;host;x-amz-date, Signature=";
        assert_eq!(authorization.strip_prefix(start), Some(expected), "{url}");
    }

    #[test]
    fn a_request_is_signed_as_botocore_does() {
        // botocore.auth.SigV4Auth of PyPI, with the clock at 2026-11-22T05:32:45Z.
        check(
            "https://email.eu-central-1.amazonaws.com/v2/email/outbound-emails",
            "{\"a\":\"ä\"}",
            "037b715bac6ae203459ca55f882f98c1a14f0a11a50f728ce0eb7f2e5b014d68",
        );
        check(
            "http://127.0.0.1:5000/v2/email/outbound-emails",
            "{}",
            "a241f5e478af43c2c10c0bd00f31cca3e6a80f7958ef63dafee5725fa91b5dcb",
        );
    }
}
