//! A request or a wake-up on its way through the core: what `www/edge/driver.ts` does, one effect at a time.

use leadkit::{
    adapter::edge,
    wire::json::{self, Json},
};

/// Whose task it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A page sends a batch.
    Page(usize),
    /// A person replays, pauses or resumes.
    Person,
    /// An object is woken.
    Wake(String),
}

/// An effect of the step that a task is at.
pub enum Slot {
    /// To be performed.
    Open(Json),
    /// Sent; the answer is there at a time.
    Flying { result: Json, at: u64, wait: u64 },
    /// Performed, with its result.
    Done(Json),
}

/// A delivery, the lease that its attempt has, and when it may be tried again.
pub struct Told {
    pub key: String,
    pub token: String,
    pub wait: u64,
    pub until: u64,
}

pub struct Task {
    pub process: u32,
    pub kind: Kind,
    pub method: &'static str,
    pub path: String,
    pub body: String,
    /// The head of a request is the same in all its steps; that of a wake-up is made anew.
    pub head: String,
    pub state: Json,
    pub slots: Vec<Slot>,
    /// What a receiver asked for in the answer that is being written down.
    pub told: Option<Told>,
}

/// Where a step leads.
pub enum Next {
    /// There are effects to perform.
    Going,
    /// Tasks go on side by side, after these effects.
    Fork(Vec<Json>, Vec<Json>),
    /// It is answered, after these effects.
    Ended(Vec<Json>, u64, String),
}

impl Task {
    pub fn is_ready(&self) -> bool {
        self.slots.iter().all(|slot| matches!(slot, Slot::Done(_)))
    }

    /// A task of the same request or wake-up that stands at no step.
    pub fn copy(&self) -> Self {
        Self {
            process: self.process,
            kind: self.kind.clone(),
            method: self.method,
            path: self.path.clone(),
            body: self.body.clone(),
            head: self.head.clone(),
            state: Json::Null,
            slots: Vec::new(),
            told: None,
        }
    }

    /// The first step.
    pub fn begin(&mut self) -> Next {
        let text = match &self.kind {
            Kind::Wake(_) => edge::wake(&self.head),
            Kind::Page(_) | Kind::Person => edge::request(&self.head, self.body.as_bytes()),
        };
        self.enter(&json::parse(&text).unwrap())
    }

    /// The step after all effects of this one.
    pub fn go_on(&mut self) -> Next {
        let results = core::mem::take(&mut self.slots).into_iter().map(|slot| match slot {
            Slot::Done(result) => result,
            Slot::Open(_) | Slot::Flying { .. } => Json::Null,
        });
        let results = Json::array(results).to_text();
        let text = edge::resume(&self.head, self.body.as_bytes(), &self.state.to_text(), &results);
        self.enter(&json::parse(&text).unwrap())
    }

    /// Takes a step in.
    pub fn enter(&mut self, step: &Json) -> Next {
        let list = |key| step.member(key).and_then(Json::as_array).map(<[Json]>::to_vec);
        let effects = list("effects").unwrap_or_default();
        if let Some(steps) = list("fork") {
            return Next::Fork(effects, steps);
        }
        if let Some(response) = step.member("response") {
            let status = response.member("status").and_then(Json::as_uint).unwrap();
            let body = response.member("body").and_then(Json::as_str).unwrap_or_default();
            return Next::Ended(effects, status, body.to_owned());
        }
        self.state = step.member("state").cloned().unwrap_or_default();
        self.slots = effects.into_iter().map(Slot::Open).collect();
        Next::Going
    }
}
