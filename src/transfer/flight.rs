//! An attempt under way: one lead, or several that go to a destination in one request.
//!
//! Contract: [`Flight::begin`] gives the first step. The result of each effect goes to [`Flight::go_on`] with the state that
//! the step carried, until the attempt has landed: its results are written, lead by lead.

use alloc::{borrow::ToOwned, string::String, vec::Vec};

use super::{
    access::{Access, Found, Owner, PATIENCE},
    destinations::{
        self, Answer, Ask, Fate, Job, MOST_REQUESTS, Move, Surroundings, Turn, Unready,
    },
    item::Item,
    limit::Limit,
    retry::{Next, Reply, settle},
    run::Lane,
    statement::{self, Scope, Settlement},
    view,
};
use crate::{
    random::Random,
    report::DropReason,
    time::Millis,
    wire::{
        answer::{Meaning, retry_after},
        json::{self, Json},
        step::{Effect, Request, Step},
    },
};

/// The word in the state of a step that waits for the result of a request.
pub const SENT: &str = "transfer.sent";
/// The word in the state of a step that has looked for a token.
pub const LOOKED: &str = "transfer.looked";
/// The word in the state of a step that has asked a platform for a token.
pub const GRANTED: &str = "transfer.granted";
/// The word in the state of a step that has kept a token.
pub const KEPT: &str = "transfer.kept";

/// Where and when a flight goes on.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The object whose deliveries these are.
    pub scope: &'a Scope,
    /// The lane of the flight.
    pub lane: &'a Lane<'a>,
    /// All lanes of the site.
    pub lanes: &'a [Lane<'a>],
    /// What the platform knows.
    pub around: &'a Surroundings<'a>,
}

/// An attempt under way.
#[derive(Clone, Debug, PartialEq)]
pub struct Flight {
    /// The name of the lane.
    pub destination: String,
    token: String,
    items: Vec<Item>,
    /// The token that the platform gave.
    access: Option<Access>,
    /// Whether a token was refused in this attempt.
    renewed: bool,
}

impl Flight {
    /// A flight of these deliveries, leased under a token.
    pub fn new(destination: &str, token: &str, items: Vec<Item>) -> Self {
        let (destination, token) = (destination.to_owned(), token.to_owned());
        Self { destination, token, items, access: None, renewed: false }
    }

    /// Reads the state of a step.
    pub fn read(state: &Json) -> Option<Self> {
        let text = |key| state.member(key).and_then(Json::as_str);
        let mut flight = Self::new(text("destination")?, text("token")?, Vec::new());
        for row in state.member("items")?.as_array()? {
            let mut item = Item::read(row, &flight.destination)?;
            item.lead = json::parse(row.member("cargo")?.as_str()?).ok()?;
            flight.items.push(item);
        }
        flight.access = text("access").and_then(Access::read);
        flight.renewed = state.member("renewed") == Some(&Json::Bool(true));
        Some(flight)
    }

    fn state(&self, scope: &Scope, word: &str) -> Json {
        let access = self.access.as_ref().map(|access| Json::String(access.to_text()));
        Json::object([
            ("route", Json::str("wake")),
            ("at", Json::str(word)),
            ("object", Json::String(scope.name())),
            ("destination", Json::str(&self.destination)),
            ("token", Json::str(&self.token)),
            ("items", Json::array(self.items.iter().map(Item::to_json))),
            ("access", access.unwrap_or_default()),
            ("renewed", Json::Bool(self.renewed)),
        ])
    }

    /// The first step.
    pub fn begin(self, place: &Place<'_>, random: &mut Random) -> Step {
        self.advance(place, None, random)
    }

    /// The step after the one that left `state`.
    pub fn go_on(
        mut self,
        place: &Place<'_>,
        state: &Json,
        result: &Json,
        random: &mut Random,
    ) -> Step {
        let text = |key| state.member(key).and_then(Json::as_str).unwrap_or_default();
        match text("at") {
            LOOKED => return self.looked(place, result, random),
            KEPT => return self.advance(place, None, random),
            _ => {}
        }
        let (answer, after) = match Came::read(result) {
            Ok(came) => (came.answer, came.after),
            Err(word) => return self.land(place, Reply::Failed(word), random),
        };
        let quiet = state.member("quiet") == Some(&Json::Bool(true));
        if text("at") == GRANTED {
            self.note(&answer, true);
            return self.granted(place, state, (answer, after), random);
        }
        if self.items.len() == 1 || quiet {
            self.note(&answer, quiet);
        }
        if answer.status == 401 && self.can_renew() {
            return self.renew(place, random);
        }
        let memory = json::parse(text("memory")).unwrap_or_default();
        let turn = Turn { at: text("step"), memory: &memory, answer };
        self.advance(place, Some((&turn, after)), random)
    }

