//! A device with tabs, a store, a spill and a network, driven by one seeded scheduler.

use std::{
    collections::{BTreeSet, VecDeque},
    fmt,
};

use leadkit::{
    lead::LeadId,
    outbox::{Claimed, Event, Home, Input, Outbox, Output, Settings},
    random::Random,
    time::Millis,
};

use crate::{
    server::{MODES, Mode, Reply, Server},
    store::{Store, StoreOp},
};

/// What happened in a run.
#[derive(Debug, Default)]
pub struct Counts {
    pub leads: u64,
    pub sends: u64,
    pub copies: u64,
    pub stored: u64,
    pub refused: u64,
    pub crashes: u64,
    pub silenced: u64,
}

impl Counts {
    pub fn add(&mut self, other: &Self) {
        self.leads += other.leads;
        self.sends += other.sends;
        self.copies += other.copies;
        self.stored += other.stored;
        self.refused += other.refused;
        self.crashes += other.crashes;
        self.silenced += other.silenced;
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| sent | acknowledged | stored | refused | copies | early |")?;
        let acknowledged = self.stored + self.refused;
        write!(
            f,
            "| {} | {acknowledged} | {} | {} | {} | 0 |",
            self.leads, self.stored, self.refused, self.copies
        )
    }
}

enum Net {
    Going { batch: u32, body: String, keepalive: bool },
    Back { batch: u32, reply: Option<Reply>, size: usize, keepalive: bool },
}

struct Tab {
    number: u32,
    machine: Outbox,
    /// The clock of this tab minus true time.
    offset: i64,
    store_ops: VecDeque<StoreOp>,
    results: VecDeque<Input>,
    net: Vec<Net>,
    armed: String,
    /// What the edge asked of this tab, on this tab's clock.
    silent_until: Millis,
    received: BTreeSet<LeadId>,
    frozen: bool,
}

pub struct World {
    random: Random,
    time: u64,
    device_offset: i64,
    store: Store,
    tabs: Vec<Tab>,
    opened: u32,
    server: Server,
    mode: Mode,
    /// How often in a hundred a store effect fails.
    store_faults: u64,
    /// What somebody was promised.
    promised: BTreeSet<LeadId>,
    withdrawn: BTreeSet<LeadId>,
    dropped: BTreeSet<LeadId>,
    seed: u64,
    pub counts: Counts,
}

const LEDGER: usize = 61_440;

impl World {
    pub fn new(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let store_faults = if random.below(3) == 0 { random.below(60) } else { 0 };
        let mut world = Self {
            random,
            time: 1_795_325_565_676,
            device_offset: 0,
            store: Store::default(),
            tabs: Vec::new(),
            opened: 0,
            server: Server::default(),
            mode: Mode::Ok,
            store_faults,
            promised: BTreeSet::new(),
            withdrawn: BTreeSet::new(),
            dropped: BTreeSet::new(),
            seed,
            counts: Counts::default(),
        };
        world.open();
        world
    }

    /// One choice of the scheduler.
    pub fn step(&mut self) {
        self.time += self.random.below(40);
        let tab = self.pick_tab();
        match self.random.below(100) {
            0..=29 => _ = self.perform_store(tab),
            30..=54 => _ = self.deliver(tab),
            55..=74 => _ = self.network(tab),
            75..=84 => self.capture(tab),
            85..=88 => self.time += self.random.below(30_000),
            89 => self.time += self.random.below(86_400_000),
            90..=91 => self.mode = MODES[self.random_index(MODES.len())],
            92 => self.open(),
            93 if self.random.below(3) == 0 => self.kill(),
            93 => self.crash(tab),
            94 => self.leave(tab),
            95 => self.input(tab, Input::Hidden),
            96 => {
                if let Some(tab) = self.tabs.get_mut(tab) {
                    tab.frozen = !tab.frozen;
                }
            }
            97 => {
                let stray = [Input::Shown, Input::Online, Input::Flush, Input::Tick];
                let stray = stray[self.random_index(4)].clone();
                self.input(tab, stray);
            }
            98 => self.shift_clock(),
            _ => self.withdraw(tab),
        }
        self.tick();
        self.check_promises();
    }

