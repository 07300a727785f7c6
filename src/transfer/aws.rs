//! AWS Signature Version 4, by which Amazon SES and every S3-compatible store know who asks.
//!
//! Follows "Create a signed AWS API request" of docs.aws.amazon.com. The path is signed as it stands in the address, so it has
//! to be encoded there. Tested with cases of AWS's own suite, and against botocore.

use alloc::{format, string::String, vec::Vec};

use crate::wire::signature;

/// Who signs, and for what.
#[derive(Clone, Copy, Debug)]
pub struct Signer<'a> {
    /// The id of the access key.
    pub key_id: &'a str,
    /// The secret access key.
    pub secret: &'a str,
    /// The region, such as `eu-central-1`.
    pub region: &'a str,
    /// The service: `ses` or `s3`.
    pub service: &'a str,
    /// When, as in the header `x-amz-date`: `20261122T053245Z`.
    pub date: &'a str,
}

impl Signer<'_> {
    /// The header `authorization` for a request with these headers, of which `host` is added from the address. `payload` is
    /// the SHA-256 of the body in hexadecimal digits. `None` for what is no address.
    pub fn authorization(
        &self,
        method: &str,
        url: &str,
        headers: &[(&str, &str)],
        payload: &str,
    ) -> Option<String> {
        let (_, rest) = url.split_once("://")?;
        let (host, path) = rest.split_once('/')?;
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let mut query: Vec<&str> = query.split('&').filter(|pair| !pair.is_empty()).collect();
        query.sort_unstable();
        let mut headers: Vec<(&str, &str)> = headers.to_vec();
        headers.push(("host", host));
        headers.sort_by_key(|(name, _)| *name);
        let mut lines = String::new();
        let mut names = String::new();
        for (name, value) in headers {
            let words: Vec<&str> = value.split_whitespace().collect();
            for part in [name, ":", &words.join(" "), "\n"] {
                lines.push_str(part);
            }
            names.push_str(if names.is_empty() { "" } else { ";" });
            names.push_str(name);
        }
        let query = query.join("&");
        let canonical = format!("{method}\n/{path}\n{query}\n{lines}\n{names}\n{payload}");
        let day = self.date.split('T').next()?;
        let scope = format!("{day}/{}/{}/aws4_request", self.region, self.service);
        let hash = hashed(canonical.as_bytes());
        let to_sign = format!("AWS4-HMAC-SHA256\n{}\n{scope}\n{hash}", self.date);
        let first = format!("AWS4{}", self.secret).into_bytes();
        let parts = [day, self.region, self.service, "aws4_request", to_sign.as_str()];
        let key =
            parts.iter().fold(first, |key, part| signature::keyed(&key, part.as_bytes()).to_vec());
        Some(format!(
            "AWS4-HMAC-SHA256 Credential={}/{scope}, SignedHeaders={names}, Signature={}",
            self.key_id,
            signature::hex(&key)
        ))
    }
}

/// The SHA-256 of a body as signatures want it.
pub fn hashed(body: &[u8]) -> String {
    signature::hex(&signature::digest(body))
}

/// Whether this is the name of a region, which goes into an address.
pub fn is_region(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXAMPLE: Signer<'_> = Signer {
        key_id: "AKIDEXAMPLE",
        secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
        region: "us-east-1",
        service: "service",
        date: "20150830T123600Z",
    };

    /// A case of the suite `aws-sig-v4-test-suite` by its name there.
    #[track_caller]
    fn check(
        name: &str,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
        expected: &str,
    ) {
        let mut headers = headers.to_vec();
        headers.push(("x-amz-date", EXAMPLE.date));
        let url = format!("https://example.amazonaws.com{path}");
        let found =
            EXAMPLE.authorization(method, &url, &headers, &hashed(body.as_bytes())).unwrap();
        let signature = found.rsplit('=').next();
        assert_eq!(signature, Some(expected), "{name}: {found}");
    }

    #[test]
    fn requests_of_the_suite_of_aws_are_signed_as_it_says() {
        let form = [("content-type", "application/x-www-form-urlencoded")];
        for (name, method, path, headers, body, expected) in [
            (
                "get-vanilla",
                "GET",
                "/",
                [].as_slice(),
                "",
                "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
            ),
            (
                "get-vanilla-query-order-key-case",
                "GET",
                "/?Param2=value2&Param1=value1",
                &[],
                "",
                "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
            ),
            (
                "get-utf8",
                "GET",
                "/%E1%88%B4",
                &[],
                "",
                "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85",
            ),
            (
                "get-unreserved",
                "GET",
                "/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
                &[],
                "",
                "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f",
            ),
            (
                "get-header-value-trim",
                "GET",
                "/",
                &[("my-header1", " value1"), ("my-header2", " \"a   b   c\"")],
                "",
                "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736",
            ),
            (
                "post-vanilla",
                "POST",
                "/",
                &[],
                "",
                "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
            ),
            (
                "post-x-www-form-urlencoded",
                "POST",
                "/",
                &form,
                "Param1=value1",
                "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
            ),
        ] {
            check(name, method, path, headers, body, expected);
        }
    }

    #[test]
    fn a_request_to_ses_is_signed_as_botocore_does() {
        // botocore.auth.SigV4Auth of PyPI, with the clock at 2026-11-22T05:32:45Z.
        for (url, body, expected) in [
            (
                "https://email.eu-central-1.amazonaws.com/v2/email/outbound-emails",
                "{\"a\":\"ä\"}",
                "037b715bac6ae203459ca55f882f98c1a14f0a11a50f728ce0eb7f2e5b014d68",
            ),
            (
                "http://127.0.0.1:5000/v2/email/outbound-emails",
                "{}",
                "a241f5e478af43c2c10c0bd00f31cca3e6a80f7958ef63dafee5725fa91b5dcb",
            ),
        ] {
            let date = "20261122T053245Z";
            let signer = Signer { region: "eu-central-1", service: "ses", date, ..EXAMPLE };
            let headers = [("content-type", "application/json"), ("x-amz-date", date)];
            let body = hashed(body.as_bytes());
            let found = signer.authorization("POST", url, &headers, &body).unwrap();
            assert_eq!(
                found,
                format!(
                    "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261122/eu-central-1/ses/aws4_request, \
                     SignedHeaders=content-type;host;x-amz-date, Signature={expected}"
                )
            );
        }
    }
}
