//! Tells people from machines without asking anybody else: a trap field, the pace, what is written, proof of work, and how
//! often it came. Where the owner wants it, what a provider of checks says counts too.
//!
//! Decides nothing: [`judge`] gives points with reasons, the fact `spam`, and the owner's rules say from which on a lead is
//! set aside. A sign that people show as well, such as haste, never suffices alone; see [`Sign::points`]. Nothing here asks
//! more of someone who types with a keyboard or listens to a screen reader, and no script is suspect by itself.

mod content;
pub mod pow;
mod seen;

use alloc::vec::Vec;

use crate::wire::json::Json;

/// The name of the trap field: people neither see it nor reach it, programs fill it in.
pub const TRAP: &str = "lk_homepage";

/// The most points, those of a certain case.
pub const MOST: i64 = 100;

/// Fewer seconds than this on the form are inhuman.
const RUSH: u64 = 1;

/// Fewer seconds than this on the form are quick, even with autofill.
const HASTE: u64 = 3;

/// So many leads from one address within an hour are usual in an office.
const OFTEN: u32 = 5;

/// What is known of a lead beside its values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Evidence<'a> {
    /// What stands in the field [`TRAP`].
    pub trap: Option<&'a str>,
    /// How many seconds the visitor had the form before it was sent, as the page claims; `None` where no script ran.
    pub seconds: Option<u64>,
    /// The proof of work, where the form asked for one.
    pub work: Work,
    /// How many other leads came from the same address within an hour; the caller knows the address by a keyed hash only.
    pub from_address: u32,
    /// How many other people sent the same [`essence`] of a text.
    pub same_text: u32,
    /// What the provider of a check says, where the form asked for one.
    pub check: Check,
    /// Whether it came without an origin, which browsers always tell.
    pub no_origin: bool,
}

/// The proof of work that came with a lead.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Work {
    /// The form did not ask for one.
    #[default]
    NotAsked,
    /// It was right and not used before.
    Done,
    /// It was right and not used before, but came after its time, as from a device that was offline.
    Late,
    /// The form asked for one and none came.
    Missing,
    /// It was used before.
    Spent,
    /// It was not right, or was made for another form.
    Wrong,
}

/// What the provider of a check says about the token that came with a lead.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Check {
    /// The form did not ask for one.
    #[default]
    NotAsked,
    /// The token is good.
    Passed,
    /// The provider did not answer, or not about the token.
    Unknown,
    /// No token came, or it came too late, or a second time.
    Missing,
    /// The token is none of the provider's.
    Failed,
}

/// What a text is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A name of a person or an organisation: short, and never with an address in it.
    Name,
    /// Free text.
    Text,
}

/// Something that machines do more often than people, the gravest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sign {
    /// The trap field is filled in.
    Trap,
    /// A proof of work was asked for and did not come, or was not right.
    NoWork,
    /// The provider of a check says that the token is not good.
    CheckFailed,
    /// Other people sent the same text.
    SameText,
    /// A check was asked for, and no token came, or it was too old.
    NoCheck,
    /// A name has a web address in it.
    LinkInName,
    /// A text has links as HTML or in the brackets of forums.
    Markup,
    /// It was sent within a second.
    Rush,
    /// Many leads came from the same address.
    Often,
    /// A text has three web addresses or more.
    ManyLinks,
    /// Letters of different alphabets that look alike are in one word.
    MixedScripts,
    /// A text is one thing over and over.
    Repeated,
    /// A name and a text are the same.
    Twin,
    /// It was sent within three seconds.
    Haste,
    /// A text is in capitals, in a script that has small letters.
    Capitals,
    /// Signs that nobody sees or that turn the direction of reading are in a text.
    Invisible,
    /// A text has two web addresses.
    Links,
    /// The proof of work was right, but came after its time.
    LateWork,
    /// The provider of a check did not answer.
    Unchecked,
    /// It came without an origin, which browsers always tell.
    NoOrigin,
}

/// Points from 0 to [`MOST`], and why.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spam {
    /// The sum of the signs, at most [`MOST`].
    pub points: i64,
    /// Each sign once, the gravest kind first.
    pub signs: Vec<Sign>,
}

