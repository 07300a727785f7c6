//! Processes over one store, pages that send, receivers, and the scheduler that lets all of it go wrong.

use std::collections::BTreeMap;

use leadkit::{adapter::edge, random::Random, wire::json::Json};

use crate::{
    counts::Counts,
    receiver::Receivers,
    store::Store,
    task::{Kind, Slot, Task},
};

const START: u64 = 1_795_325_565_676;
const OBJECTS: u64 = 2;
/// After a wake-up was lost, everything is woken by the regular sweep.
const SWEEP: u64 = 60_000;
/// How long a page waits for an answer before it sends again.
const PATIENCE: u64 = 15_000;
const SITE: &str = r#"{"site":{"id":"s","origins":[]},"forms":{"f":{"fields":[{"name":"x","type":"text"}]}},
"destinations":{"a":{"type":"webhook","url":"https://a.example.com/"},"b":{"type":"webhook","url":"https://b.example.com/"}}}"#;
const TOKEN: &str = "token";

std::thread_local! {
    pub static STORE: Store = {
        assert!(edge::configure(SITE).contains("\"hash\""));
        Store::new()
    };
}

pub struct Process {
    pub id: u32,
    /// Its clock minus true time.
    pub offset: i64,
    pub timers: BTreeMap<String, u64>,
}

pub struct Page {
    pub body: String,
    pub ids: Vec<String>,
    pub acknowledged: bool,
    pub again: u64,
}

pub struct World {
    pub seed: u64,
    pub random: Random,
    pub now: u64,
    pub offset: i64,
    pub processes: Vec<Process>,
    pub started: u32,
    /// When a process is started in place of one that crashed.
    pub restart: Option<u64>,
    pub sweep: Option<u64>,
    pub tasks: Vec<Task>,
    pub pages: Vec<Page>,
    pub receivers: Receivers,
    pub healed: bool,
    pub counts: Counts,
}

impl World {
    pub fn new(seed: u64) -> Self {
        STORE.with(Store::clear);
        let mut world = Self {
            seed,
            random: Random::new(seed),
            now: START,
            offset: 0,
            processes: Vec::new(),
            started: 0,
            restart: None,
            sweep: None,
            tasks: Vec::new(),
            pages: Vec::new(),
            receivers: Receivers::default(),
            healed: false,
            counts: Counts::default(),
        };
        world.start();
        world
    }

    /// Lets chance have its way for a while.
    pub fn trouble(&mut self) {
        let steps = 50 + self.random.below(250);
        for _ in 0..steps {
            match self.random.below(200) {
                0..=3 if self.pages.len() < 3 => self.open(),
                6 => self.crash(),
                7 if self.processes.len() < 2 => self.start(),
                8 => self.shift_clock(),
                9..=10 => self.person(),
                11 => self.now += self.random.below(3_600_000),
                12 if self.random.below(8) == 0 => self.now += self.random.below(9 * 86_400_000),
                13 => self.repeat(),
                _ => _ = self.step(),
            }
        }
    }

    /// Everything is well from here on: whatever was acknowledged has to arrive.
    pub fn heal(&mut self) {
        while !self.processes.is_empty() {
            self.crash();
        }
        self.healed = true;
        self.receivers.well = true;
        self.offset = 0;
        self.restart = None;
        self.start();
        for destination in ["a", "b"] {
            self.ask(
                "POST",
                &format!("/v1/admin/destinations/s/{destination}/resume"),
                String::new(),
            );
        }
        self.settle();
        self.check();
        self.replay_all();
        self.settle();
        let open = count("SELECT count(*) FROM delivery WHERE state<>'done'");
        assert_eq!(open, 0, "seed {}: a replayed delivery did not arrive", self.seed);
        self.counts.stored = count("SELECT count(*) FROM lead");
        self.counts.deliveries = count("SELECT count(*) FROM delivery");
        self.counts.delivered =
            self.receivers.seen.values().filter(|seen| seen.taken > 0).count() as u64;
        assert_eq!(self.counts.delivered, self.counts.deliveries, "seed {}", self.seed);
        let copies = self.receivers.seen.values().map(|seen| seen.taken.saturating_sub(1));
        self.counts.copies = copies.sum();
        self.counts.requests = self.receivers.seen.values().map(|seen| seen.requests).sum();
    }

