//! Amazon SES, API version 2, for the destination `mail`: `SendEmail` signed with AWS Signature Version 4.
//!
//! Contract: docs.aws.amazon.com, `SendEmail`. SES does not know copies. An account in the sandbox and an address that is not
//! verified answer 400, and the delivery is dead with that status.

use alloc::format;

use super::{Job, Unready, mail::Mail};
use crate::{
    transfer::aws::{Signer, hashed, is_region},
    wire::{json::Json, step::Request},
};

pub(super) fn request(job: &Job<'_>, mail: &Mail, secret: &str) -> Result<Request, Unready> {
    let (region, key_id) = (job.needed("region")?, job.needed("key_id")?);
    if !is_region(&region) {
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
    let signer = Signer { key_id: &key_id, secret, region: &region, service: "ses", date: &date };
    let headers = [("content-type", "application/json"), ("x-amz-date", date.as_str())];
    let payload = hashed(request.body.as_bytes());
    let authorization = signer
        .authorization(request.method, &request.url, &headers, &payload)
        .ok_or(Unready::Address)?;
    request.headers.push(("x-amz-date", date));
    request.headers.push(("authorization", authorization));
    Ok(request)
}
