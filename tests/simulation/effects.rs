//! How effects are performed, and how they fail.

use leadkit::wire::json::{self, Json};

use crate::{
    task::{Kind, Next, Slot, Task, Told},
    world::{STORE, World, set, text},
};

impl World {
    /// Performs an effect or takes its answer in. False if the task has ended by it.
    pub fn perform(&mut self, task: usize, slot: usize) -> bool {
        let effect =
            match core::mem::replace(&mut self.tasks[task].slots[slot], Slot::Done(Json::Null)) {
                Slot::Open(effect) => effect,
                Slot::Flying { result, wait, .. } => {
                    let each = &mut self.tasks[task];
                    each.told = (wait > 0).then(|| Told {
                        key: delivery(&each.state),
                        token: text(&each.state, "token").to_owned(),
                        wait,
                        until: 0,
                    });
                    each.slots[slot] = Slot::Done(result);
                    return true;
                }
                Slot::Done(_) => return true,
            };
        match text(&effect, "op") {
            "sql" => self.sql(task, slot, &effect),
            "fetch" => {
                let flying = self.fetch(task, &effect);
                self.tasks[task].slots[slot] = flying;
                true
            }
            "hosts" => {
                self.tasks[task].slots[slot] =
                    Slot::Done(Json::object([("hosts", Json::object([]))]));
                true
            }
            _ => {
                self.simple(self.tasks[task].process, &effect);
                true
            }
        }
    }

    /// Effects without a result.
    pub fn simple(&mut self, process: u32, effect: &Json) {
        if text(effect, "op") == "wake" {
            let at = effect.member("at").and_then(Json::as_uint).unwrap();
            self.set_timer(process, text(effect, "object"), at);
        }
    }

    fn sql(&mut self, task: usize, slot: usize, effect: &Json) -> bool {
        let seed = self.seed;
        if self.goes_wrong(30) {
            self.counts.failures += 1;
            self.fail(task);
            return false;
        }
        let statements = effect.member("statements").and_then(Json::as_array).unwrap();
        let told = self.tasks[task].told.take();
        let told = told.filter(|told| column(&told.key, "token").as_str() == Some(&told.token));
        let rows = STORE.with(|store| store.transaction(statements));
        let rows =
            rows.unwrap_or_else(|error| panic!("seed {seed}: {error} in {}", effect.to_text()));
        let at = text(&self.tasks[task].state, "at");
        if self.tasks[task].kind == Kind::Person || at == "reconfigured" {
            // Neither a person nor a new configuration waits for what a receiver asked for.
            for seen in self.receivers.seen.values_mut() {
                seen.until = 0;
            }
        }
        if let Some(Told { key, until, .. }) = told {
            let due = column(&key, "due").as_uint();
            assert!(due.is_none_or(|due| due >= until), "seed {seed}: {key} is due too early");
            self.receivers.seen.entry(key).or_default().until = until;
        }
        if let Some(at) = effect.member("wake").and_then(Json::as_uint) {
            let process = self.tasks[task].process;
            self.set_timer(process, text(effect, "object"), at);
        }
        if self.goes_wrong(15) {
            // Committed, and nobody hears of it.
            self.counts.failures += 1;
            self.fail(task);
            return false;
        }
        self.tasks[task].slots[slot] = Slot::Done(rows);
        true
    }

    /// Sends a request to a receiver, which has to be written down before.
    fn fetch(&mut self, task: usize, effect: &Json) -> Slot {
        let seed = self.seed;
        let state = &self.tasks[task].state;
        let key = delivery(state);
        let headers = effect.member("headers").and_then(Json::as_array).unwrap();
        let named = headers.iter().any(|pair| {
            pair.as_array().unwrap() == [Json::str("webhook-id"), Json::str(&key)].as_slice()
        });
        assert!(named, "seed {seed}: a request without the id of its delivery");
        let tries = only(state).member("tries").and_then(Json::as_uint).unwrap();
        let (lead, destination) = key.split_once(':').unwrap();
        let claimed = STORE.with(|store| {
            store.number(
                "SELECT coalesce(max(at),0) FROM attempt WHERE lead=?1 AND destination=?2 AND n=?3",
                &[lead, destination, &tries.to_string()],
            )
        });
        assert_ne!(claimed, 0, "seed {seed}: {key} is sent before its attempt is written");
        let until =
            self.receivers.seen.get_mut(&key).map_or(0, |seen| core::mem::take(&mut seen.until));
        // The clock may have jumped since the delivery was claimed.
        let is_early = u64::try_from(claimed).unwrap() < until;
        self.counts.early += u64::from(is_early);
        assert!(!is_early, "seed {seed}: {key} is sent before the receiver wants it");
        let reply = self.receivers.take(&key, &mut self.random);
        Slot::Flying { result: reply.result, at: self.now + reply.delay, wait: reply.wait }
    }

    /// A task ends without an answer, and whoever asked for it tries again.
    fn fail(&mut self, task: usize) {
        let task = self.tasks.swap_remove(task);
        match task.kind {
            Kind::Wake(object) => {
                let now = self.now;
                if let Some(process) =
                    self.processes.iter_mut().find(|process| process.id == task.process)
                {
                    set(process, &object, now + 1_000);
                }
            }
            Kind::Page(page) => {
                self.pages[page].again = self.pages[page].again.min(self.now + 5_000);
            }
            Kind::Person => {}
        }
    }

    pub fn follow(&mut self, mut task: Task, next: Next) {
        match next {
            Next::Going if task.slots.is_empty() => {
                let next = task.go_on();
                self.follow(task, next);
            }
            Next::Going => self.tasks.push(task),
            Next::Fork(effects, steps) => {
                for effect in effects {
                    self.simple(task.process, &effect);
                }
                for step in steps {
                    let mut child = task.copy();
                    let next = child.enter(&step);
                    self.follow(child, next);
                }
            }
            Next::Ended(effects, status, body) => {
                for effect in effects {
                    self.simple(task.process, &effect);
                }
                self.ended(&task.kind, status, &body);
            }
        }
    }

    fn ended(&mut self, kind: &Kind, status: u64, body: &str) {
        let Kind::Page(page) = kind else { return };
        assert_eq!(status, 200, "seed {}: {body}", self.seed);
        let answer = json::parse(body).unwrap();
        for (row, id) in
            answer.member("r").and_then(Json::as_array).unwrap().iter().zip(&self.pages[*page].ids)
        {
            assert_eq!(text(row, "id"), id);
            assert!(["ok", "dup"].contains(&text(row, "s")), "seed {}: {body}", self.seed);
            let stored =
                STORE.with(|store| store.number("SELECT count(*) FROM lead WHERE id=?1", &[id]));
            assert_eq!(stored, 1, "seed {}: {id} is acknowledged and not stored", self.seed);
        }
        self.pages[*page].acknowledged = true;
    }
}

/// Which delivery a step is about.
fn delivery(state: &Json) -> String {
    format!("{}:{}", text(only(state), "lead"), text(state, "destination"))
}

/// The one delivery of a step: webhooks take no batches.
fn only(state: &Json) -> &Json {
    match state.member("items").and_then(Json::as_array) {
        Some([item]) => item,
        _ => &Json::Null,
    }
}

fn column(key: &str, column: &str) -> Json {
    let (lead, destination) = key.split_once(':').unwrap();
    let sql = format!("SELECT {column} AS c FROM delivery WHERE lead=?1 AND destination=?2");
    let rows =
        STORE.with(|store| store.rows(&sql, &[Json::str(lead), Json::str(destination)]).unwrap());
    rows.as_array().unwrap()[0].member("c").cloned().unwrap()
}
