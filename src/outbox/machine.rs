//! The machine itself. Its contract is that of the module above.

use alloc::{string::String, vec::Vec};

use super::{
    Claimed, DropReason, Event, Gate, Home, Input, Output, Record, Settings, Settlement,
    answer::{self, Answer, Fate, Policy},
    envelope,
};
use crate::{lead::LeadId, map::Map, random::Random, time::Millis};

/// How many received leads are remembered, so that a row that outlived its answer is not told twice.
/// Refused leads are not among them: a row that outlived its refusal never reached the dead letter.
const REMEMBERED: usize = 256;

pub(super) struct Held {
    pub(super) record: Record,
    /// `None` while the first write is under way.
    pub(super) home: Option<Home>,
    /// The request that carries it.
    pub(super) flight: Option<u32>,
    /// Captured by this page.
    pub(super) fresh: bool,
}

pub(super) struct Flight {
    pub(super) ids: Vec<LeadId>,
    pub(super) bytes: usize,
    pub(super) keepalive: bool,
    /// Sent past a gate that held leads back which were sent before.
    pub(super) probe: bool,
}

/// The outbox of one site in one tab.
pub struct Outbox {
    pub(super) site: String,
    pub(super) settings: Settings,
    pub(super) random: Random,
    pub(super) held: Map<LeadId, Held>,
    pub(super) flights: Map<u32, Flight>,
    pub(super) outputs: Vec<Output>,
    pub(super) gate: Gate,
    pub(super) answered: Vec<LeadId>,
    pub(super) armed: Vec<LeadId>,
    pub(super) claiming: bool,
    pub(super) hidden: bool,
    pub(super) keepalive_failed: bool,
    pub(super) wake: Option<Millis>,
    pub(super) batches: u32,
    pub(super) max_items: usize,
    pub(super) max_bytes: usize,
    pub(super) count: usize,
    pub(super) bytes: usize,
}

impl Outbox {
    /// An outbox that knows nothing yet: the first input of a page is [`Input::Shown`].
    pub fn new(site: &str, settings: Settings, seed: u64) -> Self {
        Self {
            site: site.into(),
            max_items: settings.batch_items.max(1),
            max_bytes: settings.batch_bytes,
            settings,
            random: Random::new(seed),
            held: Map::new(),
            flights: Map::new(),
            outputs: Vec::new(),
            gate: Gate::default(),
            answered: Vec::new(),
            armed: Vec::new(),
            claiming: false,
            hidden: false,
            keepalive_failed: false,
            wake: None,
            batches: 0,
            count: 0,
            bytes: 0,
        }
    }

    /// Advances the machine by one input. Accepts any input in any state.
    pub fn handle(&mut self, input: Input, now: Millis) {
        match input {
            Input::Captured { id, item } => self.captured(id, item, now),
            Input::Recovered { id, item } => {
                if self.answered.contains(&id) {
                    self.settle(Settlement { forget: [id].into(), ..Settlement::default() });
                } else if !self.held.contains_key(&id) {
                    self.keep(id, item, false, now);
                }
            }
            Input::Stored { id, home, gate } => self.stored(id, home, gate, now),
            Input::Claimed(claimed) => self.claimed(claimed, now),
            Input::ClaimFailed => {
                self.claiming = false;
                self.wake = Some(now.saturating_add(self.settings.backoff_hidden));
                self.pump(now);
            }
            Input::Answered { batch, status, retry_after, body } => {
                let answer = answer::read(status, &retry_after, &body, now);
                self.landed(batch, answer, now);
            }
            Input::Unanswered { batch } => {
                if self.flights.get(&batch).is_some_and(|flight| flight.keepalive) {
                    self.keepalive_failed = true;
                }
                self.landed(batch, Answer::Wait(None), now);
            }
            Input::Withdrawn { id } => {
                self.release(id);
                self.settle(Settlement { forget: [id].into(), ..Settlement::default() });
            }
            Input::Purged => {
                self.held.clear();
                self.count = 0;
                self.bytes = 0;
            }
            Input::Hidden => self.hide(now),
            Input::Shown => {
                self.hidden = false;
                self.gate.hurry(now, false);
                self.claim(now);
            }
            Input::Online => {
                self.gate.hurry(now, false);
                self.claim(now);
            }
            Input::Flush => {
                self.gate.hurry(now, true);
                self.claim(now);
            }
            Input::Tick => {
                if self.poll_timeout().is_some_and(|due| due <= now) {
                    self.rehome(now);
                    self.claim(now);
                }
            }
        }
        self.arm(now);
    }

