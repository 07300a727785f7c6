//! The receivers of webhooks, in all their moods.

use std::collections::BTreeMap;

use leadkit::{random::Random, wire::json::Json};

/// What receivers saw of one delivery.
#[derive(Default)]
pub struct Seen {
    /// How many requests came.
    pub requests: u64,
    /// How many were answered with success.
    pub taken: u64,
    /// Not to be asked before, by the clock of the edge, because it was told so and wrote it down.
    pub until: u64,
}

#[derive(Default)]
pub struct Receivers {
    pub seen: BTreeMap<String, Seen>,
    pub well: bool,
}

/// An answer, how long it takes, and how long the edge is asked to wait.
pub struct Reply {
    pub result: Json,
    pub delay: u64,
    pub wait: u64,
}

impl Receivers {
    /// Takes a request for a delivery, `lead:destination`.
    pub fn take(&mut self, key: &str, random: &mut Random) -> Reply {
        let seen = self.seen.entry(key.to_owned()).or_default();
        seen.requests += 1;
        let lot = if self.well { 0 } else { random.below(100) };
        let delay = if random.below(10) == 0 { random.below(20_000) } else { random.below(300) };
        let answer = |status: u64, headers: Vec<Json>| {
            Json::object([
                ("status", Json::uint(status)),
                ("headers", Json::Array(headers)),
                ("body", Json::str("")),
            ])
        };
        let reply = |result, wait| Reply { result, delay, wait };
        match lot {
            0..=39 => {
                seen.taken += 1;
                reply(answer(if lot % 2 == 0 { 200 } else { 204 }, Vec::new()), 0)
            }
            40..=59 => Reply {
                result: Json::object([("error", Json::str("timeout"))]),
                delay: 20_000,
                wait: 0,
            },
            // Taken, and nobody hears of it.
            60..=64 => {
                seen.taken += 1;
                reply(Json::object([("error", Json::str("econnreset"))]), 0)
            }
            65..=74 => {
                let wait = random.below(7_200);
                let pair = [Json::str("retry-after"), Json::String(wait.to_string())];
                let status = if lot % 2 == 0 { 429 } else { 503 };
                reply(answer(status, [Json::array(pair)].into()), wait * 1_000)
            }
            75..=94 => {
                let status = [500, 502, 301, 408][usize::try_from(random.below(4)).unwrap()];
                reply(answer(status, Vec::new()), 0)
            }
            95..=97 => {
                reply(answer([401, 403][usize::try_from(random.below(2)).unwrap()], Vec::new()), 0)
            }
            _ => reply(
                answer([400, 410, 422][usize::try_from(random.below(3)).unwrap()], Vec::new()),
                0,
            ),
        }
    }
}
