//! Applies a fitted scorecard: facts in, whole points out, and what each fact contributed. `learn` makes scorecards; a score
//! of the configuration has one as its member `learned`, and each fact is then a rule of its own in reasons.
//!
//! Points are tenths of log-odds, so that a score needs no floating point; see [`Scorecard::chance`]. A fact that the
//! scorecard does not know gives nothing. The JSON form is
//! `{"base":-20,"features":[{"fact":"age","bins":[{"below":"30","points":3},{"points":-1}],"missing":0},
//! {"fact":"job","levels":{"student":8},"other":-1,"missing":0}]}`: bins are in ascending order, the last one is open.

use alloc::{borrow::ToOwned, string::String, vec::Vec};

use crate::{
    check::number::decimal,
    error::Error,
    wire::json::{Faults, Json, Node},
};

/// The largest size of one number of points.
pub const MAX_POINTS: i64 = 10_000;

/// What the cell of all rare levels is called.
pub const OTHER: &str = "(other)";

/// What the cell of a fact that is not known is called.
pub const MISSING: &str = "(missing)";

/// A table of points, read once and applied to many leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scorecard {
    base: i64,
    features: Vec<Feature>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Feature {
    pub(crate) fact: String,
    pub(crate) table: Table,
    pub(crate) missing: i64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Table {
    /// Bins by their exclusive upper end, a decimal number in its usual form; the last has none.
    Bins(Vec<Bin>),
    Levels {
        levels: Vec<(String, i64)>,
        other: i64,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bin {
    pub(crate) below: Option<String>,
    pub(crate) label: String,
    pub(crate) points: i64,
}

/// What one fact added to the points. Holds words of the scorecard only, never a visitor's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contribution<'a> {
    /// The path of the fact.
    pub fact: &'a str,
    /// The bin or level that the fact fell into, [`OTHER`] or [`MISSING`].
    pub cell: &'a str,
    /// The points, never 0.
    pub points: i64,
}

impl Scorecard {
    pub(crate) fn new(base: i64, features: Vec<Feature>) -> Self {
        Self { base, features }
    }

    /// Reads a scorecard, for instance one that `leadkit learn` wrote.
    ///
    /// # Errors
    /// Configuration errors, each with the JSON Pointer within `json` of what is wrong.
    pub fn parse(json: &Json) -> Result<Self, Vec<Error>> {
        let mut faults = Faults::new();
        let card = Self::read(&Node::root(json), &mut faults);
        if faults.is_empty() { Ok(card) } else { Err(faults) }
    }

    /// Reads a scorecard that is a part of a configuration; what cannot be read gives nothing and is reported.
    pub(crate) fn read(node: &Node<'_>, faults: &mut Faults) -> Self {
        let base = member(node, "base", faults);
        let Some(list) = node.get("features") else {
            node.fault("a member \"features\"", faults);
            return Self { base, features: Vec::new() };
        };
        let features = list.items(faults).iter().map(|item| feature(item, faults)).collect();
        Self { base, features }
    }

    /// The points of a lead with these facts, and what each fact contributed to them beside the base.
    pub fn points(&self, facts: &Json) -> (i64, Vec<Contribution<'_>>) {
        let mut sum = self.base;
        let mut contributions = Vec::new();
        for feature in &self.features {
            let (cell, points) = feature.cell(feature.place(find(facts, &feature.fact)));
            sum += points;
            if points != 0 {
                contributions.push(Contribution { fact: &feature.fact, cell, points });
            }
        }
        (sum, contributions)
    }

    pub(crate) fn into_features(self) -> Vec<Feature> {
        self.features
    }

    /// The points before any fact is known.
    pub fn base(&self) -> i64 {
        self.base
    }

    /// The facts that the scorecard reads.
    pub fn facts(&self) -> impl Iterator<Item = &str> {
        self.features.iter().map(|feature| feature.fact.as_str())
    }

    /// The number of points that are not 0, beside the base.
    pub fn weights(&self) -> usize {
        self.features.iter().map(Feature::weights).sum()
    }

    /// The chance of winning that belongs to `points`, in thousandths: the logistic function of a tenth of them.
    pub fn chance(points: i64) -> i64 {
        let size = usize::try_from(points.unsigned_abs()).unwrap_or(usize::MAX);
        let likely = CHANCE.get(size).copied().map_or(1000, i64::from);
        if points < 0 { 1000 - likely } else { likely }
    }

    /// The JSON form that [`Scorecard::parse`] reads.
    pub fn to_json(&self) -> Json {
        Json::object([
            ("base", Json::int(self.base)),
            ("features", Json::Array(self.features.iter().map(Feature::to_json).collect())),
        ])
    }
}

impl Feature {
    /// The number of the cell of a fact: bins or levels first, then the rare levels, then what is not known.
    pub(crate) fn place(&self, fact: Option<&Json>) -> usize {
        let text = match fact {
            None | Some(Json::Null | Json::Array(_) | Json::Object(_)) => "",
            Some(Json::Bool(true)) => "true",
            Some(Json::Bool(false)) => "false",
            Some(Json::Number(text)) => text,
            Some(Json::String(text)) => text.trim_ascii(),
        };
        match &self.table {
            Table::Bins(bins) => {
                let below = |value: &str, end: &Option<String>| {
                    end.as_ref().is_none_or(|end| decimal::compare(value, end).is_lt())
                };
                let fits = |value: String| bins.iter().position(|bin| below(&value, &bin.below));
                decimal::canonical(text).and_then(fits).unwrap_or(bins.len())
            }
            Table::Levels { levels, .. } if text.is_empty() => levels.len() + 1,
            Table::Levels { levels, .. } => {
                levels.iter().position(|(level, _)| level == text).unwrap_or(levels.len())
            }
        }
    }

    /// What the cell of this number is called and gives.
    pub(crate) fn cell(&self, place: usize) -> (&str, i64) {
        match &self.table {
            Table::Bins(bins) => bins.get(place).map(|bin| (bin.label.as_str(), bin.points)),
            Table::Levels { levels, other } => match levels.get(place) {
                Some((level, points)) => Some((level.as_str(), *points)),
                None => (place == levels.len()).then_some((OTHER, *other)),
            },
        }
        .unwrap_or((MISSING, self.missing))
    }

    fn weights(&self) -> usize {
        let inside = match &self.table {
            Table::Bins(bins) => bins.iter().filter(|bin| bin.points != 0).count(),
            Table::Levels { levels, other } => {
                levels.iter().filter(|(_, points)| *points != 0).count() + usize::from(*other != 0)
            }
        };
        inside + usize::from(self.missing != 0)
    }

    fn to_json(&self) -> Json {
        let mut out = Json::object([("fact", Json::str(&self.fact))]);
        match &self.table {
            Table::Bins(bins) => out.set("bins", Json::Array(bins.iter().map(bin_json).collect())),
            Table::Levels { levels, other } => {
                let levels = levels.iter().map(|(level, points)| (level.as_str(), *points));
                out.set("levels", Json::object(levels.map(|(key, value)| (key, Json::int(value)))));
                out.set("other", Json::int(*other));
            }
        }
        out.set("missing", Json::int(self.missing));
        out
    }
}

fn bin_json(bin: &Bin) -> Json {
    let points = Json::int(bin.points);
    match &bin.below {
        Some(end) => Json::object([("below", Json::str(end)), ("points", points)]),
        None => Json::object([("points", points)]),
    }
}

/// The fact at a path with dots; a member whose name is the whole path comes first.
pub(crate) fn find<'a>(facts: &'a Json, path: &str) -> Option<&'a Json> {
    facts
        .member(path)
        .or_else(|| path.split('.').try_fold(facts, |inside, name| inside.member(name)))
}