    /// Takes the next thing to do, or `None` when drained.
    pub fn poll_output(&mut self) -> Option<Output> {
        if self.outputs.is_empty() { None } else { Some(self.outputs.remove(0)) }
    }

    /// When to call [`Outbox::handle`] with [`Input::Tick`]; `None` while only a result or the page can change anything.
    pub fn poll_timeout(&self) -> Option<Millis> {
        if self.claiming || !self.flights.is_empty() {
            return None;
        }
        let rows = self.held.values().filter(|held| held.home.is_some());
        let rows = rows.map(|held| held.record.next).min();
        let due = match (rows, self.wake) {
            (Some(row), Some(wake)) => row.min(wake),
            (Some(due), None) | (None, Some(due)) => due,
            (None, None) => return None,
        };
        Some(due.max(self.gate.opens()))
    }

    /// How many leads are known to be unsent.
    pub fn backlog(&self) -> usize {
        self.count
    }

    fn captured(&mut self, id: LeadId, item: String, now: Millis) {
        if self.answered.contains(&id) {
            self.outputs.push(Output::Tell(Event::Kept { id, home: Home::Disk }));
            self.outputs.push(Output::Tell(Event::Received { id }));
            return;
        }
        if let Some(held) = self.held.get(&id) {
            // The same lead once more: a person asks for it to be sent.
            if let Some(home) = held.home {
                self.outputs.push(Output::Tell(Event::Kept { id, home }));
                self.gate.hurry(now, false);
                self.claim(now);
            }
            return;
        }
        let size = item.len().saturating_add(envelope::ITEM_HEAD);
        let reason = if size.saturating_add(envelope::frame(&self.site)) > self.settings.batch_bytes
        {
            DropReason::TooLarge
        } else if self.count >= self.settings.max_leads
            || self.bytes.saturating_add(size) > self.settings.max_bytes
        {
            DropReason::Full
        } else {
            return self.keep(id, item, true, now);
        };
        self.outputs.push(Output::Tell(Event::Dropped { id, reason }));
    }

    fn keep(&mut self, id: LeadId, item: String, fresh: bool, now: Millis) {
        let lease = now.saturating_add(self.settings.lease);
        let record = Record { id, item, attempts: 0, at: now, set: now, next: now, lease };
        self.count = self.count.saturating_add(1);
        self.bytes = self.bytes.saturating_add(record.size());
        self.outputs.push(Output::Store(record.clone()));
        self.held.insert(id, Held { record, home: None, flight: None, fresh });
    }

    fn stored(&mut self, id: LeadId, home: Home, gate: Option<Gate>, now: Millis) {
        self.adopt(gate, now);
        if let Some(held) = self.held.get_mut(&id) {
            if held.home != Some(home) {
                held.home = Some(home);
                self.outputs.push(Output::Tell(Event::Kept { id, home }));
            }
            self.pump(now);
        }
    }

    /// Writes rows again that did not reach the database.
    fn rehome(&mut self, now: Millis) {
        let lease = now.saturating_add(self.settings.lease);
        for held in self.held.values_mut() {
            match held.home {
                Some(Home::Spill | Home::Memory) if held.flight.is_none() => {
                    held.record.lease = lease;
                    self.outputs.push(Output::Store(held.record.clone()));
                }
                Some(_) | None => {}
            }
        }
    }

    pub(super) fn claim(&mut self, now: Millis) {
        if self.claiming || self.gate.silences(now) {
            return;
        }
        self.claiming = true;
        self.outputs.push(Output::Claim {
            lease: now.saturating_add(self.settings.lease),
            items: self.max_items.saturating_mul(2),
            bytes: self.max_bytes.saturating_mul(2),
        });
    }