    fn note(&mut self, answer: &Answer<'_>, quiet: bool) {
        for item in &mut self.items {
            item.journal.answer(answer, quiet);
        }
    }

    /// Asks the destination what comes next.
    fn advance(
        self,
        place: &Place<'_>,
        turn: Option<(&Turn<'_>, Option<&str>)>,
        random: &mut Random,
    ) -> Step {
        let next = self.with_jobs(place, |jobs| match jobs {
            [job] => destinations::step(job, turn.map(|(turn, _)| turn)),
            jobs => destinations::step_many(jobs, turn.map(|(turn, _)| turn)),
        });
        let told = |meaning| {
            let (status, after) =
                turn.map(|(turn, after)| (turn.answer.status, after)).unwrap_or_default();
            Reply::Told(status, meaning, after)
        };
        let reply = match next {
            Ok(Move::Ask(ask)) if self.requests() < MOST_REQUESTS => {
                return self.ask(place, *ask);
            }
            Ok(Move::Ask(_)) => Reply::Failed("too_many_requests"),
            Ok(Move::End(meaning)) => told(meaning),
            Ok(Move::Each(fates)) => {
                let (status, after) =
                    turn.map(|(turn, after)| (turn.answer.status, after)).unwrap_or_default();
                return self.part(place, (status, after), &fates, random);
            }
            Ok(Move::Unfit(word)) => Reply::Unfit(word),
            Ok(Move::Renew) if self.can_renew() => return self.renew(place, random),
            Ok(Move::Renew) => told(Meaning::Denied),
            Err(Unready::Token) if self.access.is_none() => return self.look(place, "", random),
            Err(Unready::Address) => Reply::Forbidden,
            Err(unready) => Reply::Unready(unready.code()),
        };
        self.land(place, reply, random)
    }

    /// A name that no other attempt has.
    fn who(&self) -> String {
        let first = self.items.first().map(|item| item.key.lead.as_str()).unwrap_or_default();
        [self.token.as_str(), "/", first].concat()
    }

    fn requests(&self) -> usize {
        self.items.first().map_or(0, |item| item.journal.requests())
    }

    fn with_jobs<T>(&self, place: &Place<'_>, then: impl FnOnce(&[Job<'_>]) -> T) -> T {
        let key = |item: &Item| (item.key(), view::view(&item.lead, place.lane.forms));
        let own: Vec<(String, Json)> = self.items.iter().map(key).collect();
        let jobs = self.items.iter().zip(&own).map(|(item, (key, view))| {
            item.job(place.lane, place.around, self.access.as_ref(), key, view)
        });
        then(&jobs.collect::<Vec<_>>())
    }

    /// Sends a request of the machine. Of a request of several leads the log of each has its own part alone.
    fn ask(mut self, place: &Place<'_>, ask: Ask) -> Step {
        let several = self.items.len();
        for (index, item) in self.items.iter_mut().enumerate() {
            match ask.parts.get(index) {
                Some(part) => item.journal.ask_part(&ask.request, part, several),
                None => item.journal.ask(&ask.request, ask.quiet || several > 1),
            }
        }
        let mut state = self.state(place.scope, SENT);
        state.set("step", Json::str(ask.at));
        state.set("memory", Json::String(ask.memory.to_text()));
        state.set("quiet", Json::Bool(ask.quiet));
        Step::Do { effects: [Effect::Fetch(ask.request)].into(), state }
    }

    fn can_renew(&self) -> bool {
        self.access.is_some() && !self.renewed
    }

    /// Begins again with a new token, because this one was refused.
    fn renew(mut self, place: &Place<'_>, random: &mut Random) -> Step {
        self.renewed = true;
        let refused = self.access.take().map(|access| access.mark()).unwrap_or_default();
        self.look(place, &refused, random)
    }

    /// Looks for a token that is kept; one that is kept nowhere is asked for at once.
    fn look(self, place: &Place<'_>, refused: &str, random: &mut Random) -> Step {
        let Some(owner) = owner(place) else { return self.grant(place, None, random) };
        let statements = owner.look(&self.who(), refused, place.around.now);
        let state = self.state(place.scope, LOOKED);
        let object = place.scope.index();
        Step::Do { effects: [Effect::Sql { object, statements, wake: None }].into(), state }
    }

    fn looked(mut self, place: &Place<'_>, result: &Json, random: &mut Random) -> Step {
        let Some(owner) = owner(place) else { return self.grant(place, None, random) };
        match owner.found(result) {
            Found::Fresh(access) => {
                self.access = Some(access);
                self.advance(place, None, random)
            }
            Found::Ended(before) => {
                let refresh = before.as_ref().and_then(|before| before.member("refresh_token"));
                self.grant(place, refresh, random)
            }
            Found::Busy => {
                let at = place.around.now.saturating_add(PATIENCE);
                self.land(place, Reply::Wait(at), random)
            }
        }
    }

    fn grant(mut self, place: &Place<'_>, refresh: Option<&str>, random: &mut Random) -> Step {
        let request = self.with_jobs(place, |jobs| match jobs {
            [job, ..] => destinations::grant(job, refresh),
            [] => Err(Unready::Setting),
        });
        match request {
            Ok(request) => self.fetch_grant(place, request, refresh),
            Err(Unready::Address) => self.land(place, Reply::Forbidden, random),
            Err(unready) => self.land(place, Reply::Unready(unready.code()), random),
        }
    }

    fn fetch_grant(&mut self, place: &Place<'_>, request: Request, refresh: Option<&str>) -> Step {
        for item in &mut self.items {
            item.journal.ask(&request, true);
        }
        let mut state = self.state(place.scope, GRANTED);
        state.set("refresh", refresh.map_or(Json::Null, Json::str));
        Step::Do { effects: [Effect::Fetch(request)].into(), state }
    }

    /// Keeps a token for all attempts and begins; an answer without one waits for a person.
    fn granted(
        mut self,
        place: &Place<'_>,
        state: &Json,
        (answer, after): (Answer<'_>, Option<&str>),
        random: &mut Random,
    ) -> Step {
        let access = Access::read(answer.body).filter(|_| answer.is_done());
        let Some(access) = access else {
            let meaning = match answer.meaning() {
                Meaning::Retry | Meaning::Moved => Meaning::Retry,
                Meaning::Done
                | Meaning::Denied
                | Meaning::Gone
                | Meaning::TooLarge
                | Meaning::Refused => Meaning::Denied,
            };
            let give_back = owner(place).map(|owner| owner.give_back(&self.who()));
            let step = self.land(place, Reply::Told(answer.status, meaning, after), random);
            return match (step, give_back) {
                (Step::Do { mut effects, state }, Some(statement)) => {
                    let (object, statements) = (place.scope.index(), [statement].into());
                    effects.push(Effect::Sql { object, statements, wake: None });
                    Step::Do { effects, state }
                }
                (step, _) => step,
            };
        };
        let access = access.after(state.member("refresh").and_then(Json::as_str));
        let statement = owner(place).and_then(|owner| owner.keep(&access, place.around.now));
        self.access = Some(access);
        let Some(statement) = statement else { return self.advance(place, None, random) };
        let (object, statements) = (place.scope.index(), [statement].into());
        let state = self.state(place.scope, KEPT);
        Step::Do { effects: [Effect::Sql { object, statements, wake: None }].into(), state }
    }

    /// Each lead has its own answer. Those that have none go again in smaller parts.
    fn part(
        mut self,
        place: &Place<'_>,
        (status, after): (u16, Option<&str>),
        fates: &[Option<Fate>],
        random: &mut Random,
    ) -> Step {
        let several = self.items.len() as u64;
        let mut replies = Vec::new();
        for (index, item) in self.items.iter_mut().enumerate() {
            let fate = fates.get(index).and_then(Option::as_ref);
            let said = fate.map_or(&Json::Null, |fate| &fate.said);
            // The whole answer to a request of one lead is in its log already.
            if several > 1 {
                item.journal.answer_part(status, said);
            }
            replies.push(match fate {
                Some(fate) => Reply::Told(fate.status.unwrap_or(status), fate.meaning, after),
                None if several == 1 => Reply::Told(status, Meaning::Refused, after),
                None => Reply::Split(status, several),
            });
        }
        self.settle(place, &replies, random)
    }

    /// The same for every lead, but what was refused as a whole goes again in smaller parts: perhaps it was one of them.
    pub fn land(mut self, place: &Place<'_>, reply: Reply<'_>, random: &mut Random) -> Step {
        let several = self.items.len() as u64;
        let mut all = reply;
        if let (true, Reply::Told(status, meaning, _)) = (several > 1, reply) {
            for item in &mut self.items {
                item.journal.answer_part(status, &Json::Null);
            }
            if matches!(meaning, Meaning::Refused | Meaning::TooLarge) {
                all = Reply::Split(status, several);
            }
        }
        let replies: Vec<Reply<'_>> = self.items.iter().map(|_| all).collect();
        self.settle(place, &replies, random)
    }

    /// Writes the results down and says so in the log, with the ids of the leads as their only trace.
    fn settle(self, place: &Place<'_>, replies: &[Reply<'_>], random: &mut Random) -> Step {
        let (scope, now) = (place.scope, place.around.now);
        let (mut statements, mut effects, mut nexts) = (Vec::new(), Vec::new(), Vec::new());
        let mut rest = Millis(0);
        for (item, reply) in self.items.iter().zip(replies) {
            // The same dice for all, so that what failed together is tried again together.
            let next = settle(item.round, item.first_at, *reply, now, &mut random.clone());
            let (status, error) = reply.told();
            let result = Settlement {
                key: &item.key,
                attempt: item.attempt,
                token: &self.token,
                next,
                status,
                error,
                journal: &item.journal,
            };
            statements.extend(statement::settle(scope, &result, now));
            effects.push(Effect::Log(line(scope, item, next, status, error)));
            nexts.push(next);
            if let Reply::Status(429, Some(text)) | Reply::Told(429, _, Some(text)) = reply {
                rest = rest.max(retry_after(text, now).unwrap_or_default());
            }
        }
        random.bits();
        let limit = Limit::of(place.lane, scope.objects);
        let more = (self.requests() as u64).saturating_sub(1);
        statements.extend(statement::lane(scope, &limit, &nexts, (rest, more), now));
        let limits = Limit::all(place.lanes, scope.objects);
        statements.push(statement::next(scope, &limits, now));
        let object = scope.name();
        let state = Json::object([
            ("route", Json::str("wake")),
            ("at", Json::str(super::SETTLED)),
            ("object", Json::str(&object)),
        ]);
        effects.insert(0, Effect::Sql { object, statements, wake: None });
        Step::Do { effects, state }
    }
}

