//! What the core asks of the platform at the edge: one step at a time, as JSON.
//!
//! A step either answers, or lists effects and a state. The platform performs the effects, and gives their results and the
//! state back. Nothing stays in memory between two steps, so a trap loses nothing.

use alloc::{borrow::ToOwned, boxed::Box, string::String, vec::Vec};

use super::json::Json;
use crate::time::Millis;

/// One SQL statement in the dialect of `SQLite` with its arguments: texts, whole numbers and nulls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The text with `?1`, `?2` … for the arguments.
    pub sql: String,
    /// The arguments.
    pub args: Vec<Json>,
    /// Lists of arguments: the statement runs once for each, in their order, and its rows are those of all runs.
    pub each: Option<Vec<Json>>,
}

impl Statement {
    /// A statement with its arguments.
    pub fn new(sql: &str, args: impl Into<Vec<Json>>) -> Self {
        Self { sql: sql.to_owned(), args: args.into(), each: None }
    }

    /// A statement that runs once for each of these lists of arguments.
    pub fn each(sql: &str, rows: Vec<Json>) -> Self {
        Self { sql: sql.to_owned(), args: Vec::new(), each: Some(rows) }
    }

    fn into_json(self) -> Json {
        let mut out =
            Json::object([("sql", Json::String(self.sql)), ("args", Json::Array(self.args))]);
        if let Some(rows) = self.each {
            out.set("each", Json::Array(rows));
        }
        out
    }
}

/// Something that the platform is asked to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Runs the statements as one transaction and answers with the rows of each.
    Sql {
        /// The object that holds the rows: `site/number` or `site/index`.
        object: String,
        /// What to run, in this order.
        statements: Vec<Statement>,
        /// When the object wants to be woken because of what is written. Set with the write, so that no crash parts them.
        wake: Option<Millis>,
    },
    /// Sends one HTTP request, follows no redirect, and answers `{"status","headers","body"}` or `{"error": code}`.
    Fetch(Request),
    /// Gathers pieces of a stream until they have this many bytes or end, and holds them: `{"held","sha256","next"}`, where
    /// `next` is the state of the piece after them, or `null`.
    Gather {
        /// The state of the first piece.
        state: Json,
        /// The columns of a table, as in [`Body::Stream`].
        columns: Json,
        /// How many bytes are enough.
        most: u64,
    },
    /// Sends one HTTP request, with what was gathered as its body, and answers as [`Effect::Fetch`] does.
    Upload {
        /// The request; its own body is empty.
        request: Request,
        /// What [`Effect::Gather`] told.
        held: String,
    },
    /// Tells the ASCII form of international hosts as the platform's URL parser has it: `{"hosts":{host: text or null}}`.
    Hosts(Vec<String>),
    /// Wakes an object at a time, or at once if that has passed.
    Wake {
        /// The object.
        object: String,
        /// When.
        at: Millis,
    },
    /// Makes sure that what was deleted is gone from every file of the storage, as far as the platform can.
    Scrub,
    /// Writes one line to the log. It holds no personal data.
    Log(Json),
    /// Adds to what the process counts for a site: `{answer: leads}`.
    Count {
        /// The id of the site.
        site: String,
        /// How many leads had which answer.
        answers: Json,
    },
    /// Writes one of the files that came with the request into the blob store.
    Put {
        /// Where.
        key: String,
        /// Which file of the request.
        place: usize,
    },
    /// Deletes files from the blob store; one that is not there is no fault.
    Delete {
        /// Where they lie.
        keys: Vec<String>,
    },
    /// Tells what the process has counted: `{"since","requests":{class: n},"traps","answers":{site: {answer: n}}}`.
    Counted,
}

