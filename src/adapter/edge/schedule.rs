//! The files of leads that an index object brings to a store by itself: one day after the other, in parts.
//!
//! The key of a part is made of the export, the day and the number of the part: what is brought twice replaces itself.

use alloc::{borrow::ToOwned, format, string::String, vec::Vec};

use super::{
    export::{self, Asked},
    head::Head,
    site::Site,
    wake::ROUTE,
};
use crate::{
    config,
    intake::{index, record::Scan},
    time::Millis,
    transfer::{
        aws::{Signer, is_region},
        destinations::{Surroundings, Unready},
        export::{
            Format, Style, moment,
            schedule::{self, Turn},
        },
        guard,
    },
    wire::{
        json::Json,
        step::{Effect, Request, Statement, Step},
    },
};

/// How long a store may take for one part.
const TIMEOUT: Millis = Millis::from_secs(120);
/// A part ends with the page that makes it as large as this.
const PART_BYTES: u64 = 8 << 20;

/// The statements that lease what is due; none where nothing is to be brought.
pub fn claim(site: &Site, head: &Head) -> Vec<Statement> {
    let exports = site.config.exports();
    if exports.is_empty() {
        return Vec::new();
    }
    let first = |export: &config::Export| {
        let since = export.settings.member("since").and_then(Json::as_str).and_then(moment);
        schedule::day_of(since.unwrap_or(head.now))
    };
    let list: Vec<_> = exports.iter().map(|export| (export.name.as_str(), first(export))).collect();
    schedule::claim(site.id(), &list, head.nonce(), head.now)
}

/// One step for each day that was leased, and when to look again.
pub fn claimed(site: &Site, head: &Head, rows: &[Json]) -> (Vec<Step>, Option<Millis>) {
    let (turns, next) = schedule::claimed(rows);
    let steps = turns.iter().filter_map(|turn| {
        let flight = Flight { turn: turn.clone(), part: 0 };
        let export = flight.export(site)?;
        let Some(asked) = asked(export, turn) else {
            return Some(flight.end(site, head, Some(Unready::Setting.code())));
        };
        let (state, columns) = export::stream(site, &asked, 0);
        Some(flight.gather(site, state, columns))
    });
    (steps.collect(), next)
}

/// The step after the one that left `state`.
pub fn go_on(site: &Site, head: &Head, state: &Json, result: &Json) -> Step {
    let Some(flight) = Flight::read(state) else { return Step::end(Vec::new()) };
    let Some(export) = flight.export(site) else { return Step::end(Vec::new()) };
    match state.member("at").and_then(Json::as_str) {
        Some("schedule.gathered") => match flight.put(site, head, export, result) {
            Ok(step) => step,
            Err(unready) => flight.end(site, head, Some(unready.code())),
        },
        Some("schedule.put") => {
            let status = result.member("status").and_then(Json::as_int);
            let next = state.member("next").unwrap_or(&Json::Null);
            match status {
                Some(200..=299) if *next == Json::Null => flight.end(site, head, None),
                Some(200..=299) => {
                    let Some(asked) = asked(export, &flight.turn) else {
                        return flight.end(site, head, Some(Unready::Setting.code()));
                    };
                    let part = flight.part + 1;
                    let (_, columns) = export::stream(site, &asked, part);
                    let state = export::in_part(next, part);
                    Flight { part, ..flight }.gather(site, state, columns)
                }
                Some(status) => flight.end(site, head, Some(&format!("status_{status}"))),
                None => {
                    let word = result.member("error").and_then(Json::as_str).unwrap_or("network");
                    flight.end(site, head, Some(word))
                }
            }
        }
        _ => Step::end(Vec::new()),
    }
}

/// What is asked of the store of leads for a day; `None` where the settings cannot be read.
fn asked(export: &config::Export, turn: &Turn) -> Option<Asked> {
    let text = |key| export.settings.member(key).and_then(Json::as_str);
    let [since, until] = turn.span();
    Some(Asked {
        format: Format::parse(text("format").unwrap_or("jsonl"))?,
        style: Style {
            separator: if text("separator") == Some("semicolon") { ';' } else { ',' },
            mark: export.settings.member("bom").and_then(Json::as_bool).unwrap_or(false),
        },
        scan: Scan {
            since: Some(since),
            until: Some(until),
            form: text("form").map(ToOwned::to_owned),
            disposition: None,
        },
    })
}

/// A day on its way.
struct Flight {
    turn: Turn,
    part: u64,
}

impl Flight {
    fn read(state: &Json) -> Option<Self> {
        let number = |key| state.member(key).and_then(Json::as_uint);
        let text = |key| state.member(key).and_then(Json::as_str).map(ToOwned::to_owned);
        let turn = Turn {
            name: text("name")?,
            day: number("day")?,
            tries: number("tries")?,
            token: text("token")?,
        };
        Some(Self { turn, part: number("part")? })
    }

