//! The store of a device: what `www/browser` does in `IndexedDB`, each effect one transaction.

use std::collections::BTreeMap;

use leadkit::{
    lead::LeadId,
    outbox::{Claimed, Gate, Home, Input, Record, Settlement},
    time::Millis,
};

pub enum StoreOp {
    Store(Record),
    Claim { lease: Millis, items: usize, bytes: usize },
    Settle(Settlement),
}

#[derive(Default)]
pub struct Store {
    pub rows: BTreeMap<LeadId, (Record, u32)>,
    pub dead: BTreeMap<LeadId, String>,
    pub gate: Option<Gate>,
    pub spill: BTreeMap<LeadId, String>,
}

impl Store {
    /// Performs an effect and says what came of it.
    pub fn apply(&mut self, tab: u32, op: StoreOp, now: Millis) -> Option<Input> {
        match op {
            StoreOp::Store(record) => {
                let id = record.id;
                self.rows.entry(id).or_insert((record, tab));
                self.spill.remove(&id);
                Some(Input::Stored { id, home: Home::Disk, gate: self.gate })
            }
            StoreOp::Claim { lease, items, bytes } => {
                let mut claimed = Claimed { gate: self.gate, ..Claimed::default() };
                let mut taken = 0;
                for (row, owner) in self.rows.values_mut() {
                    claimed.count += 1;
                    claimed.bytes += row.size();
                    let far = lease.saturating_add(Millis(5_000));
                    let free = *owner == tab || row.lease <= now || row.lease > far;
                    let due = row.next <= now || row.set > now;
                    if !free || !due {
                        let wake = row.next.max(if free { Millis(0) } else { row.lease });
                        claimed.wake = Some(claimed.wake.map_or(wake, |other| other.min(wake)));
                    } else if claimed.records.len() >= items
                        || (taken > 0 && taken + row.size() > bytes)
                    {
                        claimed.wake = Some(now);
                    } else {
                        taken += row.size();
                        row.lease = lease;
                        *owner = tab;
                        claimed.records.push(row.clone());
                    }
                }
                Some(Input::Claimed(claimed))
            }
            StoreOp::Settle(settlement) => {
                for id in settlement.forget {
                    self.rows.remove(&id);
                    self.spill.remove(&id);
                }
                for record in settlement.keep {
                    self.rows.insert(record.id, (record, tab));
                }
                for (record, code) in settlement.dead {
                    self.rows.remove(&record.id);
                    self.spill.remove(&record.id);
                    self.dead.insert(record.id, code);
                }
                if let Some(gate) = settlement.gate {
                    self.gate = Some(self.gate.map_or(gate, |stored| gate.over(&stored)));
                }
                None
            }
        }
    }
}
