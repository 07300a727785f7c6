//! Files of leads: cells, formulas, cards, lines, and what no column holds.

use alloc::string::ToString;

use super::*;
use crate::{
    config::Config,
    wire::{csv::Csv, json},
};

const CONFIG: &str = r#"{"site":{"id":"shop"},"forms":{"contact":{"fields":[
    {"name":"who","type":"name"},{"name":"reach","type":"email"},{"name":"tel","type":"phone"},
    {"name":"size","type":"number"},{"name":"call","type":"checkbox"},
    {"name":"ok","type":"consent","purpose":"news","text":"Yes"}]},
    "other":{"fields":[{"name":"size","type":"text"}]}},
    "qualify":{"private":{"scores":{"fit":{}},"rules":[]}}}"#;

fn lead(values: &str) -> Json {
    let mut lead = json::parse(
        r#"{"id":"018f","site":"shop","form":"contact@12345678","received_at":1795325565676,"occurred_at":1795325565000,
        "unknown":{},"verdict":{"disposition":"accept","segments":["a","b"],"scores":{"fit":{"points":7,"groups":{}}}},
        "consent":[{"purpose":"news","given":true}],"context":{"page":"https://x/"}}"#,
    )
    .unwrap();
    lead.set("values", json::parse(values).unwrap());
    lead
}

