//! The kinds of destinations, one file each: a stored lead in, a request out.
//!
//! A destination sees the settings of the owner, the secrets that the settings name, and one lead. It keeps no state.

mod webhook;

use alloc::string::String;

use crate::{
    time::Millis,
    wire::{json::Json, step::Request},
};

/// The kinds that `destinations.*.type` may name.
pub const KINDS: &[&str] = &["webhook"];

/// A stored lead on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cargo<'a> {
    /// The idempotency key: the same for every attempt.
    pub key: &'a str,
    /// The lead as the destination may see it.
    pub lead: &'a Json,
    /// When the lead was received; the same for every attempt.
    pub received_at: Millis,
}

/// What the platform knows: the values of the environment that settings name, and whether private addresses are allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Surroundings<'a> {
    /// An object from names to values.
    pub env: &'a Json,
    /// The time.
    pub now: Millis,
}

impl Surroundings<'_> {
    /// Whether addresses that are not public may be called, as the demo does with its own machine.
    pub fn private(&self) -> bool {
        self.env.member("LEADKIT_ALLOW_PRIVATE").and_then(Json::as_str) == Some("1")
    }

    /// A setting: a string, or `{"env": "NAME"}` for a value of the environment.
    ///
    /// # Errors
    /// The setting names a value that the environment lacks, or is of another kind.
    pub fn setting(&self, settings: &Json, key: &str) -> Result<Option<String>, Unready> {
        match settings.member(key) {
            None | Some(Json::Null) => Ok(None),
            Some(Json::String(text)) => Ok(Some(text.clone())),
            Some(other) => {
                let name = other.member("env").and_then(Json::as_str);
                let value = name.and_then(|name| self.env.member(name)).and_then(Json::as_str);
                value
                    .filter(|value| !value.is_empty())
                    .map(|value| Some(value.into()))
                    .ok_or(Unready::Setting)
            }
        }
    }
}

/// Why no request can be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unready {
    /// A setting or a value of the environment is missing or cannot be used.
    Setting,
    /// The address is not one that may be called.
    Address,
}

impl Unready {
    /// A stable word for storage and log.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Setting => "setting_missing",
            Self::Address => "address_refused",
        }
    }
}

/// The request that brings a lead to a destination.
///
/// # Errors
/// Why no request can be made.
pub fn request(
    kind: &str,
    settings: &Json,
    cargo: &Cargo<'_>,
    around: &Surroundings<'_>,
) -> Result<Request, Unready> {
    match kind {
        "webhook" => webhook::request(settings, cargo, around),
        _ => Err(Unready::Setting),
    }
}
