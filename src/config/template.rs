//! JSON with values in it: every object that is one operation of JSON Logic stands for its value.
//!
//! What an operation finds nothing for is left out of its object, so that no `null` overwrites what the other side has.

use alloc::{string::String, vec::Vec};

use crate::{
    rule::{Limits, Rule},
    wire::json::Json,
};

/// A template, parsed once.
#[derive(Clone, Debug, PartialEq)]
pub enum Template {
    /// A value that stands as it is.
    Constant(Json),
    /// An operation.
    Value(Rule),
    /// An array.
    List(Vec<Self>),
    /// An object.
    Object(Vec<(String, Self)>),
}

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    /// The JSON Pointer of an operation that cannot be read.
    pub fn parse(json: &Json) -> Result<Self, String> {
        Ok(match json {
            Json::Object(members) => {
                if members.len() == 1 {
                    match Rule::parse(json, &Limits::default()) {
                        Ok(rule) => return Ok(Self::Value(rule)),
                        // One member with another name than an operator's is an object like any other.
                        Err(error)
                            if error.code() == "unknown_operator" && error.pointer().is_empty() => {
                        }
                        Err(error) => return Err(error.pointer().into()),
                    }
                }
                let read = |(key, json): &(String, Json)| match Self::parse(json) {
                    Ok(inner) => Ok((key.clone(), inner)),
                    Err(rest) => {
                        Err(alloc::format!("/{}{rest}", key.replace('~', "~0").replace('/', "~1")))
                    }
                };
                Self::Object(members.iter().map(read).collect::<Result<_, _>>()?)
            }
            Json::Array(items) => {
                let read = |(place, json)| {
                    Self::parse(json).map_err(|rest| alloc::format!("/{place}{rest}"))
                };
                Self::List(items.iter().enumerate().map(read).collect::<Result<_, _>>()?)
            }
            other => Self::Constant(other.clone()),
        })
    }

    /// The JSON for these data. An operation that fails counts as one that finds nothing.
    pub fn fill(&self, data: &Json) -> Json {
        match self {
            Self::Constant(json) => json.clone(),
            Self::Value(rule) => rule.apply(data, &Limits::default()).unwrap_or_default(),
            Self::List(items) => Json::array(items.iter().map(|item| item.fill(data))),
            Self::Object(members) => {
                let mut out = Vec::new();
                for (key, inner) in members {
                    let value = inner.fill(data);
                    if value != Json::Null || matches!(inner, Self::Constant(_)) {
                        out.push((key.clone(), value));
                    }
                }
                Json::Object(out)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::json;

    #[track_caller]
    fn check(template: &str, expected: &str) {
        let data = json::parse(r#"{"values":{"email":"a@b.example","n":7}}"#).unwrap();
        let template = Template::parse(&json::parse(template).unwrap()).unwrap();
        assert_eq!(template.fill(&data).to_text(), expected);
    }

    #[test]
    fn operations_stand_for_their_values_and_all_else_for_itself() {
        check(
            r#"{"mail":{"var":"values.email"},"tags":["web",{"var":"values.n"}],"person":{"id":1},"none":null}"#,
            r#"{"mail":"a@b.example","tags":["web",7],"person":{"id":1},"none":null}"#,
        );
        check(r#"{"cat":["<",{"var":"values.email"},">"]}"#, r#""<a@b.example>""#);
    }

    #[test]
    fn what_is_not_there_is_left_out() {
        check(r#"{"a":{"var":"values.phone"},"b":1}"#, r#"{"b":1}"#);
        check(r#"{"a":{"+":["x",1]},"b":1}"#, r#"{"b":1}"#);
    }

    #[test]
    fn a_fault_names_its_place() {
        let parse = |text: &str| Template::parse(&json::parse(text).unwrap());
        assert_eq!(parse(r#"{"a":[{"b":1,"c":{"if":1}}]}"#), Err("/a/0/c".into()));
        assert!(parse(r#"{"lead":{"id":1}}"#).is_ok());
    }
}