    pub fn into_counts(self) -> Counts {
        self.counts
    }

    /// Runs until nothing is left to do.
    fn settle(&mut self) {
        for _ in 0..20_000 {
            if !self.step() {
                return;
            }
        }
        panic!("seed {}: it never comes to rest", self.seed);
    }

    fn check(&mut self) {
        let seed = self.seed;
        let mut ids: Vec<&String> = self.pages.iter().flat_map(|page| &page.ids).collect();
        ids.sort();
        assert!(
            self.pages.iter().all(|page| page.acknowledged),
            "seed {seed}: a page was never answered"
        );
        let stored =
            STORE.with(|store| store.rows("SELECT id FROM lead ORDER BY id", &[]).unwrap());
        let stored: Vec<_> =
            stored.as_array().unwrap().iter().map(|row| text(row, "id").to_owned()).collect();
        assert_eq!(
            stored.iter().collect::<Vec<_>>(),
            ids,
            "seed {seed}: every lead is stored once"
        );
        assert_eq!(
            count("SELECT count(*) FROM delivery"),
            2 * ids.len() as u64,
            "seed {seed}: leads times destinations"
        );
        assert_eq!(
            count("SELECT count(*) FROM entry"),
            ids.len() as u64,
            "seed {seed}: the index knows every lead"
        );
        assert_eq!(
            count("SELECT count(*) FROM feed"),
            0,
            "seed {seed}: something waits for the index"
        );
        let rows = STORE.with(|store| {
            store.rows("SELECT lead, destination, state, reason, tries FROM delivery", &[]).unwrap()
        });
        for row in rows.as_array().unwrap() {
            let key = format!("{}:{}", text(row, "lead"), text(row, "destination"));
            let came = self.receivers.seen.get(&key);
            let state = text(row, "state");
            assert!(
                ["done", "dead", "parked"].contains(&state),
                "seed {seed}: {key} is {state} in the end"
            );
            assert!(
                state != "done" || came.is_some_and(|seen| seen.taken > 0),
                "seed {seed}: {key} was not taken"
            );
            assert!(
                state != "dead" || !text(row, "reason").is_empty(),
                "seed {seed}: {key} has no reason"
            );
            let tries = row.member("tries").and_then(Json::as_uint).unwrap();
            assert!(
                came.is_none_or(|seen| seen.requests <= tries),
                "seed {seed}: {key} was sent without an attempt"
            );
        }
        self.counts.sent = ids.len() as u64;
        self.counts.acknowledged = ids.len() as u64;
    }

