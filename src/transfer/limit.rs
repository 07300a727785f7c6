//! How fast a destination is asked: how many leads in one request, how many requests at once, and how often.
//!
//! The owner says it in `rate` (`{"per_second": 5, "per_minute": 100, "at_once": 2}`) for the whole site; the objects that
//! hold its leads share it evenly, each spreading its part over time. What a receiver asks for by `Retry-After` counts more.

use alloc::vec::Vec;

use super::{destinations, run::Lane};
use crate::wire::json::Json;

/// The most requests under way to one destination from one object, unless the owner says otherwise.
pub const AT_ONCE: u64 = 6;
/// The same for requests of several leads each, so that leads wait for a request rather than go alone.
const AT_ONCE_OF_MANY: u64 = 2;

/// The limits of a lane in one object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit<'a> {
    /// The name of the lane.
    pub name: &'a str,
    /// The most leads in one request.
    pub most: u64,
    /// The most requests under way.
    pub at_once: u64,
    /// The milliseconds between the beginnings of two requests; 0 without a rate.
    pub interval: u64,
}

impl<'a> Limit<'a> {
    /// The limits of a lane where its site has so many objects.
    pub fn of(lane: &Lane<'a>, objects: u64) -> Self {
        let objects = objects.max(1);
        let rate = lane.settings.member("rate").unwrap_or(&Json::Null);
        let number = |key| rate.member(key).and_then(Json::as_uint).filter(|number| *number > 0);
        let most = destinations::most(lane.kind, lane.settings);
        let usual = if most > 1 { AT_ONCE_OF_MANY } else { AT_ONCE };
        let every =
            |span: u64, key| number(key).map_or(0, |times| (span * objects).div_ceil(times));
        Self {
            name: lane.name,
            most,
            at_once: number("at_once").map_or(usual, |number| (number / objects).max(1)),
            interval: every(1000, "per_second").max(every(60_000, "per_minute")),
        }
    }

    /// The most requests that begin together: with a rate one, so that they are spread.
    pub const fn requests(&self) -> u64 {
        if self.interval > 0 { 1 } else { self.at_once }
    }

    /// The limits of all lanes.
    pub fn all(lanes: &[Lane<'a>], objects: u64) -> Vec<Self> {
        lanes.iter().map(|lane| Self::of(lane, objects)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::json::parse;

    #[track_caller]
    fn check(settings: &str, objects: u64, expected: (u64, u64, u64)) {
        let settings = parse(settings).unwrap();
        let kind = settings.member("type").and_then(Json::as_str).unwrap_or("webhook");
        let lane = Lane { name: "crm", kind, settings: &settings, forms: &[] };
        let limit = Limit::of(&lane, objects);
        assert_eq!((limit.most, limit.at_once, limit.interval), expected, "{settings:?}");
    }

    #[test]
    fn a_rate_is_shared_by_the_objects_and_never_exceeded() {
        check("{}", 1, (1, 6, 0));
        check(r#"{"rate":{"per_second":5}}"#, 1, (1, 6, 200));
        check(r#"{"rate":{"per_second":300}}"#, 1, (1, 6, 4));
        check(r#"{"rate":{"per_second":5,"per_minute":60,"at_once":4}}"#, 4, (1, 1, 4000));
        check(r#"{"rate":{"at_once":1,"per_minute":0}}"#, 1, (1, 1, 0));
    }
}