/// An HTTP request to the outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The method.
    pub method: &'static str,
    /// The address, checked by `transfer::guard`.
    pub url: String,
    /// The headers in lower case.
    pub headers: Vec<(&'static str, String)>,
    /// Headers that the owner named, which replace others of the same name.
    pub extra: Vec<(String, String)>,
    /// The body; a `GET` has none.
    pub body: String,
    /// How long to wait for the whole answer.
    pub timeout: Millis,
    /// The most bytes of the answer that are read.
    pub most: u32,
    /// Whether addresses that are not public are allowed.
    pub private: bool,
}

impl Effect {
    /// The effect as the platform reads it.
    pub fn into_json(self) -> Json {
        match self {
            Self::Sql { object, statements, wake } => {
                let list = statements.into_iter().map(Statement::into_json).collect();
                let mut out = Json::object([
                    ("op", Json::str("sql")),
                    ("object", Json::String(object)),
                    ("statements", Json::Array(list)),
                ]);
                if let Some(at) = wake {
                    out.set("wake", millis(at));
                }
                out
            }
            Self::Fetch(request) => request.into_json(),
            Self::Gather { state, columns, most } => Json::object([
                ("op", Json::str("gather")),
                ("stream", Json::object([("state", state), ("columns", columns)])),
                ("most", Json::uint(most)),
            ]),
            Self::Upload { request, held } => {
                let mut out = request.into_json();
                out.set("held", Json::String(held));
                out
            }
            Self::Hosts(hosts) => Json::object([
                ("op", Json::str("hosts")),
                ("hosts", Json::Array(hosts.into_iter().map(Json::String).collect())),
            ]),
            Self::Wake { object, at } => Json::object([
                ("op", Json::str("wake")),
                ("object", Json::String(object)),
                ("at", millis(at)),
            ]),
            Self::Scrub => Json::object([("op", Json::str("scrub"))]),
            Self::Log(line) => Json::object([("op", Json::str("log")), ("line", line)]),
            Self::Count { site, answers } => Json::object([
                ("op", Json::str("count")),
                ("site", Json::String(site)),
                ("answers", answers),
            ]),
            Self::Put { key, place } => Json::object([
                ("op", Json::str("put")),
                ("key", Json::String(key)),
                ("place", Json::uint(place as u64)),
            ]),
            Self::Delete { keys } => Json::object([
                ("op", Json::str("delete")),
                ("keys", Json::array(keys.into_iter().map(Json::String))),
            ]),
            Self::Counted => Json::object([("op", Json::str("counted"))]),
        }
    }
}

impl Request {
    fn into_json(self) -> Json {
        Json::object([
            ("op", Json::str("fetch")),
            ("method", Json::str(self.method)),
            ("url", Json::String(self.url)),
            ("headers", request_headers(self.headers, self.extra)),
            ("body", Json::String(self.body)),
            ("timeout_ms", millis(self.timeout)),
            ("max_bytes", Json::uint(self.most.into())),
            ("private", Json::Bool(self.private)),
        ])
    }
}

/// An HTTP response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// The headers in lower case.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Body,
}

/// The body of a response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// This text.
    Text(String),
    /// A file of the package, by its path there.
    Asset(String),
    /// A file of the blob store, by its key.
    Blob(String),
    /// Pieces, each of which is asked for with the state that the one before it gave.
    Stream {
        /// The state of the first piece.
        state: Json,
        /// The columns of a table, which the platform encodes: pieces are JSON arrays of rows. `null` for plain text.
        columns: Json,
    },
}

impl Response {
    /// A response of these parts, to which headers can be added.
    pub fn new(status: u16, content_type: &str, body: String) -> Self {
        let headers = [("content-type", content_type.to_owned())].into();
        Self { status, headers, body: Body::Text(body) }
    }

    /// A response with a JSON body.
    pub fn json(status: u16, body: &Json) -> Self {
        Self::new(status, "application/json", body.to_text())
    }

    /// Adds a header.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    fn into_json(self) -> Json {
        let mut out = Json::object([
            ("status", Json::int(self.status.into())),
            ("headers", pairs(self.headers)),
        ]);
        match self.body {
            Body::Text(text) => out.set("body", Json::String(text)),
            Body::Asset(path) => out.set("asset", Json::String(path)),
            Body::Blob(key) => out.set("blob", Json::String(key)),
            Body::Stream { state, columns } => {
                out.set("stream", Json::object([("state", state), ("columns", columns)]));
            }
        }
        out
    }
}

