//! The stages of a lead by the names that the owner gives them: `"stages": {"demo_booked": "qualified"}`.
//!
//! The five stages that every owner has are always there, under their own names.

use alloc::{borrow::ToOwned, string::String, vec::Vec};

use crate::{
    form::is_name,
    lead::Stage,
    wire::json::{Faults, Node},
};

/// The most names; each is a lane of every destination that wants to know of stages.
const MOST: usize = 20;

/// Every name of a stage with what it stands for, in the order in which leads go through them.
pub(super) fn read(root: &Node<'_>, faults: &mut Faults) -> Vec<(String, Stage)> {
    let mut out: Vec<_> =
        Stage::ALL.into_iter().map(|stage| (stage.code().to_owned(), stage)).collect();
    let Some(node) = root.get("stages") else { return out };
    let members = node.members(faults);
    if members.len() > MOST {
        node.fault("at most 20 stages", faults);
    }
    for (name, member) in members {
        if !is_name(name) {
            member.fault("a name of a-z, 0-9, _ and -, at most 64 characters", faults);
        }
        let stage = member.json().as_str().and_then(Stage::parse);
        match stage {
            Some(stage) if Stage::parse(name).is_none_or(|own| own == stage) => {
                if Stage::parse(name).is_none() {
                    out.push((name.to_owned(), stage));
                }
            }
            Some(_) => member.fault("another name: this one stands for itself", faults),
            None => member.fault("one of new, contacted, qualified, won, lost", faults),
        }
    }
    out.sort_by_key(|(_, stage)| *stage);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, lint};
    use alloc::format;

    fn text(stages: &str) -> String {
        format!(
            r#"{{"site":{{"id":"a"}},"forms":{{"f":{{"fields":[{{"name":"a","type":"name"}}]}}}},"stages":{stages}}}"#
        )
    }

    #[test]
    fn names_of_the_owner_stand_beside_those_of_everyone() {
        let config = Config::parse(&text(r#"{"demo":"qualified","kauf":"won","lost":"lost"}"#));
        let config = config.unwrap();
        let names: Vec<_> = config.stages().iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["new", "contacted", "qualified", "demo", "won", "kauf", "lost"]);
        assert_eq!(config.stage("demo"), Some(Stage::Qualified));
        assert_eq!(config.stage("other"), None);
        assert!(config.public_json().member("stages").is_none());
    }

    #[test]
    fn a_stage_stands_for_one_of_five_and_never_for_another_of_them() {
        for (stages, pointer, expected) in [
            (r#"{"demo":"maybe"}"#, "/stages/demo", "one of new, contacted, qualified, won, lost"),
            (r#"{"won":"lost"}"#, "/stages/won", "another name: this one stands for itself"),
            (r#"{"De mo":"won"}"#, "/stages/De mo", "a name of a-z, 0-9, _ and -"),
        ] {
            let found = lint(&text(stages));
            assert_eq!(found.first().and_then(|one| one.pointer.as_deref()), Some(pointer));
            assert!(found.iter().any(|one| one.message.contains(expected)), "{found:?}");
        }
    }
}
