//! Where a lead came from: the campaign parameters, click ids and referrer of its first and its last touch.
//!
//! Decides which of what a page claims is kept, and how much of it. A page collects touches, the edge keeps of them what
//! this module lets through: no parameter that is not on the list, no text that is too long, no address with its query.

use alloc::{borrow::ToOwned, string::String, vec::Vec};

use crate::{
    time::Millis,
    wire::json::{self, Json},
};

/// What is kept, for the browser and for this module: `campaign` and `click` are parameters that name a campaign or one
/// click, `cookie` are cookies of ad platforms that a page may read once the visitor agreed.
const PARAMETERS: &str = include_str!("../../www/browser/touch/parameters.json");
/// The most characters of one value.
const MAX_VALUE: usize = 512;

/// The member of the context of a lead that holds its touches.
pub const MEMBER: &str = "attribution";

/// The touch of a page that was opened at `url` with these parameters, or `None` where nothing says where it came from.
/// `own` is the host of the page, which is no referrer.
pub fn touch<'a>(
    parameters: impl IntoIterator<Item = (&'a str, &'a str)>,
    url: &str,
    referrer: &str,
    own: &str,
    at: Millis,
) -> Option<Json> {
    let mut raw = Json::object([("at", Json::uint(at.0)), ("url", Json::str(url))]);
    let host = host(referrer);
    if !host.is_empty() && host != own {
        raw.set("referrer", Json::str(host));
    }
    for (name, value) in parameters {
        raw.set(&name.to_ascii_lowercase(), Json::str(value));
    }
    let touch = kept(&raw, &names(&["campaign", "click"]));
    let says_more = touch.as_object()?.iter().any(|(name, _)| name != "at" && name != "url");
    says_more.then_some(touch)
}

/// The context of a lead with its touches as they are kept; `None` where it has none and stays as it is.
pub fn tidy(context: &Json) -> Option<Json> {
    let claimed = context.member(MEMBER)?;
    let parameters = names(&["campaign", "click"]);
    let mut touches = Json::Object(Vec::new());
    for key in ["first", "last"] {
        if let Some(touch @ Json::Object(_)) = claimed.member(key) {
            touches.set(key, kept(touch, &parameters));
        }
    }
    if let Some(cookies @ Json::Object(_)) = claimed.member("cookies") {
        let mut own = Json::Object(Vec::new());
        copy(cookies, &names(&["cookie"]), &mut own);
        touches.set("cookies", own);
    }
    let mut context = context.clone();
    context.set(MEMBER, touches);
    Some(context)
}

/// The names of these lists.
fn names(lists: &[&str]) -> Vec<String> {
    let all = json::parse(PARAMETERS).unwrap_or_default();
    let lists = lists.iter().filter_map(|list| all.member(list)?.as_array());
    lists.flatten().filter_map(Json::as_str).map(ToOwned::to_owned).collect()
}

/// What is kept of one touch, always in the same order.
fn kept(touch: &Json, names: &[String]) -> Json {
    let mut out = Json::Object(Vec::new());
    if let Some(at) = touch.member("at").and_then(Json::as_uint) {
        out.set("at", Json::uint(at));
    }
    if let Some(url) = text(touch, "url") {
        // A query may hold anything, such as an address of a newsletter's reader.
        out.set("url", Json::str(url.split(['?', '#']).next().unwrap_or_default()));
    }
    if let Some(referrer) = text(touch, "referrer") {
        out.set("referrer", Json::str(host(referrer)));
    }
    copy(touch, names, &mut out);
    out
}

/// Copies the members of these names that are fit to be kept.
fn copy(from: &Json, names: &[String], out: &mut Json) {
    for name in names {
        if let Some(value) = text(from, name) {
            out.set(name, Json::str(value));
        }
    }
}

fn text<'a>(from: &'a Json, name: &str) -> Option<&'a str> {
    from.member(name).and_then(Json::as_str).filter(|text| is_fit(text))
}

fn is_fit(text: &str) -> bool {
    !text.is_empty() && text.chars().count() <= MAX_VALUE && !text.chars().any(char::is_control)
}

/// The host of an address, or what has no scheme as it is.
fn host(address: &str) -> &str {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    authority.rsplit('@').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    #[test]
    fn a_touch_has_the_listed_parameters_and_the_host_of_the_referrer() {
        let parameters =
            [("utm_source", "flyer"), ("ScCid", "x1"), ("email", "ada@b.example"), ("GCLID", "g")];
        let touch = touch(
            parameters,
            "https://a.example/p?x=1",
            "https://user@news.example/inbox?id=7",
            "a.example",
            Millis(5),
        );
        assert_eq!(
            touch.unwrap().to_text(),
            r#"{"at":5,"url":"https://a.example/p","referrer":"news.example","utm_source":"flyer","gclid":"g","sccid":"x1"}"#
        );
    }

    #[test]
    fn a_direct_visit_and_one_from_the_own_site_are_no_touch() {
        assert_eq!(touch([("page", "2")], "/p", "", "a.example", Millis(5)), None);
        assert_eq!(touch([], "/p", "https://a.example/", "a.example", Millis(5)), None);
    }

    #[test]
    fn what_a_page_claims_is_cut_to_the_list() {
        let long = "x".repeat(MAX_VALUE + 1);
        let context = json::parse(&format!(
            r#"{{"locale":"en","attribution":{{"first":{{"at":1,"url":"https://a.example/?mail=x#y","utm_source":"{long}",
            "utm_medium":"a\u0007b","utm_term":"shoes","secret":"s","gclid":7}},"last":"x","other":{{}},"cookies":{{"session":"s","_fbp":"fb.1.2"}}}}}}"#
        ))
        .unwrap();
        assert_eq!(
            tidy(&context).unwrap().to_text(),
            r#"{"locale":"en","attribution":{"first":{"at":1,"url":"https://a.example/","utm_term":"shoes"},"cookies":{"_fbp":"fb.1.2"}}}"#
        );
        assert_eq!(tidy(&json::parse(r#"{"locale":"en"}"#).unwrap()), None);
        let hostile = json::parse(r#"{"attribution":[1]}"#).unwrap();
        assert_eq!(tidy(&hostile).unwrap().to_text(), r#"{"attribution":{}}"#);
    }
}