/// What comes next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Perform all effects, then go on with the state and their results in the same order.
    Do {
        /// What to perform; the order among them is free.
        effects: Vec<Effect>,
        /// What the core needs to know to go on.
        state: Json,
    },
    /// Perform the effects, whose results nobody needs, and run each of the steps to its end, side by side.
    Fork {
        /// What to perform.
        effects: Vec<Effect>,
        /// What to run.
        steps: Vec<Step>,
    },
    /// Answer, then perform the effects.
    Answer(Box<Response>, Vec<Effect>),
    /// A piece of a body that streams, and the state of the next one; `null` after the last.
    Piece {
        /// The text, or rows as JSON.
        piece: String,
        /// The state of the next piece.
        next: Json,
    },
}

impl Step {
    /// Nothing more to do but these effects.
    pub fn end(effects: Vec<Effect>) -> Self {
        Self::Fork { effects, steps: Vec::new() }
    }

    /// An answer without effects.
    pub fn answer(response: Response) -> Self {
        Self::Answer(Box::new(response), Vec::new())
    }

    /// The step as the platform reads it.
    pub fn into_json(self) -> Json {
        let list = |effects: Vec<Effect>| {
            ("effects", Json::Array(effects.into_iter().map(Effect::into_json).collect()))
        };
        match self {
            Self::Do { effects, state } => Json::object([list(effects), ("state", state)]),
            Self::Fork { effects, steps } => {
                let steps = steps.into_iter().map(Self::into_json).collect();
                Json::object([list(effects), ("fork", Json::Array(steps))])
            }
            Self::Answer(response, effects) => {
                Json::object([("response", response.into_json()), list(effects)])
            }
            Self::Piece { piece, next } => {
                Json::object([("piece", Json::String(piece)), ("next", next)])
            }
        }
    }
}

/// A point or span of time as a JSON number.
pub fn millis(time: Millis) -> Json {
    Json::int(i64::try_from(time.0).unwrap_or(i64::MAX))
}

fn request_headers(headers: Vec<(&'static str, String)>, extra: Vec<(String, String)>) -> Json {
    let mut out = Json::Object(Vec::new());
    for (name, value) in headers {
        out.set(name, Json::String(value));
    }
    for (name, value) in extra {
        out.set(&name, Json::String(value));
    }
    let pair = |(name, value): &(String, Json)| Json::array([Json::str(name), value.clone()]);
    Json::array(out.as_object().unwrap_or_default().iter().map(pair))
}

fn pairs(headers: Vec<(&'static str, String)>) -> Json {
    let pair = |(name, value)| Json::Array([Json::str(name), Json::String(value)].into());
    Json::Array(headers.into_iter().map(pair).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_written_as_the_platform_reads_it() {
        let statement = Statement::new("select ?1", [Json::int(1)]);
        let sql = Effect::Sql { object: "a/0".into(), statements: [statement].into(), wake: None };
        let step = Step::Do { effects: [sql].into(), state: Json::Null };
        assert_eq!(
            step.into_json().to_text(),
            r#"{"effects":[{"op":"sql","object":"a/0","statements":[{"sql":"select ?1","args":[1]}]}],"state":null}"#
        );
        let answer = Step::Answer(
            Box::new(Response::json(200, &Json::Bool(true)).with("vary", "origin")),
            [Effect::Wake { object: "a/0".into(), at: Millis(5) }].into(),
        );
        assert_eq!(
            answer.into_json().to_text(),
            concat!(
                r#"{"response":{"status":200,"headers":[["content-type","application/json"],["vary","origin"]],"body":"true"},"#,
                r#""effects":[{"op":"wake","object":"a/0","at":5}]}"#
            )
        );
    }
}