fn feature(node: &Node<'_>, faults: &mut Faults) -> Feature {
    let fact = node.required_text("fact", "a member \"fact\"", faults).unwrap_or_default();
    let table = if let Some(levels) = node.get("levels") {
        let members = levels.members(faults).into_iter();
        let levels = members.map(|(level, node)| (level.to_owned(), points(&node, faults)));
        Table::Levels { levels: levels.collect(), other: member(node, "other", faults) }
    } else {
        Table::Bins(bins(node, faults))
    };
    Feature { fact: fact.to_owned(), table, missing: member(node, "missing", faults) }
}

fn bins(node: &Node<'_>, faults: &mut Faults) -> Vec<Bin> {
    let Some(list) = node.get("bins") else {
        node.fault("either \"bins\" or \"levels\"", faults);
        return Vec::new();
    };
    let mut bins: Vec<Bin> = Vec::new();
    let items = list.items(faults);
    for (index, item) in items.iter().enumerate() {
        let below = item.text("below", faults).and_then(decimal::canonical);
        let start = bins.last().and_then(|bin| bin.below.as_deref());
        let falls = match (start, &below) {
            (Some(start), Some(end)) => decimal::compare(start, end).is_ge(),
            _ => false,
        };
        if falls || below.is_none() != (index + 1 == items.len()) {
            item.fault("ascending numbers as \"below\", and none in the last bin", faults);
        }
        let label = label(start, below.as_deref());
        bins.push(Bin { below, label, points: member(item, "points", faults) });
    }
    bins
}

