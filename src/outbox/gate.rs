//! Until when the endpoint is left alone, and who said so.
//!
//! One gate per site, shared by all tabs through the store. Clocks may be set back between two readings.

use super::Settings;
use crate::{random::Random, time::Millis};

/// Which wait of our own keeps the gate closed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum GateKind {
    /// None.
    #[default]
    Open,
    /// A failure.
    Backoff,
    /// The endpoint is set up wrongly.
    Park,
}

/// The gate. Our own wait lets a lead pass that was never sent; what the edge asked for lets nothing pass.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gate {
    /// When it was written.
    pub set: Millis,
    /// When our own wait ends.
    pub until: Millis,
    /// Which wait that is.
    pub kind: GateKind,
    /// How many failures of this kind in a row led to it.
    pub fails: u32,
    /// Until when the edge asked for silence.
    pub asked: Millis,
}

impl Gate {
    /// Whether nothing at all may be sent.
    pub fn silences(&self, now: Millis) -> bool {
        self.asked > now
    }

    /// Whether leads that were sent before have to wait.
    pub fn holds(&self, now: Millis) -> bool {
        self.opens() > now
    }

    /// When everything may be sent.
    pub fn opens(&self) -> Millis {
        self.until.max(self.asked)
    }

    /// What is to be written over `stored`: what the edge asked another tab for stays in force.
    #[must_use]
    pub fn over(mut self, stored: &Self) -> Self {
        if stored.set <= self.set {
            self.asked = self.asked.max(stored.asked);
        }
        self
    }

    /// Takes in the stored gate. Returns whether it was shifted because the clock was set back, and has to be written.
    pub(super) fn adopt(&mut self, mut stored: Self, now: Millis) -> bool {
        let shifted = stored.set > now;
        if shifted {
            let shift = |time: Millis| now.saturating_add(time.saturating_sub(stored.set));
            stored.until = shift(stored.until);
            stored.asked = shift(stored.asked);
            stored.set = now;
        }
        let asked = self.asked.max(stored.asked);
        if stored.set >= self.set {
            *self = stored;
        }
        self.asked = asked;
        shifted
    }

    /// Closes after a failure without advice.
    pub(super) fn back_off(
        &mut self,
        settings: &Settings,
        random: &mut Random,
        hidden: bool,
        now: Millis,
    ) {
        let streak = self.streak(GateKind::Backoff);
        let span = grown(settings.backoff_first, streak, settings.backoff_last);
        let jitter = Millis(random.below(span.0.saturating_add(1)));
        let wait = settings.backoff_first.saturating_add(jitter).min(settings.backoff_last);
        let wait = if hidden { wait.max(settings.backoff_hidden) } else { wait };
        self.close(GateKind::Backoff, wait, now);
    }

    /// Closes because the endpoint is set up wrongly.
    pub(super) fn park(&mut self, settings: &Settings, now: Millis) {
        let wait = grown(settings.park_first, self.streak(GateKind::Park), settings.wait_last);
        self.close(GateKind::Park, wait, now);
    }

    /// Closes because the edge asked for it.
    pub(super) fn obey(&mut self, wait: Millis, settings: &Settings, now: Millis) {
        self.set = now;
        self.asked = self.asked.max(now.saturating_add(wait.min(settings.wait_last)));
    }

    /// Ends our own wait after a success. Returns whether that has to be written.
    pub(super) fn relax(&mut self, now: Millis) -> bool {
        let closed = self.kind != GateKind::Open;
        if closed {
            *self = Self { set: now, asked: self.asked, ..Self::default() };
        }
        closed
    }

    /// Ends our own wait, because a person acts or the world changed; the count of failures stays.
    pub(super) fn hurry(&mut self, now: Millis, parked: bool) {
        let ends = match self.kind {
            GateKind::Open => false,
            GateKind::Backoff => true,
            GateKind::Park => parked,
        };
        if ends {
            self.set = now;
            self.until = now;
        }
    }

    /// The failures in a row of this kind.
    fn streak(&self, kind: GateKind) -> u32 {
        if self.kind == kind { self.fails } else { 0 }
    }

    fn close(&mut self, kind: GateKind, wait: Millis, now: Millis) {
        self.fails = self.streak(kind).saturating_add(1);
        self.set = now;
        self.until = now.saturating_add(wait);
        self.kind = kind;
    }
}

fn grown(first: Millis, fails: u32, last: Millis) -> Millis {
    Millis(first.0.saturating_mul(1 << fails.min(20))).min(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backoff_grows_to_its_limit_and_never_falls_below_the_first_wait() {
        let settings = Settings::default();
        let mut random = Random::new(1);
        let mut gate = Gate::default();
        for _ in 0..50 {
            gate.back_off(&settings, &mut random, false, Millis(5));
            let wait = gate.until.saturating_sub(Millis(5));
            assert!(wait >= settings.backoff_first && wait <= settings.backoff_last);
        }
        gate.back_off(&settings, &mut random, true, Millis(5));
        assert_eq!(gate.until, Millis(300_005));
    }

    #[test]
    fn what_the_edge_asked_for_is_never_shortened() {
        let settings = Settings::default();
        let mut gate = Gate::default();
        gate.obey(Millis(8_000), &settings, Millis(100));
        gate.back_off(&settings, &mut Random::new(1), true, Millis(300));
        gate.hurry(Millis(200), true);
        gate.relax(Millis(400));
        gate.adopt(Gate { set: Millis(500), ..Gate::default() }, Millis(600));
        assert!(gate.silences(Millis(8_099)));
        assert!(!gate.holds(Millis(8_100)));
        let other = Gate { set: Millis(700), ..Gate::default() };
        assert_eq!(other.over(&gate).asked, Millis(8_100));
    }

    #[test]
    fn advice_beyond_a_day_is_cut_to_a_day() {
        let mut gate = Gate::default();
        gate.obey(Millis(u64::MAX), &Settings::default(), Millis(7));
        assert_eq!(gate.opens(), Millis(86_400_007));
    }

    #[test]
    fn a_gate_from_the_future_keeps_its_spans() {
        let mut gate = Gate::default();
        let stored = Gate {
            set: Millis(1_000_000),
            until: Millis(1_008_000),
            kind: GateKind::Backoff,
            fails: 1,
            asked: Millis(1_005_000),
        };
        assert!(gate.adopt(stored, Millis(10)));
        assert_eq!(
            gate,
            Gate { set: Millis(10), until: Millis(8_010), asked: Millis(5_010), ..stored }
        );
    }

    #[test]
    fn parking_doubles_up_to_a_day() {
        let settings = Settings::default();
        let mut gate = Gate::default();
        for hours in [1, 2, 4, 8, 16, 24, 24] {
            gate.park(&settings, Millis(0));
            assert_eq!(gate.until, Millis(hours * 3_600_000));
        }
        gate.hurry(Millis(0), false);
        assert!(gate.holds(Millis(1)));
        gate.hurry(Millis(0), true);
        assert!(!gate.holds(Millis(1)));
    }
}