    fn claimed(&mut self, claimed: Claimed, now: Millis) {
        self.claiming = false;
        self.wake = claimed.wake;
        self.adopt(claimed.gate, now);
        let elsewhere = self.held.values().filter(|held| held.home != Some(Home::Disk));
        let (count, bytes) =
            elsewhere.fold((claimed.count, claimed.bytes), |(count, bytes), held| {
                (count.saturating_add(1), bytes.saturating_add(held.record.size()))
            });
        self.count = count;
        self.bytes = bytes;
        let mut settlement = Settlement::default();
        for mut record in claimed.records {
            let id = record.id;
            if record.set > now {
                // The clock was set back since: the row keeps its wait, counted from now.
                record.next = now.saturating_add(record.next.saturating_sub(record.set));
                record.set = now;
                settlement.keep.push(record.clone());
            }
            if self.answered.contains(&id) {
                settlement.forget.push(id);
            } else if let Some(held) = self.held.get_mut(&id) {
                held.record.lease = record.lease;
                held.record.set = record.set;
                held.record.next = record.next;
            } else {
                let home = Some(Home::Disk);
                self.held.insert(id, Held { record, home, flight: None, fresh: false });
            }
        }
        self.settle(settlement);
        self.pump(now);
    }

    fn adopt(&mut self, gate: Option<Gate>, now: Millis) {
        if gate.is_some_and(|gate| self.gate.adopt(gate, now)) {
            let gate = Some(self.gate);
            self.settle(Settlement { gate, ..Settlement::default() });
        }
    }

    fn landed(&mut self, batch: u32, answer: Answer, now: Millis) {
        let Some(flight) = self.flights.remove(&batch) else { return };
        for id in &flight.ids {
            if let Some(held) = self.held.get_mut(id) {
                held.flight = None;
            }
        }
        let mut settlement = Settlement::default();
        match answer {
            Answer::Leads { leads, policy } => {
                self.keepalive_failed = false;
                let relaxed = self.gate.relax(now);
                self.obey(policy, now);
                if relaxed || self.gate.silences(now) {
                    settlement.gate = Some(self.gate);
                }
                self.part(&flight.ids, leads, &mut settlement, now);
            }
            Answer::Split(code) => self.split(&flight.ids, code, &mut settlement),
            Answer::Park(advice) => {
                self.fail(&flight, advice, &mut settlement, now, |outbox| {
                    outbox.gate.park(&outbox.settings, now);
                });
            }
            Answer::Wait(advice) => {
                self.fail(&flight, advice, &mut settlement, now, |outbox| {
                    let hidden = outbox.hidden;
                    outbox.gate.back_off(&outbox.settings, &mut outbox.random, hidden, now);
                });
            }
        }
        self.settle(settlement);
        let more = !self.held.is_empty() || self.wake.is_some_and(|wake| wake <= now);
        let unsent = self.held.values().any(|held| held.record.attempts == 0);
        if more && (unsent || !self.gate.holds(now)) {
            self.claim(now);
        }
    }

    /// Gives each lead of a batch its fate.
    fn part(
        &mut self,
        ids: &[LeadId],
        mut leads: Vec<(LeadId, Fate)>,
        settlement: &mut Settlement,
        now: Millis,
    ) {
        for id in ids {
            let found = leads.iter().position(|(other, _)| other == id);
            match found.map(|index| leads.swap_remove(index).1) {
                Some(Fate::Received) => {
                    self.release(*id);
                    settlement.forget.push(*id);
                    if !self.answered.contains(id) {
                        self.remember(*id);
                        self.outputs.push(Output::Tell(Event::Received { id: *id }));
                    }
                }
                Some(Fate::Bad { code, field }) => {
                    if let Some(held) = self.held.remove(id) {
                        self.bury(held.record, code.clone(), settlement);
                        let event = Event::Refused { id: *id, code, field };
                        self.outputs.push(Output::Tell(event));
                    }
                }
                Some(Fate::Later(advice)) => self.postpone(*id, advice, settlement, now),
                None => self.postpone(*id, None, settlement, now),
            }
        }
    }