    /// Everything works again: whatever was promised must arrive, moved by the timers alone.
    pub fn heal(&mut self) {
        while !self.tabs.is_empty() {
            self.crash(0);
        }
        self.mode = Mode::Ok;
        self.store_faults = 0;
        self.open();
        for _ in 0..5_000 {
            while self.perform_store(0) || self.network(0) || self.deliver(0) {}
            self.check_promises();
            let Some(due) = self.tabs[0].machine.poll_timeout() else { break };
            let now = self.now(0);
            self.time += due.saturating_sub(now).0;
            self.tick();
        }
        let seed = self.seed;
        let left = self.store.rows.len();
        assert!(left == 0, "seed {seed}: {left} rows are left, gate {:?}", self.store.gate);
        assert!(self.store.spill.is_empty(), "seed {seed}: the spill is not empty");
        for id in &self.promised {
            let ended = self.server.stored.contains_key(id) || self.store.dead.contains_key(id);
            assert!(ended || self.withdrawn.contains(id), "seed {seed}: {id} is lost");
        }
        self.counts.copies = self.server.copies;
        self.counts.stored = self.server.stored.len() as u64;
        self.counts.refused = self.server.refused.len() as u64;
    }

    fn random_index(&mut self, len: usize) -> usize {
        usize::try_from(self.random.below(len as u64)).unwrap()
    }

    fn pick_tab(&mut self) -> usize {
        if self.tabs.is_empty() {
            self.open();
        }
        self.random_index(self.tabs.len())
    }

    fn now(&self, tab: usize) -> Millis {
        Millis(self.time.checked_add_signed(self.tabs[tab].offset).unwrap())
    }

    fn open(&mut self) {
        if self.tabs.len() >= 4 {
            return;
        }
        self.opened += 1;
        let settings = Settings { batch_items: 8, ..Settings::default() };
        self.tabs.push(Tab {
            number: self.opened,
            machine: Outbox::new("site", settings, self.seed ^ u64::from(self.opened)),
            offset: self.device_offset,
            store_ops: VecDeque::new(),
            results: VecDeque::new(),
            net: Vec::new(),
            armed: String::new(),
            silent_until: Millis(0),
            received: BTreeSet::new(),
            frozen: false,
        });
        let tab = self.tabs.len() - 1;
        self.input(tab, Input::Shown);
        for (id, item) in self.store.spill.clone() {
            self.input(tab, Input::Recovered { id, item });
        }
    }

    fn capture(&mut self, tab: usize) {
        if self.counts.leads >= 60 {
            return;
        }
        self.counts.leads += 1;
        let bytes = [self.random.bits().to_be_bytes(), self.random.bits().to_be_bytes()].concat();
        let id = LeadId::new(self.now(tab), bytes[..10].try_into().unwrap());
        let length = if self.random.below(10) == 0 { self.random.below(40_000) } else { 20 };
        let text = "x".repeat(usize::try_from(length).unwrap());
        let item = format!("{{\"at\":{},\"data\":{{\"a\":\"{text}\"}}}}", self.now(tab).0);
        self.input(tab, Input::Captured { id, item });
    }

    fn withdraw(&mut self, tab: usize) {
        let ids: Vec<_> = self.store.spill.keys().copied().collect();
        if let Some(id) = ids.first() {
            self.withdrawn.insert(*id);
            self.input(tab, Input::Withdrawn { id: *id });
        }
    }

    fn shift_clock(&mut self) {
        let spans = [-86_400_000, 86_400_000, -31_536_000_000, 31_536_000_000, 5_000, -5_000];
        self.device_offset = spans[self.random_index(spans.len())];
    }

