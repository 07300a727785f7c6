//! What is sent when: one batch at a time while the page lives, and all that fits at once when it goes.

use alloc::{string::String, vec::Vec};

use super::{
    Home, Outbox, Output, Settlement, envelope,
    machine::{Flight, Held},
};
use crate::{lead::LeadId, time::Millis};

impl Outbox {
    /// Sends one batch if nothing is in flight. Called only right after the store told its gate.
    pub(super) fn pump(&mut self, now: Millis) {
        if !self.flights.is_empty() || self.gate.silences(now) {
            return;
        }
        let needed = now.saturating_add(self.settings.timeout);
        let stale =
            self.held.values().any(|held| held.is_idle_on_disk() && held.record.lease < needed);
        self.held.retain(|_, held| !held.is_idle_on_disk() || held.record.lease >= needed);
        let probe = self.gate.holds(now);
        let mut size = envelope::frame(&self.site);
        let mut ids = Vec::new();
        for (id, held) in self.held.iter() {
            let ready = held.home.is_some() && held.flight.is_none() && held.record.next <= now;
            if !ready || (probe && held.record.attempts > 0) {
                continue;
            }
            let grown = size.saturating_add(held.record.size());
            if !ids.is_empty() && (ids.len() >= self.max_items || grown > self.max_bytes) {
                break;
            }
            size = grown;
            ids.push(*id);
        }
        if ids.is_empty() {
            if stale {
                self.claim(now);
            }
            return;
        }
        let fits = self.ledger().saturating_add(size) <= self.settings.ledger;
        self.launch(ids, fits && !self.keepalive_failed, probe, now);
    }

    fn ledger(&self) -> usize {
        let flights = self.flights.values().filter(|flight| flight.keepalive);
        flights.map(|flight| flight.bytes).sum()
    }

    pub(super) fn launch(&mut self, ids: Vec<LeadId>, keepalive: bool, probe: bool, now: Millis) {
        self.batches = self.batches.wrapping_add(1);
        let batch = self.batches;
        for id in &ids {
            if let Some(held) = self.held.get_mut(id) {
                held.flight = Some(batch);
                held.record.attempts = held.record.attempts.saturating_add(1);
            }
        }
        let body = self.body(&ids, now);
        self.flights.insert(batch, Flight { ids, bytes: body.len(), keepalive, probe });
        self.outputs.push(Output::Send { batch, body, keepalive });
    }

    fn body(&self, ids: &[LeadId], now: Millis) -> String {
        let records = ids.iter().filter_map(|id| self.held.get(id)).map(|held| &held.record);
        envelope::body(&self.site, now, records)
    }

    /// The page goes away: what is not in flight is sent as far as the ledger reaches, newest first.
    pub(super) fn hide(&mut self, now: Millis) {
        self.hidden = true;
        let mut left = self.settings.ledger.saturating_sub(self.ledger());
        let held_back = self.gate.holds(now);
        let frame = envelope::frame(&self.site);
        let mut size = frame;
        let mut ids = Vec::new();
        let mut batches = Vec::new();
        for (id, held) in self.held.iter().rev() {
            let mine = held.home != Some(Home::Disk) || held.record.lease > now;
            let due = held.record.next <= now && !(held_back && held.record.attempts > 0);
            if held.flight.is_some() || !mine || !due || self.gate.silences(now) {
                continue;
            }
            let grown = size.saturating_add(held.record.size());
            if grown > left {
                continue;
            }
            if !ids.is_empty() && (ids.len() >= self.max_items || grown > self.max_bytes) {
                left = left.saturating_sub(size);
                batches.push(core::mem::take(&mut ids));
                size = frame;
                if size.saturating_add(held.record.size()) > left {
                    continue;
                }
            }
            size = size.saturating_add(held.record.size());
            ids.push(*id);
        }
        if !ids.is_empty() {
            batches.push(ids);
        }
        for ids in batches {
            self.launch(ids, true, held_back, now);
        }
        self.shorten_leases(now);
    }

    /// Lets other pages have what this one could not send, and later what it did send.
    fn shorten_leases(&mut self, now: Millis) {
        let mut keep = Vec::new();
        for held in self.held.values_mut() {
            if held.home == Some(Home::Disk) && held.record.lease > now {
                let idle = held.flight.is_none();
                let span = if idle { self.settings.hidden_lease } else { self.settings.timeout };
                let lease = now.saturating_add(span);
                if lease < held.record.lease {
                    held.record.lease = lease;
                    keep.push(held.record.clone());
                }
            }
        }
        self.settle(Settlement { keep, ..Settlement::default() });
    }

    /// Keeps what the browser would send after a crash in step with what is not answered.
    pub(super) fn arm(&mut self, now: Millis) {
        let mut size = envelope::frame(&self.site);
        let mut ids = Vec::new();
        for (id, held) in self.held.iter().rev() {
            let flown = self.hidden && held.flight.is_some();
            let grown = size.saturating_add(held.record.size());
            if held.fresh && !flown && grown <= self.max_bytes && ids.len() < self.max_items {
                size = grown;
                ids.push(*id);
            }
        }
        if self.gate.silences(now) {
            ids.clear();
        }
        if ids != self.armed {
            let body = if ids.is_empty() { String::new() } else { self.body(&ids, now) };
            self.outputs.push(Output::Arm(body));
            self.armed = ids;
        }
    }
}

impl Held {
    fn is_idle_on_disk(&self) -> bool {
        self.home == Some(Home::Disk) && self.flight.is_none()
    }
}
