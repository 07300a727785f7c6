//! The steps of a wake-up: claim what is due, send each side by side, write down what came of it.
//!
//! Contract: [`claim`] gives statements; their rows go to [`claimed`], which gives one step per delivery. The result of its
//! request goes to [`sent`] with the state that the step carried.

use alloc::{borrow::ToOwned, format, string::String, vec::Vec};

use super::{
    destinations::{self, Answer, Job, MOST_REQUESTS, Move, Surroundings, Turn, Unready},
    journal::Journal,
    retry::{Next, Reply, settle},
    statement::{self, Key, Scope, Settlement},
    view,
};
use crate::{
    form::Form,
    random::Random,
    report::DropReason,
    time::Millis,
    wire::{
        json::{self, Json},
        step::{Effect, Statement, Step},
    },
};

/// A destination as transfer sees it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lane<'a> {
    /// The name that the owner gave.
    pub name: &'a str,
    /// Its kind.
    pub kind: &'a str,
    /// Its settings.
    pub settings: &'a Json,
    /// The forms of the site.
    pub forms: &'a [Form],
}

/// The word in the state of a step that waits for the result of a request.
pub const SENT: &str = "transfer.sent";

/// The statements that lease what is due.
pub fn claim(scope: &Scope, lanes: &[Lane<'_>], token: &str, now: Millis) -> Vec<Statement> {
    statement::claim(scope, &names(lanes), token, now)
}

/// One step per delivery that was leased, and the time to be woken again.
pub fn claimed(
    scope: &Scope,
    lanes: &[Lane<'_>],
    token: &str,
    rows: &[Json],
    around: &Surroundings<'_>,
    random: &mut Random,
) -> (Vec<Step>, Option<Millis>) {
    let [.., leased, next] = rows else { return (Vec::new(), None) };
    let steps = leased.as_array().unwrap_or_default().iter().filter_map(|row| {
        let mut flight = Flight::read(row, token)?;
        flight.lead = cargo(scope, row);
        let lane = lanes.iter().find(|lane| lane.name == flight.key.destination)?;
        Some(flight.advance((scope, lane, lanes), None, around, random))
    });
    (steps.collect(), next_wake(next))
}

/// The step after a request: another request of the same attempt, or the end of the attempt.
pub fn sent(
    scope: &Scope,
    lanes: &[Lane<'_>],
    state: &Json,
    result: &Json,
    around: &Surroundings<'_>,
    random: &mut Random,
) -> Option<Step> {
    let mut flight = Flight::from_state(state)?;
    let header = |name: &str| {
        let pairs = result.member("headers").and_then(Json::as_array).unwrap_or_default();
        let pair = |pair: &&Json| {
            pair.as_array().and_then(<[Json]>::first).and_then(Json::as_str) == Some(name)
        };
        pairs.iter().find(pair)?.as_array()?.get(1)?.as_str()
    };
    let status = result.member("status").and_then(Json::as_int);
    let Some(status) = status.and_then(|status| u16::try_from(status).ok()) else {
        let word = result.member("error").and_then(Json::as_str).unwrap_or("network");
        return Some(flight.land(scope, lanes, Reply::Failed(word), around.now, random));
    };
    let body = result.member("body").and_then(Json::as_str).unwrap_or_default();
    let answer = Answer { status, body };
    let quiet = state.member("quiet") == Some(&Json::Bool(true));
    flight.journal.answer(&answer, quiet);
    let after = header("retry-after");
    let Some(lane) = lanes.iter().find(|lane| lane.name == flight.key.destination) else {
        let reply = Reply::Status(status, after);
        return Some(flight.land(scope, lanes, reply, around.now, random));
    };
    let text = |key| state.member(key).and_then(Json::as_str).unwrap_or_default();
    let memory = json::parse(text("memory")).unwrap_or_default();
    let turn = Turn { at: text("step"), memory: &memory, answer };
    Some(flight.advance((scope, lane, lanes), Some((&turn, after)), around, random))
}

/// The time in the row of `statement::next`.
pub fn next_wake(rows: &Json) -> Option<Millis> {
    rows.as_array()?.first()?.member("next")?.as_uint().map(Millis)
}

fn names<'a>(lanes: &[Lane<'a>]) -> Vec<&'a str> {
    lanes.iter().map(|lane| lane.name).collect()
}

/// An attempt under way.
struct Flight {
    key: Key,
    attempt: u64,
    round: u64,
    first_at: Millis,
    token: String,
    /// The lead as the Inbox shows it.
    lead: Json,
    received_at: Millis,
    journal: Journal,
}

impl Flight {
    fn read(row: &Json, token: &str) -> Option<Self> {
        let int = |key| row.member(key).and_then(Json::as_uint);
        let text = |key| row.member(key).and_then(Json::as_str).map(ToOwned::to_owned);
        Some(Self {
            key: Key {
                shard: int("shard")?,
                lead: text("lead")?,
                destination: text("destination")?,
            },
            attempt: int("tries")?,
            round: int("round")?,
            first_at: Millis(int("first_at")?),
            token: token.to_owned(),
            lead: Json::Null,
            received_at: int("received_at").map(Millis).unwrap_or_default(),
            journal: Journal::default(),
        })
    }

    fn from_state(state: &Json) -> Option<Self> {
        let mut flight = Self::read(state, state.member("token")?.as_str()?)?;
        flight.lead = json::parse(state.member("cargo")?.as_str()?).ok()?;
        flight.journal = Journal::read(state.member("journal")?);
        Some(flight)
    }