impl Sign {
    /// All of them, in their order.
    pub const ALL: [Self; 20] = [
        Self::Trap,
        Self::NoWork,
        Self::CheckFailed,
        Self::SameText,
        Self::NoCheck,
        Self::LinkInName,
        Self::Markup,
        Self::Rush,
        Self::Often,
        Self::ManyLinks,
        Self::MixedScripts,
        Self::Repeated,
        Self::Twin,
        Self::Haste,
        Self::Capitals,
        Self::Invisible,
        Self::Links,
        Self::LateWork,
        Self::Unchecked,
        Self::NoOrigin,
    ];

    /// What it adds. The trap alone is certain; everything else needs company to reach half of [`MOST`], but missing work and
    /// a failed check.
    pub fn points(self) -> i64 {
        match self {
            Self::Trap => MOST,
            Self::NoWork | Self::CheckFailed => 60,
            Self::LinkInName | Self::Markup | Self::SameText | Self::NoCheck => 40,
            Self::Rush | Self::MixedScripts | Self::ManyLinks | Self::Often => 30,
            Self::Repeated | Self::Twin => 25,
            Self::Haste | Self::Capitals | Self::Invisible => 15,
            Self::Links | Self::LateWork | Self::Unchecked | Self::NoOrigin => 10,
        }
    }

    /// The stable word of the reason.
    pub fn code(self) -> &'static str {
        match self {
            Self::Trap => "spam.trap",
            Self::Rush => "spam.rush",
            Self::Haste => "spam.haste",
            Self::NoWork => "spam.no_work",
            Self::LateWork => "spam.late_work",
            Self::CheckFailed => "spam.check_failed",
            Self::NoCheck => "spam.no_check",
            Self::Unchecked => "spam.unchecked",
            Self::NoOrigin => "spam.no_origin",
            Self::Often => "spam.often",
            Self::SameText => "spam.same_text",
            Self::LinkInName => "spam.link_in_name",
            Self::ManyLinks => "spam.many_links",
            Self::Links => "spam.links",
            Self::Markup => "spam.markup",
            Self::MixedScripts => "spam.mixed_scripts",
            Self::Repeated => "spam.repeated",
            Self::Capitals => "spam.capitals",
            Self::Invisible => "spam.invisible",
            Self::Twin => "spam.twin",
        }
    }
}

impl Spam {
    /// The fact `spam`: `{"points":40,"reasons":[{"code":"spam.markup","points":40}],"signs":["spam.markup"]}`.
    pub fn to_json(&self) -> Json {
        let reason = |sign: &Sign| {
            Json::object([("code", Json::str(sign.code())), ("points", Json::int(sign.points()))])
        };
        Json::object([
            ("points", Json::int(self.points)),
            ("reasons", Json::array(self.signs.iter().map(reason))),
            ("signs", Json::array(self.signs.iter().map(|sign| Json::str(sign.code())))),
        ])
    }
}

/// Judges what is known of a lead and what is written in it.
pub fn judge(evidence: &Evidence<'_>, texts: &[(Place, &str)]) -> Spam {
    let mut signs = Vec::new();
    if evidence.trap.is_some_and(|text| !text.trim_ascii().is_empty()) {
        signs.push(Sign::Trap);
    }
    match evidence.seconds {
        Some(seconds) if seconds < RUSH => signs.push(Sign::Rush),
        Some(seconds) if seconds < HASTE => signs.push(Sign::Haste),
        Some(_) | None => {}
    }
    match evidence.work {
        Work::NotAsked | Work::Done => {}
        Work::Late => signs.push(Sign::LateWork),
        Work::Missing | Work::Spent | Work::Wrong => signs.push(Sign::NoWork),
    }
    match evidence.check {
        Check::NotAsked | Check::Passed => {}
        Check::Unknown => signs.push(Sign::Unchecked),
        Check::Missing => signs.push(Sign::NoCheck),
        Check::Failed => signs.push(Sign::CheckFailed),
    }
    if evidence.no_origin {
        signs.push(Sign::NoOrigin);
    }
    if evidence.from_address >= OFTEN {
        signs.push(Sign::Often);
    }
    if evidence.same_text > 0 {
        signs.push(Sign::SameText);
    }
    for (place, text) in texts {
        content::signs(*place, text, &mut signs);
    }
    if content::twins(texts) {
        signs.push(Sign::Twin);
    }
    let many = signs.contains(&Sign::ManyLinks);
    // No sort: it would be the only one in the browser's core, and larger than all of this.
    let counts = |sign: &Sign| signs.contains(sign) && !(many && *sign == Sign::Links);
    let signs: Vec<Sign> = Sign::ALL.into_iter().filter(counts).collect();
    let points = signs.iter().map(|sign| sign.points()).sum::<i64>().min(MOST);
    Spam { points, signs }
}