fn with_sheet<T>(format: Format, only: Option<&str>, run: impl FnOnce(&Sheet<'_>) -> T) -> T {
    let config = Config::parse(CONFIG).unwrap();
    let scores = config.qualify().scores();
    run(&Sheet::new(format, Style::default(), config.public().forms(), scores, only))
}

/// The cells of one record by their columns.
fn record(values: &str) -> Vec<(String, String)> {
    let text = with_sheet(Format::Csv, None, |sheet| sheet.head() + &sheet.page(&[lead(values)]));
    let mut rows = Vec::new();
    let mut csv = Csv::new(',');
    let mut take = |record: &[String], _: usize| rows.push(record.to_vec());
    csv.feed(&text, &mut take).unwrap();
    csv.finish(&mut take).unwrap();
    let [head, row] = rows.as_slice() else { panic!("two records in {text}") };
    assert_eq!(head.len(), row.len());
    head.iter().cloned().zip(row.iter().cloned()).collect()
}

#[track_caller]
fn check_cell(values: &str, column: &str, expected: &str) {
    let record = record(values);
    let found = record.iter().find(|(name, _)| name == column).map(|(_, cell)| cell.as_str());
    assert_eq!(found, Some(expected), "{column}");
}

#[test]
fn a_record_has_a_cell_for_everything() {
    let values = r#"{"who":"Ada Lovelace","reach":"a@b.example","tel":"+4930123456","size":-5,"call":true,"old":[1,"x"]}"#;
    for (column, expected) in [
        ("id", "018f"),
        ("form", "contact"),
        ("form_version", "12345678"),
        ("received_at", "2026-11-22T05:32:45.676Z"),
        ("segments", "a; b"),
        ("score.fit", "7"),
        ("contact.last_name", "Lovelace"),
        ("contact.phone", "'+4930123456"),
        ("values.call", "true"),
        ("consent.news", "true"),
        ("page", "https://x/"),
        ("other", r#"{"old":[1,"x"]}"#),
    ] {
        check_cell(values, column, expected);
    }
}

#[test]
fn no_cell_is_a_formula() {
    for begin in ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＠"] {
        let text = alloc::format!("{begin}cmd|' /C calc'!A0");
        let values = Json::object([("who", Json::str(&text))]).to_text();
        check_cell(&values, "values.who", &alloc::format!("'{text}"));
    }
    check_cell(r#"{"who":"a;=1,\"b\"\r\nc"}"#, "values.who", "a;=1,\"b\"\r\nc");
}

#[test]
fn a_number_is_no_formula_where_its_column_holds_numbers() {
    let mine = |only| {
        with_sheet(Format::Csv, only, |sheet| sheet.page(&[lead(r#"{"size":-5}"#)]))
            .contains(",-5,")
    };
    assert!(mine(Some("contact")));
    // With the other form, in which it is a text, the column holds texts.
    assert!(!mine(None));
}

#[test]
fn the_mark_and_the_separator_are_as_asked() {
    let config = Config::parse(CONFIG).unwrap();
    let style = Style { separator: ';', mark: true };
    let none = core::iter::empty();
    let sheet = Sheet::new(Format::Csv, style, config.public().forms(), none, None);
    assert!(sheet.head().starts_with("\u{feff}id;site;form;"));
    assert!(sheet.head().ends_with(";other\r\n"));
}

#[test]
fn rows_for_parquet_have_types() {
    with_sheet(Format::Parquet, Some("contact"), |sheet| {
        let columns = sheet.columns().to_text();
        for column in [
            r#"["received_at","time"]"#,
            r#"["score.fit","integer"]"#,
            r#"["values.size","number"]"#,
            r#"["consent.news","flag"]"#,
        ] {
            assert!(columns.contains(column), "{columns}");
        }
        let page = sheet.page(&[lead(r#"{"size":1.5,"who":"=1"}"#)]);
        let rows = json::parse(&page).unwrap();
        let row = rows.as_array().unwrap().first().unwrap().as_array().unwrap();
        assert_eq!(row.len(), sheet.columns().as_array().unwrap().len());
        assert!(page.contains(r#""=1""#) && page.contains("1.5") && page.contains("1795325565676"));
        // What a column of numbers cannot hold is not lost.
        let page = sheet.page(&[lead(r#"{"size":"many"}"#)]);
        assert!(page.contains(r#""{\"size\":\"many\"}""#), "{page}");
    });
}

#[test]
fn a_card_escapes_folds_and_has_a_name() {
    let values = r#"{"who":"Ada; Lovelace","reach":"a@b.example","tel":"+4930123456","message":"one\r\ntwo, \\ three","company":"äöüäöüäöüäöüäöüäöüäöüäöüäöüäöüäöüäöüäöüäöü"}"#;
    let card = with_sheet(Format::VCard, None, |sheet| sheet.page(&[lead(values)]));
    let unfolded = card.replace("\r\n ", "");
    for line in [
        "VERSION:4.0",
        "UID:urn:uuid:018f",
        "FN:Ada\\; Lovelace",
        "TEL;VALUE=uri:tel:+4930123456",
        "NOTE:one\\ntwo\\, \\\\ three",
        "CATEGORIES:a,b",
        "REV:20261122T053245Z",
    ] {
        assert!(unfolded.contains(&alloc::format!("{line}\r\n")), "{line} in {unfolded}");
    }
    assert!(card.split("\r\n").all(|line| line.len() <= 75));
    let bare = with_sheet(Format::VCard, None, |sheet| sheet.page(&[lead("{}")]));
    assert!(bare.contains("FN:018f\r\n"));
}

#[test]
fn lines_hold_the_whole_lead() {
    let lead = lead(r#"{"who":"Ada"}"#);
    let text =
        with_sheet(Format::JsonLines, None, |sheet| sheet.page(&[lead.clone(), lead.clone()]));
    assert_eq!(text.lines().count(), 2);
    assert_eq!(text.lines().next().map(ToString::to_string), Some(lead.to_text()));
}

#[test]
fn moments_are_read() {
    for (text, expected) in [
        ("0", Some(0)),
        ("1795325565676", Some(1_795_325_565_676)),
        ("1970-01-01", Some(0)),
        ("2026-11-22", Some(1_795_305_600_000)),
        ("2026-11-22T05:32:45Z", Some(1_795_325_565_000)),
        ("2026-11-22T05:32Z", Some(1_795_325_520_000)),
        ("2000-02-29", Some(951_782_400_000)),
        ("2026-13-01", None),
        ("2026-11-22T05:32", None),
        ("2026-00-10", None),
        ("yesterday", None),
        ("", None),
    ] {
        assert_eq!(moment(text), expected.map(Millis), "{text}");
    }
}
