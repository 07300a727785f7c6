//! What the table of a run says.

use std::fmt;

/// What happened in runs.
#[derive(Debug, Default)]
pub struct Counts {
    pub sent: u64,
    pub acknowledged: u64,
    pub stored: u64,
    pub deliveries: u64,
    pub delivered: u64,
    pub copies: u64,
    pub requests: u64,
    pub early: u64,
    pub crashes: u64,
    pub failures: u64,
    pub replays: u64,
}

impl Counts {
    pub fn add(&mut self, other: &Self) {
        self.sent += other.sent;
        self.acknowledged += other.acknowledged;
        self.stored += other.stored;
        self.deliveries += other.deliveries;
        self.delivered += other.delivered;
        self.copies += other.copies;
        self.requests += other.requests;
        self.early += other.early;
        self.crashes += other.crashes;
        self.failures += other.failures;
        self.replays += other.replays;
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| sent | acknowledged | stored | deliveries | delivered | doubled | early |")?;
        write!(
            f,
            "| {} | {} | {} | {} | {} | {} copies | {} |",
            self.sent,
            self.acknowledged,
            self.stored,
            self.deliveries,
            self.delivered,
            self.copies,
            self.early
        )
    }
}
