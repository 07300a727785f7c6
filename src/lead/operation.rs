//! What a delivery does at its destination: it brings the lead, tells its stage, or takes it away again.
//!
//! Each operation of a destination is a lane of its own, so that one that hangs does not delay the others. Its name is that of
//! the destination with a point and a word, which no name of a destination can hold: `crm`, `crm.stage.won`,
//! `people.remove`. So each operation is done once per lead, under an idempotency key of its own.

use alloc::{borrow::ToOwned, format, string::String, vec::Vec};

/// What a delivery does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation<'a> {
    /// It brings the lead. An audience gets a member.
    Lead,
    /// It tells that the lead has come to this stage, by the name that the owner gave it.
    Stage(&'a str),
    /// It takes a member out of an audience.
    Remove,
}

const STAGE: &str = "stage.";
const REMOVE: &str = "remove";

impl<'a> Operation<'a> {
    /// The destination and the operation of a lane.
    pub fn of(lane: &'a str) -> (&'a str, Self) {
        match lane.split_once('.') {
            None => (lane, Self::Lead),
            Some((name, rest)) => {
                (name, rest.strip_prefix(STAGE).map_or(Self::Remove, Self::Stage))
            }
        }
    }

    /// The lane of this operation.
    pub fn lane(self, destination: &str) -> String {
        match self {
            Self::Lead => destination.to_owned(),
            Self::Stage(name) => format!("{destination}.{STAGE}{name}"),
            Self::Remove => format!("{destination}.{REMOVE}"),
        }
    }
}

/// Every lane of a destination: an audience can lose members, and some destinations want to know of stages.
pub fn lanes(destination: &str, audience: bool, stages: &[&str]) -> Vec<String> {
    let mut out = Vec::from([Operation::Lead.lane(destination)]);
    out.extend(audience.then(|| Operation::Remove.lane(destination)));
    out.extend(stages.iter().map(|stage| Operation::Stage(stage).lane(destination)));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_lane_tells_destination_and_operation() {
        for operation in [Operation::Lead, Operation::Stage("demo-booked"), Operation::Remove] {
            assert_eq!(Operation::of(&operation.lane("crm")), ("crm", operation));
        }
        assert_eq!(lanes("crm", false, &["won"]), ["crm", "crm.stage.won"]);
        assert_eq!(lanes("people", true, &[]), ["people", "people.remove"]);
    }
}
