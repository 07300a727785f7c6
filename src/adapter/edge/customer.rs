//! `/v1/admin/customers/{site}`: who is a customer, by keyed hashes alone. `/v1/admin/leads/{site}/{id}/others`: what else came from
//! whoever left a lead.

use alloc::{borrow::ToOwned, string::String, vec::Vec};

use super::{
    erase::groups,
    head::Head,
    site::{Site, Sites, packs},
    weigh,
};
use crate::{
    check::{self, Known},
    intake::{
        index,
        person::{self, Handle},
    },
    transfer::Scope,
    wire::{
        csv::Csv,
        envelope::Fault,
        json::Json,
        step::{Effect, Response, Step},
    },
};

/// The word for these routes in states.
pub const ROUTE: &str = "customer";
/// How a list that was imported is told from customers that were won.
const IMPORTED: &str = "import";
const WON: &str = "won";
/// Parts of the name of a column that holds addresses or numbers, in several languages.
const COLUMNS: [&str; 6] = ["mail", "phone", "tel", "mobil", "handy", "cell"];

/// `POST` adds and `DELETE` forgets the people of a CSV file with a line of headers: the first step.
///
/// # Errors
/// The body is no CSV, or nothing can be keyed because the deployment has no secret.
pub fn request(site: &Site, head: &Head, body: &[u8]) -> Result<Step, Fault> {
    let forget = match head.method.as_str() {
        "POST" => false,
        "DELETE" => true,
        _ => return Err(Fault::Method),
    };
    let secret = weigh::secret(head);
    if secret.is_empty() {
        return Err(Fault::Member("LEADKIT_SECRET"));
    }
    let text = core::str::from_utf8(body).map_err(|_| Fault::Member("body"))?;
    let country = head.parameter("country").unwrap_or_default();
    let (handles, rows, unread) = read(text, &country)?;
    let keys = person::keys(&handles, secret, site.id());
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    let effects = groups(head, &keys).into_iter().map(|(object, keys)| Effect::Sql {
        object: Scope { site: site.id().to_owned(), object, objects: head.objects }.name(),
        statements: if forget {
            [person::forget(site.id(), &keys)].into()
        } else {
            [person::customers(site.id(), &keys, IMPORTED, head.now)].into()
        },
        wake: None,
    });
    let state = Json::object([
        ("route", Json::str(ROUTE)),
        ("at", Json::str("written")),
        ("rows", Json::uint(rows)),
        ("unread", Json::uint(unread)),
        ("people", Json::uint(keys.len() as u64)),
    ]);
    Ok(Step::Do { effects: effects.collect(), state })
}

/// The addresses and numbers of a file, its rows, and those without either.
fn read(text: &str, country: &str) -> Result<(Vec<Handle>, u64, u64), Fault> {
    let packs = packs();
    let known = Known::default().with_packs(&packs);
    let mut columns: Option<Vec<usize>> = None;
    let (mut handles, mut rows, mut unread) = (Vec::new(), 0, 0);
    let mut take = |fields: &[String], _| {
        let Some(columns) = &columns else {
            let named = fields.iter().enumerate().filter(|(_, name)| {
                let name = name.to_ascii_lowercase();
                COLUMNS.iter().any(|part| name.contains(part))
            });
            columns = Some(named.map(|(place, _)| place).collect());
            return;
        };
        let texts = columns.iter().filter_map(|place| fields.get(*place));
        let found: Vec<Handle> = texts.filter_map(|text| handle(text, country, &known)).collect();
        rows += 1;
        unread += u64::from(found.is_empty());
        handles.extend(found);
    };
    let mut csv = Csv::new(Csv::detect(text));
    csv.feed(text, &mut take).map_err(|_| Fault::Member("body"))?;
    csv.finish(&mut take).map_err(|_| Fault::Member("body"))?;
    Ok((handles, rows, unread))
}

fn handle(text: &str, country: &str, known: &Known<'_>) -> Option<Handle> {
    Handle::parse(text).or_else(|| {
        if country.is_empty() || text.trim().is_empty() {
            return None;
        }
        let line = Json::object([
            ("kind", Json::str("phone")),
            ("value", Json::str(text)),
            ("country", Json::str(country)),
        ]);
        let answer = check::answer(&line, known);
        Handle::phone(answer.member("value")?.as_str()?)
    })
}

/// Remembers whoever left a lead that was won.
pub fn won(site: &Site, head: &Head, lead: &Json) -> Vec<Effect> {
    let values = lead.member("values").and_then(Json::as_object).unwrap_or_default();
    let handles: Vec<Handle> =
        values.iter().filter_map(|(_, value)| Handle::parse(value.as_str()?)).collect();
    let keys = person::keys(&handles, weigh::secret(head), site.id());
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    let effect = |(object, keys): (u64, Vec<&str>)| Effect::Sql {
        object: Scope { site: site.id().to_owned(), object, objects: head.objects }.name(),
        statements: [person::customers(site.id(), &keys, WON, head.now)].into(),
        wake: None,
    };
    groups(head, &keys).into_iter().map(effect).collect()
}

/// The other leads of whoever left this one: the first step.
pub fn others(site: &Site, id: &str) -> Step {
    let statements = [person::others(site.id(), id)].into();
    let effect = Effect::Sql { object: index::name(site.id()), statements, wake: None };
    let state = Json::object([("route", Json::str(ROUTE)), ("at", Json::str("others"))]);
    Step::Do { effects: [effect].into(), state }
}

/// The step after the one that left `state`.
///
/// # Errors
/// The state is of no route here.
pub fn resume(_: &Sites, state: &Json, results: &Json) -> Result<Step, Fault> {
    let results = results.as_array().unwrap_or_default();
    let rows = || results.iter().filter_map(|result| result.as_array()?.first()?.as_array());
    let body = match state.member("at").and_then(Json::as_str) {
        Some("written") => {
            let count = |key| state.member(key).cloned().unwrap_or_default();
            let changed: usize = rows().map(<[Json]>::len).sum();
            Json::object([
                ("rows", count("rows")),
                ("unread", count("unread")),
                ("people", count("people")),
                ("changed", Json::uint(changed as u64)),
            ])
        }
        Some("others") => Json::object([("leads", Json::array(rows().flatten().cloned()))]),
        _ => return Err(Fault::Path),
    };
    Ok(Step::answer(Response::json(200, &body).with("cache-control", "no-store")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_read_from_the_columns_that_are_named_for_them() {
        let text = "Name;E-Mail;Note;Telefon\nAda;Ada@example.com;bob@example.com;030 123456\n;;;\nEve;x;;+49 30 123457\n";
        let (handles, rows, unread) = read(text, "DE").unwrap();
        let expected = ["ada@example.com", "+4930123456", "+4930123457"];
        assert_eq!(handles, expected.map(|text| Handle::parse(text).unwrap()));
        assert_eq!((rows, unread), (3, 1));
        let (handles, ..) = read(text, "").unwrap();
        assert_eq!(handles.len(), 2);
        assert!(read("a\"b\n\"x", "").is_err());
    }
}