    /// The process is gone: effects under way happened or not.
    fn crash(&mut self, tab: usize) {
        self.counts.crashes += 1;
        let mut tab = self.tabs.remove(tab);
        if self.random.below(2) == 0
            && let Some(op) = tab.store_ops.pop_front()
        {
            self.store.apply(tab.number, op, Millis(self.time));
        }
        self.abandon(tab);
    }

    /// The browser is killed: all its tabs, and often what it had not flushed of the spill.
    fn kill(&mut self) {
        while !self.tabs.is_empty() {
            self.crash(0);
        }
        if self.random.below(2) == 0 {
            for (id, _) in core::mem::take(&mut self.store.spill) {
                if !self.store.rows.contains_key(&id) {
                    self.promised.remove(&id);
                }
            }
        }
    }

    fn abandon(&mut self, tab: Tab) {
        for net in tab.net {
            if let Net::Going { body, keepalive, .. } = net
                && self.random.below(10) < if keepalive { 8 } else { 3 }
            {
                self.server.handle(&body, self.mode, &mut self.random);
            }
        }
        if !tab.armed.is_empty() && self.random.below(2) == 0 {
            self.server.handle(&tab.armed, self.mode, &mut self.random);
        }
    }

    /// The visitor leaves: hidden, then gone. What was begun in that moment is done.
    fn leave(&mut self, tab: usize) {
        self.input(tab, Input::Hidden);
        let mut tab = self.tabs.remove(tab);
        while let Some(op) = tab.store_ops.pop_front() {
            let now = Millis(self.time.checked_add_signed(tab.offset).unwrap());
            self.store.apply(tab.number, op, now);
        }
        self.abandon(tab);
    }

    fn tick(&mut self) {
        for tab in 0..self.tabs.len() {
            let due = self.tabs[tab].machine.poll_timeout();
            if !self.tabs[tab].frozen && due.is_some_and(|due| due <= self.now(tab)) {
                self.input(tab, Input::Tick);
            }
        }
    }

    fn perform_store(&mut self, tab: usize) -> bool {
        let now = self.now(tab);
        let number = self.tabs[tab].number;
        let Some(op) = self.tabs[tab].store_ops.pop_front() else { return false };
        let fails = self.random.below(100) < self.store_faults;
        let result = match (op, fails) {
            (op, false) => self.store.apply(number, op, now),
            (StoreOp::Store(record), true) => {
                let id = record.id;
                let spilled = self.random.below(3) > 0;
                if spilled {
                    self.store.spill.insert(id, record.item);
                }
                let home = if spilled { Home::Spill } else { Home::Memory };
                Some(Input::Stored { id, home, gate: None })
            }
            (StoreOp::Claim { .. }, true) => Some(Input::ClaimFailed),
            (StoreOp::Settle(_), true) => None,
        };
        self.tabs[tab].results.extend(result);
        true
    }

    fn deliver(&mut self, tab: usize) -> bool {
        if self.tabs[tab].frozen {
            return false;
        }
        let Some(input) = self.tabs[tab].results.pop_front() else { return false };
        let gate = match &input {
            Input::Stored { gate, .. } | Input::Claimed(Claimed { gate, .. }) => *gate,
            _ => None,
        };
        let now = self.now(tab);
        if let Some(gate) = gate
            && gate.set <= now
        {
            let silent = &mut self.tabs[tab].silent_until;
            *silent = gate.asked.max(*silent);
        }
        self.input(tab, input);
        true
    }

