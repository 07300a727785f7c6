//! A delivery on its way: what is known of it while it is under way.

use alloc::{borrow::ToOwned, format, string::String};

use super::{
    access::Access,
    destinations::{Job, Surroundings},
    journal::Journal,
    run::Lane,
    statement::Key,
    view,
};
use crate::{time::Millis, wire::json::Json};

/// A delivery that was leased.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// Which delivery.
    pub key: Key,
    /// The number of the attempt.
    pub attempt: u64,
    /// The same, counted since the last replay.
    pub round: u64,
    /// When it was first tried.
    pub first_at: Millis,
    received_at: Millis,
    /// With how many others at most it goes.
    pub part: Option<u64>,
    /// The lead as the Inbox shows it.
    pub lead: Json,
    /// What was sent and what came back.
    pub journal: Journal,
}

impl Item {
    /// Reads a row of the claim, or what [`Item::to_json`] wrote.
    pub fn read(row: &Json, destination: &str) -> Option<Self> {
        let int = |key| row.member(key).and_then(Json::as_uint);
        Some(Self {
            key: Key {
                shard: int("shard")?,
                lead: row.member("lead")?.as_str()?.to_owned(),
                destination: destination.to_owned(),
            },
            attempt: int("tries")?,
            round: int("round")?,
            first_at: Millis(int("first_at")?),
            received_at: int("received_at").map(Millis).unwrap_or_default(),
            part: int("part"),
            lead: Json::Null,
            journal: row.member("journal").map(Journal::read).unwrap_or_default(),
        })
    }

    /// The idempotency key.
    pub fn key(&self) -> String {
        format!("{}:{}", self.key.lead, self.key.destination)
    }

    /// What a machine is told of the delivery.
    pub fn job<'a>(
        &'a self,
        lane: &Lane<'a>,
        around: &'a Surroundings<'a>,
        access: Option<&'a Access>,
        key: &'a str,
        view: &'a Json,
    ) -> Job<'a> {
        Job {
            kind: lane.kind,
            settings: lane.settings,
            key,
            lead: &self.lead,
            view,
            received_at: self.received_at,
            forms: lane.forms,
            around,
            access,
        }
    }

    /// Asks something about the delivery alone.
    pub fn ask<T>(
        &self,
        lane: &Lane<'_>,
        around: &Surroundings<'_>,
        then: impl FnOnce(&Job<'_>) -> T,
    ) -> T {
        let (key, view) = (self.key(), view::view(&self.lead, lane.forms));
        then(&self.job(lane, around, None, &key, &view))
    }

    /// The delivery in the state of a step. The lead and the journal are texts, so that the platform, which reads the state and writes it again, changes no number.
    pub fn to_json(&self) -> Json {
        Json::object([
            ("shard", Json::uint(self.key.shard)),
            ("lead", Json::str(&self.key.lead)),
            ("tries", Json::uint(self.attempt)),
            ("round", Json::uint(self.round)),
            ("first_at", Json::uint(self.first_at.0)),
            ("received_at", Json::uint(self.received_at.0)),
            ("cargo", Json::String(self.lead.to_text())),
            ("journal", self.journal.to_json()),
        ])
    }
}
