//! What all ad platforms have in common: an item for each lead, and one request for many of them.
//!
//! A kind says how an item is made, how a request is made of items, and what an answer means for each. One lead goes the same
//! way as many: a platform that names no item in a refusal makes the engine send each by itself.

use alloc::vec::Vec;

use super::{
    Answer, Fate, Job, Move, Turn, Unready, google, google_audience, google_conversions, linkedin,
    linkedin_audience, linkedin_conversions, meta_audience, meta_conversions,
    microsoft_conversions, several, tiktok, tiktok_audience, tiktok_conversions,
};
use crate::wire::{answer::Meaning, json::Json, step::Request};

/// A kind of an ad platform.
pub(super) struct Platform {
    /// The most items in one request that we send; every platform takes more.
    pub most: u64,
    /// One item, or a word for why there is none.
    pub item: fn(&Job<'_>) -> Result<Json, &'static str>,
    /// The request of these items, by the settings of one job.
    pub request: fn(&Job<'_>, Json) -> Result<Request, Unready>,
    /// What the answer means for so many items.
    pub judge: fn(&Answer<'_>, usize) -> Verdict,
}

/// What an answer means.
pub(super) enum Verdict {
    /// The same for all; refused means that one of them may be the reason.
    All(Meaning),
    /// For each.
    Each(Vec<Option<Meaning>>),
}

/// The most events in one request: one that is refused makes all of them go again, each by itself.
const EVENTS: u64 = 50;
/// The most people in one request. The platforms take thousands, but what is on its way is kept small.
const AUDIENCE: u64 = 500;

/// The platform of a kind; `None` for what is none.
pub(super) fn platform(kind: &str) -> Option<Platform> {
    Some(match kind {
        "meta_conversions" => Platform {
            most: EVENTS,
            item: meta_conversions::item,
            request: meta_conversions::request,
            judge: meta_conversions::judge,
        },
        "meta_audience" => Platform {
            most: AUDIENCE,
            item: meta_audience::item,
            request: meta_audience::request,
            judge: meta_audience::judge,
        },
        "google_conversions" => Platform {
            most: EVENTS,
            item: google_conversions::item,
            request: google_conversions::request,
            judge: google::judge,
        },
        "google_audience" => Platform {
            most: AUDIENCE,
            item: google_audience::item,
            request: google_audience::request,
            judge: google::judge,
        },
        "linkedin_conversions" => Platform {
            most: EVENTS,
            item: linkedin_conversions::item,
            request: linkedin_conversions::request,
            judge: linkedin::judge,
        },
        "linkedin_audience" => Platform {
            most: AUDIENCE,
            item: linkedin_audience::item,
            request: linkedin_audience::request,
            judge: linkedin::judge,
        },
        "tiktok_conversions" => Platform {
            most: EVENTS,
            item: tiktok_conversions::item,
            request: tiktok_conversions::request,
            judge: tiktok::judge,
        },
        "tiktok_audience" => Platform {
            most: AUDIENCE,
            item: tiktok_audience::item,
            request: tiktok_audience::request,
            judge: tiktok::judge,
        },
        "microsoft_conversions" => Platform {
            most: EVENTS,
            item: microsoft_conversions::item,
            request: microsoft_conversions::request,
            judge: microsoft_conversions::judge,
        },
        _ => return None,
    })
}

impl Platform {
    pub(super) fn step(&self, job: &Job<'_>, turn: Option<&Turn<'_>>) -> Result<Move, Unready> {
        let item = match (self.item)(job) {
            Ok(item) => item,
            Err(word) => return Ok(Move::Unfit(word)),
        };
        match turn {
            None => Ok(Move::ask("", (self.request)(job, Json::array([item]))?)),
            Some(turn) => Ok(Move::End(match (self.judge)(&turn.answer, 1) {
                Verdict::All(meaning) => meaning,
                Verdict::Each(each) => {
                    let first = each.into_iter().next().flatten();
                    first.unwrap_or_else(|| turn.answer.meaning())
                }
            })),
        }
    }

    pub(super) fn step_many(
        &self,
        jobs: &[Job<'_>],
        turn: Option<&Turn<'_>>,
    ) -> Result<Move, Unready> {
        let Some(first) = jobs.first() else { return Err(Unready::Setting) };
        let items: Vec<Json> = jobs.iter().filter_map(|job| (self.item)(job).ok()).collect();
        let judge = |answer: &Answer<'_>| match (self.judge)(answer, jobs.len()) {
            Verdict::All(meaning) => Move::End(meaning),
            Verdict::Each(each) => {
                let fate = |meaning: Meaning| Fate { meaning, status: None, said: Json::Null };
                Move::Each(each.into_iter().map(|meaning| meaning.map(fate)).collect())
            }
        };
        several(turn, items, |items| (self.request)(first, items), judge)
    }
}