    fn network(&mut self, tab: usize) -> bool {
        if self.tabs[tab].net.is_empty() || self.tabs[tab].frozen {
            return false;
        }
        let index = self.random_index(self.tabs[tab].net.len());
        match self.tabs[tab].net.swap_remove(index) {
            Net::Going { batch, body, keepalive } => {
                let size = body.len();
                let reply = self.server.handle(&body, self.mode, &mut self.random);
                let lost = self.mode != Mode::Ok && self.random.below(10) == 0;
                let reply = if lost { None } else { reply };
                self.tabs[tab].net.push(Net::Back { batch, reply, size, keepalive });
            }
            Net::Back { batch, reply: None, .. } => self.input(tab, Input::Unanswered { batch }),
            Net::Back { batch, reply: Some(reply), .. } => {
                if let Some(silence) = reply.silence {
                    let until = self.now(tab).saturating_add(silence);
                    let silent = &mut self.tabs[tab].silent_until;
                    *silent = until.max(*silent);
                    self.counts.silenced += 1;
                }
                let Reply { status, retry_after, body, .. } = reply;
                let input = Input::Answered { batch, status, retry_after, body };
                if self.random.below(20) == 0 {
                    self.input(tab, input.clone());
                }
                self.input(tab, input);
            }
        }
        true
    }

    fn input(&mut self, tab: usize, input: Input) {
        let now = self.now(tab);
        let keeps_frozen = self.tabs[tab].frozen && input == Input::Tick;
        if !keeps_frozen {
            self.tabs[tab].machine.handle(input, now);
            while let Some(output) = self.tabs[tab].machine.poll_output() {
                self.order(tab, output, now);
            }
        }
    }

    fn order(&mut self, index: usize, output: Output, now: Millis) {
        let seed = self.seed;
        let tab = &mut self.tabs[index];
        match output {
            Output::Store(record) => tab.store_ops.push_back(StoreOp::Store(record)),
            Output::Claim { lease, items, bytes } => {
                tab.store_ops.push_back(StoreOp::Claim { lease, items, bytes });
            }
            Output::Settle(settlement) => {
                for id in &settlement.forget {
                    let known = self.server.stored.contains_key(id) || self.withdrawn.contains(id);
                    assert!(known, "seed {seed}: {id} was forgotten without an answer");
                }
                for (record, code) in &settlement.dead {
                    let refused = self.server.refused.contains(&record.id);
                    assert!(refused || code == "outbox.expired", "seed {seed}: {code}");
                }
                tab.store_ops.push_back(StoreOp::Settle(settlement));
            }
            Output::Send { batch, body, keepalive } => {
                self.counts.sends += 1;
                assert!(now >= tab.silent_until, "seed {seed}: sent before the gate opened");
                tab.net.push(Net::Going { batch, body, keepalive });
                let ledger: usize = tab.net.iter().map(Net::ledger).sum();
                assert!(ledger <= LEDGER, "seed {seed}: {ledger} bytes of keepalive in flight");
            }
            Output::Arm(body) => tab.armed = body,
            Output::Tell(Event::Kept { id, home }) => {
                if home != Home::Memory {
                    self.promised.insert(id);
                }
            }
            Output::Tell(Event::Received { id }) => {
                assert!(self.server.stored.contains_key(&id), "seed {seed}: {id} is not received");
                assert!(tab.received.insert(id), "seed {seed}: {id} was told twice");
            }
            Output::Tell(Event::Dropped { id, .. }) => {
                self.dropped.insert(id);
            }
            Output::Tell(Event::Refused { .. } | Event::Waiting { .. }) => {}
        }
    }

    fn check_promises(&self) {
        for id in &self.promised {
            let kept = self.store.rows.contains_key(id) || self.store.spill.contains_key(id);
            let ended = self.server.stored.contains_key(id)
                || self.store.dead.contains_key(id)
                || self.withdrawn.contains(id);
            assert!(kept || ended, "seed {}: {id} was promised and is nowhere", self.seed);
        }
    }
}

impl Net {
    fn ledger(&self) -> usize {
        match self {
            Self::Going { body, keepalive: true, .. } => body.len(),
            Self::Back { size, keepalive: true, .. } => *size,
            Self::Going { .. } | Self::Back { .. } => 0,
        }
    }
}