    /// What is needed to go on after a request. The lead and the memory are texts, so that the platform, which reads the
    /// state and writes it again, changes no number in them.
    fn to_state(&self, scope: &Scope, at: &str, memory: &Json, quiet: bool) -> Json {
        Json::object([
            ("route", Json::str("wake")),
            ("at", Json::str(SENT)),
            ("object", Json::String(scope.name())),
            ("shard", Json::uint(self.key.shard)),
            ("lead", Json::str(&self.key.lead)),
            ("destination", Json::str(&self.key.destination)),
            ("tries", Json::uint(self.attempt)),
            ("round", Json::uint(self.round)),
            ("first_at", Json::uint(self.first_at.0)),
            ("token", Json::str(&self.token)),
            ("received_at", Json::uint(self.received_at.0)),
            ("cargo", Json::String(self.lead.to_text())),
            ("journal", self.journal.to_json()),
            ("step", Json::str(at)),
            ("memory", Json::String(memory.to_text())),
            ("quiet", Json::Bool(quiet)),
        ])
    }

    /// Asks the destination what comes next.
    fn advance(
        mut self,
        (scope, lane, lanes): (&Scope, &Lane<'_>, &[Lane<'_>]),
        turn: Option<(&Turn<'_>, Option<&str>)>,
        around: &Surroundings<'_>,
        random: &mut Random,
    ) -> Step {
        let key = format!("{}:{}", self.key.lead, self.key.destination);
        let view = view::view(&self.lead, lane.forms);
        let job = Job {
            kind: lane.kind,
            settings: lane.settings,
            key: &key,
            lead: &self.lead,
            view: &view,
            received_at: self.received_at,
            forms: lane.forms,
            around,
        };
        let reply = match destinations::step(&job, turn.map(|(turn, _)| turn)) {
            Ok(Move::Ask(ask)) if self.journal.requests() < MOST_REQUESTS => {
                self.journal.ask(&ask.request, ask.quiet);
                let state = self.to_state(scope, ask.at, &ask.memory, ask.quiet);
                return Step::Do { effects: [Effect::Fetch(ask.request)].into(), state };
            }
            Ok(Move::Ask(_)) => Reply::Failed("too_many_requests"),
            Ok(Move::End(meaning)) => {
                let (status, after) =
                    turn.map(|(turn, after)| (turn.answer.status, after)).unwrap_or_default();
                Reply::Told(status, meaning, after)
            }
            Ok(Move::Unfit(word)) => Reply::Unfit(word),
            Err(Unready::Setting) => Reply::Unready,
            Err(Unready::Address) => Reply::Forbidden,
        };
        self.land(scope, lanes, reply, around.now, random)
    }

    /// Writes the result down and says so in the log, with the id of the lead as its only trace.
    fn land(
        self,
        scope: &Scope,
        lanes: &[Lane<'_>],
        reply: Reply<'_>,
        now: Millis,
        random: &mut Random,
    ) -> Step {
        let next = settle(self.round, self.first_at, reply, now, random);
        let (status, error) = match reply {
            Reply::Status(status, _) | Reply::Told(status, _, _) => (Some(status), None),
            Reply::Failed(code) | Reply::Unfit(code) => (None, Some(code)),
            Reply::Forbidden => (None, Some(Unready::Address.code())),
            Reply::Unready => (None, Some(Unready::Setting.code())),
        };
        let result = Settlement {
            key: &self.key,
            attempt: self.attempt,
            token: &self.token,
            next,
            status,
            error,
            journal: &self.journal,
        };
        let mut statements = statement::settle(scope, &result, now);
        statements.push(statement::next(scope, &names(lanes), now));
        let mut line = Json::object([
            ("event", Json::str("delivery")),
            ("site", Json::str(&scope.site)),
            ("lead", Json::str(&self.key.lead)),
            ("destination", Json::str(&self.key.destination)),
            ("attempt", Json::uint(self.attempt)),
            ("state", Json::str(next.state())),
        ]);
        if let Some(status) = status {
            line.set("status", Json::uint(status.into()));
        }
        if let Some(error) = error {
            line.set("error", Json::str(error));
        }
        if let Next::Dead(reason) = next {
            line.set("reason", Json::str(reason.code()));
        }
        if next == Next::Dead(DropReason::Gone) {
            line.set("held", Json::str("gone"));
        }
        line.set(
            "level",
            Json::str(if matches!(next, Next::Parked | Next::Dead(_)) { "alert" } else { "info" }),
        );
        let object = scope.name();
        let state = Json::object([
            ("route", Json::str("wake")),
            ("at", Json::str(super::SETTLED)),
            ("object", Json::str(&object)),
        ]);
        let effects = [Effect::Sql { object, statements, wake: None }, Effect::Log(line)];
        Step::Do { effects: effects.into(), state }
    }
}

/// The lead as destinations see it.
pub fn cargo(scope: &Scope, row: &Json) -> Json {
    let inner = |key| {
        let text = row.member(key).and_then(Json::as_str).unwrap_or_default();
        json::parse(text).unwrap_or_default()
    };
    let time = |key| {
        row.member(key)
            .and_then(Json::as_uint)
            .map_or(Json::Null, |at| Json::String(Millis(at).to_iso8601()))
    };
    let text = |key| row.member(key).cloned().unwrap_or_default();
    let mut out = Json::object([
        ("id", text("lead")),
        ("site", Json::str(&scope.site)),
        ("form", text("form")),
        ("occurred_at", time("occurred_at")),
        ("received_at", time("received_at")),
        ("values", inner("values")),
        ("verdict", inner("verdict")),
        ("consent", inner("consent")),
        ("context", inner("context")),
    ]);
    // Most leads have neither, and receivers that take the whole lead see no empty lists.
    for key in ["stages", "withdrawn"] {
        let list = inner(key);
        if list.as_array().is_some_and(|items| !items.is_empty()) {
            out.set(key, list);
        }
    }
    out
}
