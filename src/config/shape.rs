//! What a setting of a destination, a source or an export may be, and what is said where it is something else.

use super::{destination::Setting, template::Template};
use crate::{
    rule::{Limits, Rule},
    wire::json::{Faults, Json, Node},
};

/// What a setting may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// A string or `{"env": "NAME"}`.
    Setting,
    /// `{"env": "NAME"}` alone: a secret never stands in the file.
    Secret,
    /// A string.
    Text,
    /// A day, such as `2026-11-22`.
    Day,
    /// `true` or `false`.
    Flag,
    /// A whole number from zero.
    Count,
    /// A list of whole numbers.
    Counts,
    /// A list of strings.
    Texts,
    /// One of these words.
    Word(&'static [&'static str], &'static str),
    /// A value in JSON Logic.
    Value,
    /// A list of values in JSON Logic.
    Values,
    /// An object from names of the other side to values in JSON Logic.
    Map,
    /// An object from names to texts.
    Names,
    /// JSON in which every operation of JSON Logic is replaced by its value.
    Template,
    /// How fast a destination may be asked.
    Rate,
    /// An object from names of headers to strings or `{"env": "NAME"}`.
    Headers,
}

/// The members of a rate.
const RATE: [&str; 3] = ["per_second", "per_minute", "at_once"];

/// Reports what is wrong with a setting.
pub(super) fn check_shape(
    member: &Node<'_>,
    shape: Shape,
    owner: &Node<'_>,
    key: &str,
    faults: &mut Faults,
) {
    let json = member.json();
    let all = |fits: fn(&Json) -> bool| json.as_array().is_some_and(|items| items.iter().all(fits));
    let expected = match shape {
        Shape::Setting => {
            Setting::member(owner, key, faults);
            return;
        }
        Shape::Secret => match json.member("env").and_then(Json::as_str) {
            Some(_) => return,
            None => "{\"env\": \"NAME\"}: a secret stands in the environment",
        },
        Shape::Headers => {
            for (name, value) in member.members(faults) {
                if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
                {
                    value.fault("a header of letters, digits and -", faults);
                }
                Setting::member(member, name, faults);
            }
            return;
        }
        Shape::Rate => {
            for (name, value) in member.members(faults) {
                if !RATE.contains(&name) {
                    value.fault("one of per_second, per_minute, at_once", faults);
                } else if value.json().as_uint().is_none_or(|number| number == 0) {
                    value.fault("a whole number from 1", faults);
                }
            }
            return;
        }
        Shape::Map => {
            for (_, value) in member.members(faults) {
                check_value(&value, faults);
            }
            return;
        }
        Shape::Names => {
            for (_, value) in member.members(faults) {
                if value.json().as_str().is_none_or(str::is_empty) {
                    value.fault("a string", faults);
                }
            }
            return;
        }
        Shape::Value => return check_value(member, faults),
        Shape::Values if json.as_array().is_some() => {
            for value in member.items(faults) {
                check_value(&value, faults);
            }
            return;
        }
        Shape::Values => "a list of values in JSON Logic",
        Shape::Template => {
            if let Err(pointer) = Template::parse(json) {
                let mut whole = alloc::string::String::from(member.pointer());
                whole.push_str(&pointer);
                Node::at(json, &whole).fault("JSON with operations of JSON Logic", faults);
            }
            return;
        }
        Shape::Text if json.as_str().is_some_and(|text| !text.is_empty()) => return,
        Shape::Text => "a string",
        Shape::Day if json.as_str().is_some_and(is_day) => return,
        Shape::Day => "a day, such as 2026-11-22",
        Shape::Flag if json.as_bool().is_some() => return,
        Shape::Flag => "true or false",
        Shape::Count if json.as_uint().is_some() => return,
        Shape::Count => "a whole number from 0",
        Shape::Counts if all(|item| item.as_uint().is_some()) => return,
        Shape::Counts => "a list of whole numbers",
        Shape::Texts if all(|item| item.as_str().is_some()) => return,
        Shape::Texts => "a list of strings",
        Shape::Word(words, _) if json.as_str().is_some_and(|word| words.contains(&word)) => return,
        Shape::Word(_, expected) => expected,
    };
    member.fault(expected, faults);
}

fn is_day(text: &str) -> bool {
    let digit = |place: usize, byte: u8| match place {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    };
    text.len() == 10 && text.bytes().enumerate().all(|(place, byte)| digit(place, byte))
}

fn check_value(member: &Node<'_>, faults: &mut Faults) {
    if let Err(error) = Rule::parse(member.json(), &Limits::default()) {
        let mut pointer = alloc::string::String::from(member.pointer());
        pointer.push_str(error.pointer());
        Node::at(member.json(), &pointer)
            .fault("a value in JSON Logic, such as {\"var\": \"values.email\"}", faults);
    }
}