/// How a bin from `start` to below `end` is called in reports and reasons.
pub(crate) fn label(start: Option<&str>, end: Option<&str>) -> String {
    match (start, end) {
        (None, None) => "any".to_owned(),
        (None, Some(end)) => ["below ", end].concat(),
        (Some(start), None) => [start, " or more"].concat(),
        (Some(start), Some(end)) => [start, " to below ", end].concat(),
    }
}

fn member(node: &Node<'_>, key: &str, faults: &mut Faults) -> i64 {
    points(node.get(key).as_ref().unwrap_or(node), faults)
}

fn points(node: &Node<'_>, faults: &mut Faults) -> i64 {
    let value = node.json().as_int().filter(|value| (-MAX_POINTS..=MAX_POINTS).contains(value));
    if value.is_none() {
        node.fault("whole points from -10000 to 10000", faults);
    }
    value.unwrap_or(0)
}

/// 1000 / (1 + e^(-n / 10)), rounded, until it is 1000.
#[rustfmt::skip]
const CHANCE: [u16; 78] = [
    500, 525, 550, 574, 599, 622, 646, 668, 690, 711, 731, 750, 769, 786, 802, 818, 832, 846, 858, 870,
    881, 891, 900, 909, 917, 924, 931, 937, 943, 948, 953, 957, 961, 964, 968, 971, 973, 976, 978, 980,
    982, 984, 985, 987, 988, 989, 990, 991, 992, 993, 993, 994, 995, 995, 996, 996, 996, 997, 997, 997,
    998, 998, 998, 998, 998, 998, 999, 999, 999, 999, 999, 999, 999, 999, 999, 999, 999, 1000,
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::json;
    use alloc::{format, string::ToString};

    const CARD: &str = r#"{"base":-20,"features":[{"fact":"age","bins":[{"below":"30","points":3},{"below":"40.5","points":0},{"points":-1}],"missing":2},{"fact":"email.free","levels":{"true":-4,"false":5},"other":1,"missing":0}]}"#;

    #[track_caller]
    fn check(facts: &str, points: i64, reasons: &[(&str, &str, i64)]) {
        let card = Scorecard::parse(&json::parse(CARD).unwrap()).unwrap();
        let facts = json::parse(facts).unwrap();
        let (sum, contributions) = card.points(&facts);
        let got: Vec<_> =
            contributions.iter().map(|one| (one.fact, one.cell, one.points)).collect();
        assert_eq!((sum, got), (points, reasons.to_vec()));
    }

    #[test]
    fn each_fact_gives_the_points_of_its_bin_or_level() {
        check(
            r#"{"age":29.9,"email":{"free":true}}"#,
            -21,
            &[("age", "below 30", 3), ("email.free", "true", -4)],
        );
        check(r#"{"age":"30","email.free":"false"}"#, -15, &[("email.free", "false", 5)]);
        check(
            r#"{"age":40.5,"email":{"free":" maybe "}}"#,
            -20,
            &[("age", "40.5 or more", -1), ("email.free", "(other)", 1)],
        );
    }

    #[test]
    fn a_fact_that_is_not_known_is_missing() {
        check("{}", -18, &[("age", "(missing)", 2)]);
        check(r#"{"age":null,"email":{"free":""}}"#, -18, &[("age", "(missing)", 2)]);
        check(r#"{"age":[1],"email":7}"#, -18, &[("age", "(missing)", 2)]);
        check("[]", -18, &[("age", "(missing)", 2)]);
    }

    #[test]
    fn the_text_of_a_scorecard_survives_reading_and_writing() {
        let card = Scorecard::parse(&json::parse(CARD).unwrap()).unwrap();
        assert_eq!(card.to_json().to_text(), CARD);
        assert_eq!(card.facts().collect::<Vec<_>>(), ["age", "email.free"]);
        assert_eq!((card.base(), card.weights()), (-20, 6));
    }

    #[test]
    fn a_chance_is_the_logistic_function_of_a_tenth() {
        for points in -200_i32..=200 {
            let exact = 1000.0 / (1.0 + libm::exp(-f64::from(points) / 10.0));
            let chance = i32::try_from(Scorecard::chance(points.into())).unwrap();
            assert!((f64::from(chance) - exact).abs() <= 0.5, "{points}: {chance} {exact}");
        }
        assert_eq!(Scorecard::chance(i64::MIN), 0);
        assert_eq!(Scorecard::chance(i64::MAX), 1000);
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        let points = "whole points from -10000 to 10000";
        let order = "ascending numbers as \"below\", and none in the last bin";
        let feature =
            |rest: &str| format!(r#"{{"base":1,"features":[{{"fact":"a","missing":0,{rest}}}]}}"#);
        let cases = [
            (r#"{"features":[]}"#.to_string(), "", points),
            (r#"{"base":1.5,"features":[]}"#.to_string(), "/base", points),
            (r#"{"base":1}"#.to_string(), "", "a member \"features\""),
            (
                r#"{"base":1,"features":[{"bins":[{"points":1}],"missing":1}]}"#.to_string(),
                "/features/0",
                "a member \"fact\"",
            ),
            (feature(r#""other":1"#), "/features/0", "either \"bins\" or \"levels\""),
            (feature(r#""bins":[{"points":1},{"points":1}]"#), "/features/0/bins/0", order),
            (feature(r#""bins":[{"below":"1","points":1}]"#), "/features/0/bins/0", order),
            (
                feature(
                    r#""bins":[{"below":"2","points":1},{"below":"2.0","points":1},{"points":0}]"#,
                ),
                "/features/0/bins/1",
                order,
            ),
            (feature(r#""bins":[{"points":"1"}]"#), "/features/0/bins/0/points", points),
            (feature(r#""levels":{"b":20000},"other":0"#), "/features/0/levels/b", points),
            (feature(r#""levels":{"b":2}"#), "/features/0", points),
        ];
        for (text, pointer, expected) in cases {
            let faults = Scorecard::parse(&json::parse(&text).unwrap()).unwrap_err();
            let [error] = faults.as_slice() else { panic!("{text}: {faults:?}") };
            assert_eq!(error.pointer(), Some(pointer), "{text}");
            assert_eq!(
                error.to_string(),
                format!("configuration at \"{pointer}\": expected {expected}")
            );
        }
    }
}
