//! `/v1/admin/export`: the stored leads of a site as a file, page by page, so that one of any length needs the memory of a page.
//!
//! The first step answers with a stream that has a state; whoever reads the stream makes the platform come back with that
//! state for the next piece. Leads come in the order of objects, shards and ids. A lead that is stored while the file is
//! written may be in it or not; every lead from before is.

use alloc::{borrow::ToOwned, format, string::String};

use super::{
    admin::asked_site,
    head::Head,
    site::{Site, Sites},
};
use crate::{
    intake::record::{self, Cursor, Scan},
    time::Millis,
    transfer::{
        Scope,
        export::{Format, Sheet, Style, moment},
    },
    wire::{
        envelope::Fault,
        json::Json,
        step::{Body, Effect, Response, Step, millis},
    },
};

/// The word for this route in states.
pub const ROUTE: &str = "export";

/// What is asked for.
pub struct Asked {
    /// The format of the file.
    pub format: Format,
    /// How a table is written.
    pub style: Style,
    /// Which leads it holds.
    pub scan: Scan,
}

impl Asked {
    /// Reads what the query asks for.
    fn read(head: &Head) -> Result<Self, Fault> {
        let word = |name| head.parameter(name).filter(|value| !value.is_empty());
        let time = |name: &'static str| match word(name) {
            Some(text) => moment(&text).map(Some).ok_or(Fault::Member(name)),
            None => Ok(None),
        };
        let separator = match word("separator").as_deref() {
            None | Some("comma" | ",") => ',',
            Some("semicolon" | ";") => ';',
            Some(_) => return Err(Fault::Member("separator")),
        };
        let format = word("format").unwrap_or_else(|| "csv".to_owned());
        Ok(Self {
            format: Format::parse(&format).ok_or(Fault::Member("format"))?,
            style: Style { separator, mark: word("bom").as_deref() == Some("1") },
            scan: Scan {
                since: time("since")?,
                until: time("until")?,
                form: word("form"),
                disposition: word("disposition"),
            },
        })
    }

    fn from_json(json: &Json) -> Option<Self> {
        let text = |key| json.member(key).and_then(Json::as_str).map(ToOwned::to_owned);
        let time = |key| json.member(key).and_then(Json::as_uint).map(Millis);
        Some(Self {
            format: Format::parse(json.member("format")?.as_str()?)?,
            style: Style {
                separator: text("separator")?.chars().next()?,
                mark: json.member("bom")?.as_bool()?,
            },
            scan: Scan {
                since: time("since"),
                until: time("until"),
                form: text("form"),
                disposition: text("disposition"),
            },
        })
    }

    fn to_json(&self) -> Json {
        let text = |text: &Option<String>| text.as_deref().map_or(Json::Null, Json::str);
        let time = |time: Option<Millis>| time.map_or(Json::Null, millis);
        Json::object([
            ("format", Json::str(self.format.code())),
            ("separator", Json::String(self.style.separator.into())),
            ("bom", Json::Bool(self.style.mark)),
            ("since", time(self.scan.since)),
            ("until", time(self.scan.until)),
            ("form", text(&self.scan.form)),
            ("disposition", text(&self.scan.disposition)),
        ])
    }

    fn sheet<'a>(&self, site: &'a Site) -> Sheet<'a> {
        let scores = site.config.qualify().scores();
        let forms = site.config.public().forms();
        Sheet::new(self.format, self.style, forms, scores, self.scan.form.as_deref())
    }
}

/// The first step: headers, and a stream that begins at the first lead of the first object.
///
/// # Errors
/// There is no such site or form, or a parameter cannot be read.
pub fn request(sites: &Sites, head: &Head) -> Result<Step, Fault> {
    let site = asked_site(sites, head)?;
    let asked = Asked::read(head)?;
    let day = head.now.to_compact();
    let day = day.get(..8).unwrap_or_default();
    let name = format!("{}-{day}.{}", site.id(), asked.format.ending());
    let (state, columns) = stream(&site, &asked, 0);
    let body = Body::Stream { state, columns };
    let response = Response { status: 200, headers: [].into(), body }
        .with("content-type", asked.format.media_type())
        .with("content-disposition", format!("attachment; filename=\"{name}\""))
        .with("x-content-type-options", "nosniff")
        .with("cache-control", "no-store");
    Ok(Step::answer(response))
}

/// The state of the first piece of a file, and its columns for the platform.
pub fn stream(site: &Site, asked: &Asked, part: u64) -> (Json, Json) {
    let state = Json::object([
        ("route", Json::str(ROUTE)),
        ("at", Json::str("next")),
        ("site", Json::str(site.id())),
        ("asked", asked.to_json()),
        ("object", Json::uint(0)),
        ("shard", Json::uint(0)),
        ("id", Json::str("")),
    ]);
    (in_part(&state, part), asked.sheet(site).columns())
}

/// A state as that of the first piece of a part, which is a file of its own.
pub fn in_part(state: &Json, part: u64) -> Json {
    let mut state = state.clone();
    state.set("begins", Json::Bool(true));
    state.set("part", Json::uint(part));
    state
}

/// The next piece of the file, or the statements that read it.
///
/// # Errors
/// The state is not one of this module.
pub fn resume(sites: &Sites, head: &Head, state: &Json, results: &Json) -> Result<Step, Fault> {
    let number = |key| state.member(key).and_then(Json::as_uint).unwrap_or(0);
    let text = |key| state.member(key).and_then(Json::as_str).unwrap_or_default();
    let site = sites.site(text("site"))?;
    let asked = state.member("asked").and_then(Asked::from_json).ok_or(Fault::Path)?;
    let object = number("object");
    let cursor = Cursor { shard: number("shard"), id: text("id").to_owned() };
    let mut then = state.clone();
    if text("at") == "next" {
        let scope = Scope { site: site.id().to_owned(), object, objects: head.objects };
        let statements = record::scan(&scope.site, (object, head.objects), &cursor, &asked.scan);
        then.set("at", Json::str("read"));
        let effect =
            Effect::Sql { object: scope.name(), statements: statements.into(), wake: None };
        return Ok(Step::Do { effects: [effect].into(), state: then });
    }
    let rows = results.as_array().and_then(<[Json]>::first).unwrap_or(&Json::Null);
    let (leads, next) = record::scanned(rows);
    let sheet = asked.sheet(&site);
    let next = match next {
        Some(cursor) => Some((object, cursor)),
        None if object + 1 < head.objects => Some((object + 1, Cursor::default())),
        None => None,
    };
    let begins = state.member("begins") == Some(&Json::Bool(true));
    // A file has its head, but no further part is made of a head alone.
    let mut piece = String::new();
    if begins && (!leads.is_empty() || (next.is_none() && number("part") == 0)) {
        piece = sheet.head();
        then.set("begins", Json::Bool(false));
    }
    piece.push_str(&sheet.page(&leads));
    let Some((object, cursor)) = next else {
        return Ok(Step::Piece { piece, next: Json::Null });
    };
    then.set("at", Json::str("next"));
    then.set("object", Json::uint(object));
    then.set("shard", Json::uint(cursor.shard));
    then.set("id", Json::str(&cursor.id));
    Ok(Step::Piece { piece, next: then })
}
