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
    transfer::{
        Scope,
        export::{Format, Sheet, Style, moment},
    },
    wire::{
        envelope::Fault,
        json::Json,
        step::{Body, Effect, Response, Step},
    },
};

/// The word for this route in states.
pub const ROUTE: &str = "export";

/// What the query asks for.
struct Asked {
    format: Format,
    style: Style,
    scan: Scan,
}

impl Asked {
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
    if let Some(form) = &asked.scan.form {
        // A form of an earlier configuration may have leads too, and then it has a name all the same.
        if !crate::form::is_name(form) {
            return Err(Fault::Form);
        }
    }
    let day = head.now.to_compact();
    let day = day.get(..8).unwrap_or_default();
    let name = format!("{}-{day}.{}", site.id(), asked.format.ending());
    let body = Body::Stream {
        state: state(&site, 0, &Cursor::default()),
        columns: asked.sheet(&site).columns(),
    };
    let response = Response { status: 200, headers: [].into(), body }
        .with("content-type", asked.format.media_type())
        .with("content-disposition", format!("attachment; filename=\"{name}\""))
        .with("x-content-type-options", "nosniff")
        .with("cache-control", "no-store");
    Ok(Step::answer(response))
}

/// The next piece of the file, or the statements that read it.
///
/// # Errors
/// The state is not one of this module.
pub fn resume(sites: &Sites, head: &Head, state: &Json, results: &Json) -> Result<Step, Fault> {
    let number = |key| state.member(key).and_then(Json::as_uint).unwrap_or(0);
    let text = |key| state.member(key).and_then(Json::as_str).unwrap_or_default();
    let site = sites.site(text("site"))?;
    let (asked, object) = (Asked::read(head)?, number("object"));
    let cursor = Cursor { shard: number("shard"), id: text("id").to_owned() };
    if text("at") == "next" {
        let scope = Scope { site: site.id().to_owned(), object, objects: head.objects };
        let statements = record::scan(&scope.site, (object, head.objects), &cursor, &asked.scan);
        let mut then = state.clone();
        then.set("at", Json::str("read"));
        let effect =
            Effect::Sql { object: scope.name(), statements: statements.into(), wake: None };
        return Ok(Step::Do { effects: [effect].into(), state: then });
    }
    let rows = results.as_array().and_then(<[Json]>::first).unwrap_or(&Json::Null);
    let (leads, next) = record::scanned(rows);
    let sheet = asked.sheet(&site);
    let begins = object == 0 && cursor == Cursor::default();
    let mut piece = if begins { sheet.head() } else { String::new() };
    piece.push_str(&sheet.page(&leads));
    let next = match next {
        Some(cursor) => self::state(&site, object, &cursor),
        None if object + 1 < head.objects => self::state(&site, object + 1, &Cursor::default()),
        None => Json::Null,
    };
    Ok(Step::Piece { piece, next })
}

fn state(site: &Site, object: u64, cursor: &Cursor) -> Json {
    Json::object([
        ("route", Json::str(ROUTE)),
        ("at", Json::str("next")),
        ("site", Json::str(site.id())),
        ("object", Json::uint(object)),
        ("shard", Json::uint(cursor.shard)),
        ("id", Json::str(&cursor.id)),
    ])
}
