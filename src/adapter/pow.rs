//! What the browser's module for proof of work exports: text and numbers in, numbers and text out.
//!
//! Nothing is kept between calls. Whoever calls decides how long a slice is and whether it runs in a Worker.

use alloc::string::String;

use wasm_bindgen::prelude::wasm_bindgen;

use crate::{
    abuse::pow::{Puzzle, payload},
    wire::json,
};

/// Nothing was found in the slice.
const NOT_HERE: f64 = -1.0;

/// The challenge is not one that this module solves.
const UNKNOWN: f64 = -2.0;

/// Tries `count` numbers from `from` on: the first that solves the challenge (JSON), -1 if none of them does, -2 if the
/// challenge cannot be solved here.
#[wasm_bindgen]
pub fn solve(challenge: &str, from: u32, count: u32) -> f64 {
    let puzzle = json::parse(challenge).ok().and_then(|json| Puzzle::parse(&json));
    puzzle.map_or(UNKNOWN, |puzzle| puzzle.search(from, count).map_or(NOT_HERE, f64::from))
}

/// What the form sends for a challenge and the number that solves it; empty if the challenge cannot be solved here.
#[wasm_bindgen]
pub fn answer(challenge: &str, found: u32) -> String {
    let Ok(challenge) = json::parse(challenge) else { return String::new() };
    Puzzle::parse(&challenge).map_or_else(String::new, |puzzle| payload(&challenge, &puzzle, found))
}