    fn export<'s>(&self, site: &'s Site) -> Option<&'s config::Export> {
        site.config.exports().iter().find(|export| export.name == self.turn.name)
    }

    fn state(&self, site: &Site, at: &str, next: Json) -> Json {
        Json::object([
            ("route", Json::str(ROUTE)),
            ("at", Json::str(at)),
            ("object", Json::String(index::name(site.id()))),
            ("name", Json::str(&self.turn.name)),
            ("day", Json::uint(self.turn.day)),
            ("tries", Json::uint(self.turn.tries)),
            ("token", Json::str(&self.turn.token)),
            ("part", Json::uint(self.part)),
            ("next", next),
        ])
    }

    fn gather(&self, site: &Site, stream: Json, columns: Json) -> Step {
        let effect = Effect::Gather { state: stream, columns, most: PART_BYTES };
        let state = self.state(site, "schedule.gathered", Json::Null);
        Step::Do { effects: [effect].into(), state }
    }

    /// The request that brings a part which the platform holds.
    fn put(
        &self,
        site: &Site,
        head: &Head,
        export: &config::Export,
        gathered: &Json,
    ) -> Result<Step, Unready> {
        let text = |key| gathered.member(key).and_then(Json::as_str).ok_or(Unready::Setting);
        let (body, hash) = (text("held")?, text("sha256")?);
        let around = Surroundings { env: &head.env, now: head.now };
        let setting = |key| around.setting(&export.settings, key);
        let needed = |key| setting(key)?.ok_or(Unready::Setting);
        let (region, key_id, secret) = (needed("region")?, needed("key_id")?, needed("secret")?);
        if !is_region(&region) {
            return Err(Unready::Setting);
        }
        let base = setting("url")?.unwrap_or_else(|| format!("https://s3.{region}.amazonaws.com"));
        let format = setting("format")?.unwrap_or_else(|| "jsonl".into());
        let ending = Format::parse(&format).ok_or(Unready::Setting)?;
        let [day, _] = self.turn.span();
        let day = day.to_iso8601();
        let path = format!(
            "{}/{}{}/{}/{}-{:04}.{}",
            needed("bucket")?,
            setting("prefix")?.unwrap_or_default(),
            site.id(),
            self.turn.name,
            day.get(..10).unwrap_or_default(),
            self.part,
            ending.ending()
        );
        let url = format!("{}/{}", base.trim_end_matches('/'), encoded_path(&path));
        if !guard::allows(&url, around.private()) {
            return Err(Unready::Address);
        }
        let (date, media) = (head.now.to_compact(), ending.media_type());
        let signer = Signer {
            key_id: &key_id,
            secret: &secret,
            region: &region,
            service: "s3",
            date: &date,
        };
        let covered = [
            ("content-type", media),
            ("x-amz-content-sha256", hash),
            ("x-amz-date", date.as_str()),
        ];
        let authorization =
            signer.authorization("PUT", &url, &covered, hash).ok_or(Unready::Address)?;
        if !authorization.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
            return Err(Unready::Setting);
        }
        let headers = [
            ("content-type", media.to_owned()),
            ("x-amz-content-sha256", hash.to_owned()),
            ("x-amz-date", date.clone()),
            ("authorization", authorization),
            ("user-agent", "leadkit".to_owned()),
        ];
        let request = Request {
            method: "PUT",
            url,
            headers: headers.into(),
            extra: Vec::new(),
            body: String::new(),
            timeout: TIMEOUT,
            most: 20 * 1024,
            private: around.private(),
        };
        let effect = Effect::Upload { request, held: body.to_owned() };
        let next = gathered.member("next").cloned().unwrap_or_default();
        let state = self.state(site, "schedule.put", next);
        Ok(Step::Do { effects: [effect].into(), state })
    }

    /// Writes the end of the day down, and says so in the log.
    fn end(&self, site: &Site, head: &Head, failed: Option<&str>) -> Step {
        let (statement, at) = schedule::settle(site.id(), &self.turn, failed, head.now);
        let object = index::name(site.id());
        let mut line = Json::object([
            ("event", Json::str("export")),
            ("site", Json::str(site.id())),
            ("export", Json::str(&self.turn.name)),
            ("day", Json::uint(self.turn.day)),
            ("parts", Json::uint(self.part + u64::from(failed.is_none()))),
            ("level", Json::str(if failed.is_some() { "alert" } else { "info" })),
        ]);
        if let Some(word) = failed {
            line.set("error", Json::str(word));
        }
        let sql =
            Effect::Sql { object: object.clone(), statements: [statement].into(), wake: Some(at) };
        Step::end([sql, Effect::Log(line)].into())
    }
}

/// A path in which all but slashes and unreserved characters is encoded, as S3 wants it.
fn encoded_path(path: &str) -> String {
    let mut out = String::new();
    for (place, part) in path.split('/').enumerate() {
        out.push_str(if place > 0 { "/" } else { "" });
        crate::wire::urlencoded::encode(part, &mut out);
    }
    out
}
