//! What the platform says about a request or a wake-up.

use alloc::{borrow::ToOwned, string::String, vec::Vec};

use crate::{
    random::Random,
    time::Millis,
    wire::json::{self, Json},
};

/// A file that came with the request; the platform holds its bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Upload {
    /// The field of a plain form that it came in.
    pub field: String,
    /// Its name, as the form told.
    pub name: String,
    /// The SHA-256 of its bytes in hexadecimal digits.
    pub hash: String,
    /// Its bytes.
    pub size: u64,
    /// Its first bytes.
    pub start: Vec<u8>,
    /// Its last bytes.
    pub end: Vec<u8>,
}

impl Upload {
    fn read(json: &Json) -> Self {
        let text = |key| json.member(key).and_then(Json::as_str).unwrap_or_default();
        let bytes = |key| {
            let digits = text(key).as_bytes().chunks_exact(2);
            let byte = |pair: &[u8]| u8::from_str_radix(core::str::from_utf8(pair).ok()?, 16).ok();
            digits.filter_map(byte).collect()
        };
        Self {
            field: text("field").to_owned(),
            name: text("name").to_owned(),
            hash: text("hash").to_owned(),
            size: json.member("size").and_then(Json::as_uint).unwrap_or(0),
            start: bytes("start"),
            end: bytes("end"),
        }
    }
}

/// The facts that come with every call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// The time.
    pub now: Millis,
    /// Hexadecimal digits of fresh entropy.
    pub entropy: String,
    /// The method in upper case.
    pub method: String,
    /// The host and port that the client asked.
    pub host: String,
    /// Whether the client came by HTTPS.
    pub secure: bool,
    /// The path, as it came.
    pub path: String,
    /// The query without its question mark.
    pub query: String,
    /// The headers; names in lower case.
    pub headers: Vec<(String, String)>,
    /// The address of the client, where the platform knows it.
    pub address: String,
    /// The values of the environment that settings name.
    pub env: Json,
    /// The object that is woken.
    pub object: String,
    /// How many objects each site has.
    pub objects: u64,
    /// The files that came with the request.
    pub uploads: Vec<Upload>,
    /// Whether there is a place to keep files.
    pub blobs: bool,
    /// Whether one database holds all of them, the index too.
    pub together: bool,
}

impl Head {
    /// Reads what the platform wrote. What is missing is empty.
    pub fn parse(text: &str) -> Self {
        let json = json::parse(text).unwrap_or_default();
        let text = |key| json.member(key).and_then(Json::as_str).unwrap_or_default().to_owned();
        let url = text("url");
        let (secure, rest) = match url.split_once("://") {
            Some((scheme, rest)) => (scheme == "https", rest),
            None => (false, url.as_str()),
        };
        let rest = rest.split('#').next().unwrap_or_default();
        let (before, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (host, path) = before.split_once('/').unwrap_or((before, ""));
        let pairs = json.member("headers").and_then(Json::as_array).unwrap_or_default();
        let pair = |pair: &Json| {
            let [name, value] = pair.as_array()? else { return None };
            Some((name.as_str()?.to_ascii_lowercase(), value.as_str()?.to_owned()))
        };
        let mut full = String::from("/");
        full.push_str(path);
        Self {
            now: Millis(json.member("now").and_then(Json::as_uint).unwrap_or(0)),
            entropy: text("entropy"),
            method: text("method"),
            host: host.to_owned(),
            secure,
            path: full,
            query: query.to_owned(),
            headers: pairs.iter().filter_map(pair).collect(),
            address: text("address"),
            env: json.member("env").cloned().unwrap_or_default(),
            object: text("object"),
            objects: json.member("objects").and_then(Json::as_uint).unwrap_or(1).max(1),
            uploads: json
                .member("uploads")
                .and_then(Json::as_array)
                .unwrap_or_default()
                .iter()
                .map(Upload::read)
                .collect(),
            blobs: json.member("blobs") == Some(&Json::Bool(true)),
            together: json.member("together").and_then(Json::as_bool).unwrap_or(false),
        }
    }

    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The page's origin; none where a browser had none to tell, as from a file or a sandbox.
    pub fn origin(&self) -> Option<&str> {
        self.header("origin").filter(|origin| *origin != "null")
    }

    /// Whether the page that asks is one of this deployment. The scheme is left out, because a proxy may end TLS.
    pub fn same_origin(&self) -> bool {
        let host = self.origin().and_then(|origin| origin.split_once("://")).map(|(_, host)| host);
        host == Some(self.host.as_str())
    }

    /// The media type of the body without its parameters, in lower case.
    pub fn media_type(&self) -> String {
        let header = self.header("content-type").unwrap_or_default();
        header.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// A value of the environment.
    pub fn env(&self, name: &str) -> Option<&str> {
        self.env.member(name).and_then(Json::as_str).filter(|value| !value.is_empty())
    }

    /// A stream of numbers from the entropy of this call.
    pub fn random(&self) -> Random {
        let digits = self.entropy.get(..16).unwrap_or_default();
        Random::new(u64::from_str_radix(digits, 16).unwrap_or(self.now.0))
    }

    /// A word that no other call has.
    pub fn nonce(&self) -> &str {
        self.entropy.get(16..48).unwrap_or(&self.entropy)
    }

    /// The value of a parameter of the query, decoded.
    pub fn parameter(&self, name: &str) -> Option<String> {
        self.parameters().into_iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// The parameters of the query, decoded.
    pub fn parameters(&self) -> Vec<(String, String)> {
        crate::wire::urlencoded::pairs(self.query.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_taken_apart() {
        let head = Head::parse(
            r#"{"url":"https://edge.example:8080/v1/leads?a=b%20c#x","method":"GET","headers":[["Origin","http://edge.example:8080"]],
            "entropy":"00000000000000010123456789abcdef0123456789abcdef0123456789abcdef"}"#,
        );
        assert_eq!((head.host.as_str(), head.path.as_str()), ("edge.example:8080", "/v1/leads"));
        assert_eq!(head.parameter("a").as_deref(), Some("b c"));
        assert!(head.secure && head.same_origin());
        assert_eq!(head.nonce(), "0123456789abcdef0123456789abcdef");
        assert_eq!(
            Head::parse("nonsense"),
            Head { path: "/".into(), env: Json::Null, objects: 1, ..Head::default() }
        );
    }

    #[test]
    fn an_opaque_origin_is_none() {
        let head = Head::parse(r#"{"url":"https://a/","headers":[["origin","null"]]}"#);
        assert_eq!(head.origin(), None);
    }
}