pub use content::essence;
pub use seen::SEEN;

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{collections::BTreeSet, vec};

    #[track_caller]
    fn check(evidence: &Evidence<'_>, expected: &[Sign], points: i64) {
        let spam = judge(evidence, &[(Place::Name, "Ada"), (Place::Text, "Hello")]);
        assert_eq!((spam.signs.as_slice(), spam.points), (expected, points));
    }

    #[test]
    fn what_is_known_of_a_lead_gives_points() {
        let none = Evidence::default();
        check(&none, &[], 0);
        check(&Evidence { trap: Some(" "), ..none }, &[], 0);
        check(&Evidence { trap: Some("x"), ..none }, &[Sign::Trap], 100);
        check(&Evidence { seconds: Some(0), ..none }, &[Sign::Rush], 30);
        check(&Evidence { seconds: Some(2), ..none }, &[Sign::Haste], 15);
        check(&Evidence { seconds: Some(3), ..none }, &[], 0);
        check(&Evidence { work: Work::Done, ..none }, &[], 0);
        for work in [Work::Missing, Work::Spent, Work::Wrong] {
            check(&Evidence { work, ..none }, &[Sign::NoWork], 60);
        }
        check(&Evidence { work: Work::Late, ..none }, &[Sign::LateWork], 10);
        check(&Evidence { check: Check::Passed, ..none }, &[], 0);
        check(&Evidence { check: Check::Failed, ..none }, &[Sign::CheckFailed], 60);
        check(&Evidence { check: Check::Missing, ..none }, &[Sign::NoCheck], 40);
        check(&Evidence { check: Check::Unknown, ..none }, &[Sign::Unchecked], 10);
        check(&Evidence { no_origin: true, ..none }, &[Sign::NoOrigin], 10);
        check(&Evidence { from_address: 4, ..none }, &[], 0);
        let often = Evidence { from_address: 5, same_text: 1, seconds: Some(0), ..none };
        check(&often, &[Sign::SameText, Sign::Rush, Sign::Often], 100);
    }

    #[test]
    fn a_sign_counts_once_however_often_it_is_seen() {
        let texts = [(Place::Text, "<a href=x>"), (Place::Text, "[url=x]")];
        let spam = judge(&Evidence::default(), &texts);
        assert_eq!((spam.signs, spam.points), (vec![Sign::Markup], 40));
    }

    #[test]
    fn the_fact_has_points_reasons_and_signs() {
        let spam = judge(&Evidence { seconds: Some(2), ..Evidence::default() }, &[]);
        assert_eq!(
            spam.to_json().to_text(),
            r#"{"points":15,"reasons":[{"code":"spam.haste","points":15}],"signs":["spam.haste"]}"#
        );
    }

    #[test]
    fn every_sign_has_a_code_of_its_own() {
        let codes: BTreeSet<&str> = Sign::ALL.iter().map(|sign| sign.code()).collect();
        assert_eq!(codes.len(), Sign::ALL.len());
        assert!(Sign::ALL.is_sorted_by_key(|sign| (-sign.points(), *sign)));
        for sign in Sign::ALL {
            let alone = matches!(sign, Sign::Trap | Sign::NoWork | Sign::CheckFailed);
            assert_eq!(sign.points() >= MOST / 2, alone, "{sign:?}");
        }
    }
}