    fn postpone(
        &mut self,
        id: LeadId,
        advice: Option<Millis>,
        settlement: &mut Settlement,
        now: Millis,
    ) {
        let first = self.settings.backoff_first;
        let wait = advice.unwrap_or_else(|| {
            first.saturating_add(Millis(self.random.below(self.settings.backoff_last.0)))
        });
        let Some(held) = self.held.get_mut(&id) else { return };
        held.record.set = now;
        held.record.next = now.saturating_add(wait.min(self.settings.wait_last));
        let until = held.record.next;
        self.outputs.push(Output::Tell(Event::Waiting { id, until }));
        if held.home == Some(Home::Disk) && held.record.lease > now {
            settlement.keep.push(held.record.clone());
        }
    }

    fn split(&mut self, ids: &[LeadId], code: &'static str, settlement: &mut Settlement) {
        if let [id] = ids {
            if let Some(held) = self.held.remove(id) {
                self.bury(held.record, code.into(), settlement);
                let event = Event::Refused { id: *id, code: code.into(), field: String::new() };
                self.outputs.push(Output::Tell(event));
            }
        } else {
            self.max_items = (ids.len() / 2).max(1);
        }
    }

    /// After a failure of the endpoint: closes the gate, unless the request was a probe past it, and keeps the attempts.
    fn fail(
        &mut self,
        flight: &Flight,
        advice: Option<Millis>,
        settlement: &mut Settlement,
        now: Millis,
        close: impl FnOnce(&mut Self),
    ) {
        if !(flight.probe && self.gate.holds(now)) {
            close(self);
        }
        if let Some(span) = advice {
            self.gate.obey(span, &self.settings, now);
        }
        settlement.gate = Some(self.gate);
        let until = self.gate.opens();
        let oldest = now.saturating_sub(self.settings.max_age);
        for id in &flight.ids {
            let Some(held) = self.held.get(id) else { continue };
            if held.record.at < oldest && held.record.attempts >= self.settings.max_attempts {
                if let Some(held) = self.held.remove(id) {
                    self.bury(held.record, DropReason::Expired.code().into(), settlement);
                    let event = Event::Dropped { id: *id, reason: DropReason::Expired };
                    self.outputs.push(Output::Tell(event));
                }
                continue;
            }
            self.outputs.push(Output::Tell(Event::Waiting { id: *id, until }));
            if held.home == Some(Home::Disk) && held.record.lease > now {
                settlement.keep.push(held.record.clone());
            }
        }
    }

    fn obey(&mut self, policy: Policy, now: Millis) {
        let grown = self.max_items.saturating_mul(2);
        let items = policy.max_items.unwrap_or(self.settings.batch_items);
        self.max_items = grown.min(items).min(self.settings.batch_items).max(1);
        self.max_bytes =
            policy.max_bytes.unwrap_or(self.settings.batch_bytes).min(self.settings.batch_bytes);
        if policy.min_gap.0 > 0 {
            self.gate.obey(policy.min_gap, &self.settings, now);
        }
    }

    pub(super) fn release(&mut self, id: LeadId) {
        if let Some(held) = self.held.remove(&id) {
            self.count = self.count.saturating_sub(1);
            self.bytes = self.bytes.saturating_sub(held.record.size());
        }
    }

    fn bury(&mut self, record: Record, code: String, settlement: &mut Settlement) {
        self.count = self.count.saturating_sub(1);
        self.bytes = self.bytes.saturating_sub(record.size());
        settlement.dead.push((record, code));
    }

    fn remember(&mut self, id: LeadId) {
        if self.answered.len() >= REMEMBERED {
            self.answered.remove(0);
        }
        self.answered.push(id);
    }

    pub(super) fn settle(&mut self, settlement: Settlement) {
        if settlement != Settlement::default() {
            self.outputs.push(Output::Settle(settlement));
        }
    }
}
