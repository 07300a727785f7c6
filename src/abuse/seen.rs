//! What only the edge can see of a lead, as facts: they go into a verdict like any other, so that it is the same wherever
//! the lead is judged again.

use alloc::vec::Vec;

use super::{Check, Evidence, Work};
use crate::wire::json::Json;

/// The name under which the facts go into a verdict, beside the facts that rules can read.
pub const SEEN: &str = "seen";

const WORKS: [(Work, &str); 5] = [
    (Work::Done, "done"),
    (Work::Late, "late"),
    (Work::Missing, "missing"),
    (Work::Spent, "spent"),
    (Work::Wrong, "wrong"),
];

const CHECKS: [(Check, &str); 4] = [
    (Check::Passed, "passed"),
    (Check::Unknown, "unknown"),
    (Check::Missing, "missing"),
    (Check::Failed, "failed"),
];

impl Evidence<'_> {
    /// Reads what [`to_json`](Self::to_json) wrote. What is missing was not asked.
    pub fn read(seen: &Json) -> Evidence<'static> {
        let text = |key| seen.member(key).and_then(Json::as_str);
        let count = |key| {
            let count = seen.member(key).and_then(Json::as_uint).unwrap_or(0);
            u32::try_from(count).unwrap_or(u32::MAX)
        };
        let work = WORKS.iter().find(|(_, word)| text("work") == Some(word));
        let check = CHECKS.iter().find(|(_, word)| text("check") == Some(word));
        Evidence {
            work: work.map_or(Work::NotAsked, |(work, _)| *work),
            check: check.map_or(Check::NotAsked, |(check, _)| *check),
            from_address: count("from_address"),
            same_text: count("same_text"),
            no_origin: seen.member("no_origin") == Some(&Json::Bool(true)),
            ..Evidence::default()
        }
    }

    /// What the edge saw, without what was not asked: `{"work":"done","from_address":2}`. Trap and pace are in the lead.
    pub fn to_json(&self) -> Json {
        let mut out = Vec::new();
        let word = |word: &str| Json::str(word);
        if let Some((_, text)) = WORKS.iter().find(|(work, _)| *work == self.work) {
            out.push(("work", word(text)));
        }
        if let Some((_, text)) = CHECKS.iter().find(|(check, _)| *check == self.check) {
            out.push(("check", word(text)));
        }
        for (key, count) in [("from_address", self.from_address), ("same_text", self.same_text)] {
            if count > 0 {
                out.push((key, Json::int(count.into())));
            }
        }
        if self.no_origin {
            out.push(("no_origin", Json::Bool(true)));
        }
        Json::object(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_edge_saw_is_read_as_it_was_written() {
        for (work, _) in WORKS {
            for (check, _) in CHECKS {
                let seen =
                    Evidence { work, check, from_address: 3, same_text: 1, ..Evidence::default() };
                assert_eq!(Evidence::read(&seen.to_json()), seen);
            }
        }
        let none = Evidence { no_origin: true, ..Evidence::default() };
        assert_eq!(none.to_json().to_text(), r#"{"no_origin":true}"#);
        assert_eq!(Evidence::read(&none.to_json()), none);
        assert_eq!(Evidence::read(&Json::Null), Evidence::default());
    }
}