fn owner(place: &Place<'_>) -> Option<Owner> {
    Owner::new(place.scope, place.lane.name, place.lane.settings, place.around)
}

fn line(scope: &Scope, item: &Item, next: Next, status: Option<u16>, error: Option<&str>) -> Json {
    let mut line = Json::object([
        ("event", Json::str("delivery")),
        ("site", Json::str(&scope.site)),
        ("lead", Json::str(&item.key.lead)),
        ("destination", Json::str(&item.key.destination)),
        ("attempt", Json::uint(item.attempt)),
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
    let alert = matches!(next, Next::Parked | Next::Dead(_));
    line.set("level", Json::str(if alert { "alert" } else { "info" }));
    line
}

/// What came back from a request.
struct Came<'a> {
    answer: Answer<'a>,
    after: Option<&'a str>,
}

impl<'a> Came<'a> {
    /// Reads the result of a fetch; a word for why there is no answer.
    fn read(result: &'a Json) -> Result<Self, &'a str> {
        let status = result.member("status").and_then(Json::as_int);
        let Some(status) = status.and_then(|status| u16::try_from(status).ok()) else {
            return Err(result.member("error").and_then(Json::as_str).unwrap_or("network"));
        };
        let pairs = result.member("headers").and_then(Json::as_array).unwrap_or_default();
        let after = pairs.iter().filter_map(Json::as_array).find_map(|pair| match pair {
            [name, value] if name.as_str() == Some("retry-after") => value.as_str(),
            _ => None,
        });
        let body = result.member("body").and_then(Json::as_str).unwrap_or_default();
        Ok(Self { answer: Answer { status, body }, after })
    }
}