    fn replay_all(&mut self) {
        for destination in ["a", "b"] {
            let path = format!("/v1/admin/destinations/s/{destination}/replay");
            self.counts.replays += 1;
            self.ask("POST", &path, r#"{"states":["dead","parked"]}"#.into());
        }
    }

    /// Performs something that can be done, or goes on to the time of the next thing. False if there is nothing.
    fn step(&mut self) -> bool {
        let ready: Vec<(usize, usize)> = self
            .tasks
            .iter()
            .enumerate()
            .flat_map(|(task, each)| {
                let open = |slot: &Slot| match slot {
                    Slot::Open(_) => true,
                    Slot::Flying { at, .. } => *at <= self.now,
                    Slot::Done(_) => false,
                };
                each.slots
                    .iter()
                    .enumerate()
                    .filter(move |(_, slot)| open(slot))
                    .map(move |(slot, _)| (task, slot))
            })
            .collect();
        if ready.is_empty() {
            return self.wait();
        }
        let (task, slot) = ready[self.index(ready.len())];
        if self.perform(task, slot) && self.tasks[task].is_ready() {
            let mut going = self.tasks.swap_remove(task);
            if matches!(going.kind, Kind::Wake(_)) {
                going.head = self.head(going.process, &going);
                let clock = self.clock(going.process);
                if let Some(told) = &mut going.told {
                    told.until = clock + told.wait;
                }
            }
            let next = going.go_on();
            self.follow(going, next);
        }
        true
    }

    /// Goes on to the next thing that happens by itself.
    fn wait(&mut self) -> bool {
        let flying = self.tasks.iter().flat_map(|task| &task.slots).filter_map(|slot| match slot {
            Slot::Flying { at, .. } => Some(*at),
            Slot::Open(_) | Slot::Done(_) => None,
        });
        let timers = self.processes.iter().flat_map(|process| process.timers.values().copied());
        let pages = self.pages.iter().filter(|page| !page.acknowledged).map(|page| page.again);
        let next = flying.chain(timers).chain(pages).chain(self.sweep).chain(self.restart).min();
        let Some(next) = next else { return false };
        self.now = self.now.max(next);
        if self.restart.is_some_and(|at| at <= self.now) {
            self.restart = None;
            self.start();
        }
        if self.sweep.is_some_and(|at| at <= self.now) && !self.processes.is_empty() {
            self.sweep = None;
            for process in &mut self.processes {
                wake_all(process, self.now);
            }
        } else if self.processes.is_empty() {
            self.sweep = None;
        }
        for place in 0..self.processes.len() {
            let due = self.processes[place].timers.iter().filter(|(_, at)| **at <= self.now);
            let due: Vec<String> = due.map(|(object, _)| object.clone()).collect();
            let id = self.processes[place].id;
            for object in due {
                self.processes[place].timers.remove(&object);
                self.begin(id, Kind::Wake(object), "", String::new(), String::new());
            }
        }
        for page in 0..self.pages.len() {
            if !self.pages[page].acknowledged && self.pages[page].again <= self.now {
                self.send(page);
            }
        }
        true
    }

    pub fn goes_wrong(&mut self, in_thousand: u64) -> bool {
        !self.healed && self.random.below(1_000) < in_thousand
    }

    fn index(&mut self, len: usize) -> usize {
        usize::try_from(self.random.below(len as u64)).unwrap()
    }

    pub fn clock(&self, process: u32) -> u64 {
        let offset =
            self.processes.iter().find(|each| each.id == process).map_or(0, |each| each.offset);
        self.now.checked_add_signed(offset).unwrap()
    }

    /// A process starts: it knows nothing but what is stored, and wakes every object.
    fn start(&mut self) {
        self.started += 1;
        let mut process =
            Process { id: self.started, offset: self.offset, timers: BTreeMap::new() };
        wake_all(&mut process, self.now);
        self.processes.push(process);
    }

    /// A process is gone; what it had begun and not written never happened, for others it is as if it still went on.
    fn crash(&mut self) {
        if self.processes.is_empty() {
            return;
        }
        self.counts.crashes += 1;
        let place = self.index(self.processes.len());
        let process = self.processes.swap_remove(place);
        self.tasks.retain(|task| task.process != process.id);
        self.sweep = Some(self.now + SWEEP);
        if self.processes.is_empty() {
            self.restart = Some(self.now + self.random.below(90_000));
        }
    }

    fn shift_clock(&mut self) {
        let spans = [-86_400_000, 86_400_000, -3_600_000, 3_600_000, 5_000, -5_000];
        self.offset = spans[self.index(spans.len())];
        // A running process sees its clock jump; its timers do not.
        if self.random.below(2) == 0 {
            for process in &mut self.processes {
                process.offset = self.offset;
            }
        }
    }

    pub fn set_timer(&mut self, process: u32, object: &str, at: u64) {
        if self.goes_wrong(30) {
            self.sweep = Some(self.sweep.unwrap_or(self.now + SWEEP));
            return;
        }
        let delay = at.saturating_sub(self.clock(process));
        let now = self.now;
        if let Some(process) = self.processes.iter_mut().find(|each| each.id == process) {
            set(process, object, now + delay);
        }
    }

    fn open(&mut self) {
        let count = 1 + self.random.below(2);
        let ids: Vec<String> = (0..count).map(|_| self.id()).collect();
        let now = self.now;
        let item = |id: &String| {
            format!(r#"{{"id":"{id}","at":{now},"n":1,"form":"f","data":{{"x":"1"}}}}"#)
        };
        let items: Vec<String> = ids.iter().map(item).collect();
        let body = format!(r#"{{"v":1,"k":"s","sent_at":{now},"items":[{}]}}"#, items.join(","));
        self.pages.push(Page { body, ids, acknowledged: false, again: now });
    }

    fn id(&mut self) -> String {
        let (high, low) = (self.random.bits(), self.random.bits());
        let (a, b) = (high >> 32, high >> 16 & 0xffff);
        format!(
            "{a:08x}-{b:04x}-7{:03x}-8{:03x}-{:012x}",
            high & 0xfff,
            low >> 48 & 0xfff,
            low & 0xffff_ffff_ffff
        )
    }

    fn send(&mut self, page: usize) {
        self.pages[page].again = self.now + PATIENCE;
        let body = self.pages[page].body.clone();
        let Some(process) = self.some_process() else { return };
        self.begin(process, Kind::Page(page), "POST", "/v1/leads".into(), body);
    }

    /// The network delivers a request twice.
    fn repeat(&mut self) {
        if !self.pages.is_empty() {
            let page = self.index(self.pages.len());
            let again = self.pages[page].again;
            self.send(page);
            self.pages[page].again = again;
        }
    }

    fn person(&mut self) {
        let destination = ["a", "b"][self.index(2)];
        let what = ["replay", "pause", "resume"][self.index(3)];
        if what == "replay" {
            self.counts.replays += 1;
        }
        self.ask("POST", &format!("/v1/admin/destinations/s/{destination}/{what}"), "{}".into());
    }

    fn ask(&mut self, method: &'static str, path: &str, body: String) {
        let Some(process) = self.some_process() else { return };
        self.begin(process, Kind::Person, method, path.to_owned(), body);
    }

    fn some_process(&mut self) -> Option<u32> {
        let place = self.index(self.processes.len().max(1));
        self.processes.get(place).map(|process| process.id)
    }

    fn begin(
        &mut self,
        process: u32,
        kind: Kind,
        method: &'static str,
        path: String,
        body: String,
    ) {
        let mut task = Task {
            process,
            kind,
            method,
            path,
            body,
            head: String::new(),
            state: Json::Null,
            slots: Vec::new(),
            told: None,
        };
        task.head = self.head(process, &task);
        let next = task.begin();
        self.follow(task, next);
    }

    fn head(&mut self, process: u32, task: &Task) -> String {
        let entropy: Vec<String> = (0..4).map(|_| format!("{:016x}", self.random.bits())).collect();
        let pair = |name: &str, value: String| Json::array([Json::str(name), Json::String(value)]);
        let headers = [
            pair("content-type", "text/plain".into()),
            pair("authorization", format!("Bearer {TOKEN}")),
        ];
        let object = if let Kind::Wake(object) = &task.kind { object.as_str() } else { "" };
        Json::object([
            ("now", Json::uint(self.clock(process))),
            ("entropy", Json::String(entropy.concat())),
            ("env", Json::object([("LEADKIT_ADMIN_TOKEN", Json::str(TOKEN))])),
            ("objects", Json::uint(OBJECTS)),
            ("object", Json::str(object)),
            ("method", Json::str(task.method)),
            ("url", Json::String(format!("http://edge.example{}", task.path))),
            ("headers", Json::array(headers)),
        ])
        .to_text()
    }
}

fn wake_all(process: &mut Process, now: u64) {
    for place in ["index", "0", "1"] {
        set(process, &format!("s/{place}"), now);
    }
}

/// Keeps the earliest wake-up.
pub fn set(process: &mut Process, object: &str, at: u64) {
    let known = process.timers.entry(object.to_owned()).or_insert(at);
    *known = at.min(*known);
}

pub fn text<'a>(json: &'a Json, key: &str) -> &'a str {
    json.member(key).and_then(Json::as_str).unwrap_or_default()
}

fn count(sql: &str) -> u64 {
    STORE.with(|store| store.number(sql, &[])).try_into().unwrap()
}
