//! Reading a configuration: every fault is collected with its place, none stops the reading.

use alloc::{borrow::ToOwned, string::String, vec::Vec};

use super::Json;
use crate::error::Error;

/// A value of a configuration together with its JSON Pointer (RFC 6901).
#[derive(Clone, Debug)]
pub struct Node<'a> {
    json: &'a Json,
    pointer: String,
}

/// The faults found so far.
pub type Faults = Vec<Error>;

impl<'a> Node<'a> {
    /// The root of a configuration.
    pub fn root(json: &'a Json) -> Self {
        Self::at(json, "")
    }

    /// A value at this JSON Pointer.
    pub fn at(json: &'a Json, pointer: &str) -> Self {
        Self { json, pointer: pointer.to_owned() }
    }

    /// The value.
    pub fn json(&self) -> &'a Json {
        self.json
    }

    /// The JSON Pointer of the value.
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    /// Reports that something else was expected here.
    pub fn fault(&self, expected: &'static str, faults: &mut Faults) {
        let expected = if super::WORDS { expected } else { "" };
        faults.push(Error::config(self.pointer.clone(), expected));
    }

    /// Reports whatever is not an object or has members beyond `allowed`, `$schema` and `$comment`. In the embed a member
    /// that nobody knows is no fault: a page may hold a core that is older than the configuration.
    pub fn expect_members(&self, allowed: &[&str], expected: &'static str, faults: &mut Faults) {
        let Json::Object(members) = self.json else {
            self.fault("an object", faults);
            return;
        };
        for (key, _) in members.iter().filter(|_| super::WORDS) {
            if !key.starts_with('$') && !allowed.contains(&key.as_str()) {
                self.child(key, self.json).fault(expected, faults);
            }
        }
    }

    /// The member of an object, if it is there.
    pub fn get(&self, key: &str) -> Option<Self> {
        self.json.member(key).map(|json| self.child(key, json))
    }

    /// The members of an object, those that start with `$` left out. Reports another kind of value.
    pub fn members(&self, faults: &mut Faults) -> Vec<(&'a str, Self)> {
        let Json::Object(members) = self.json else {
            self.fault("an object", faults);
            return Vec::new();
        };
        let named = members.iter().filter(|(key, _)| !key.starts_with('$'));
        named.map(|(key, json)| (key.as_str(), self.child(key, json))).collect()
    }

    /// The items of an array. Reports another kind of value.
    pub fn items(&self, faults: &mut Faults) -> Vec<Self> {
        let Json::Array(items) = self.json else {
            self.fault("an array", faults);
            return Vec::new();
        };
        let items = items.iter().enumerate();
        items.map(|(index, json)| self.child(&Json::uint(index as u64).to_text(), json)).collect()
    }

    /// A member that is a string. Reports another kind of value, not a missing one.
    pub fn text(&self, key: &str, faults: &mut Faults) -> Option<&'a str> {
        self.read(key, Json::as_str, "a string", faults)
    }

    /// A member that has to be there and to be a string; `missing` says that it is not there.
    pub fn required_text(
        &self,
        key: &str,
        missing: &'static str,
        faults: &mut Faults,
    ) -> Option<&'a str> {
        if self.get(key).is_none() {
            self.fault(missing, faults);
        }
        self.text(key, faults)
    }

    /// A member that is `true` or `false`; a missing one is `false`. Reports another kind of value.
    pub fn flag(&self, key: &str, faults: &mut Faults) -> bool {
        self.read(key, Json::as_bool, "true or false", faults).unwrap_or(false)
    }

    /// A member that is a whole number from zero. Reports another kind of value, not a missing one.
    pub fn count(&self, key: &str, faults: &mut Faults) -> Option<u64> {
        self.read(key, Json::as_uint, "a whole number from 0", faults)
    }

    fn read<T>(
        &self,
        key: &str,
        read: impl Fn(&'a Json) -> Option<T>,
        expected: &'static str,
        faults: &mut Faults,
    ) -> Option<T> {
        let member = self.get(key)?;
        let value = read(member.json);
        if value.is_none() {
            member.fault(expected, faults);
        }
        value
    }

    fn child(&self, key: &str, json: &'a Json) -> Self {
        let mut pointer = self.pointer.clone();
        pointer.push('/');
        for char in key.chars() {
            match char {
                '~' => pointer.push_str("~0"),
                '/' => pointer.push_str("~1"),
                other => pointer.push(other),
            }
        }
        Self { json, pointer }
    }
}
