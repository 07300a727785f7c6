//! Groups the digits of a number while it is typed, as libphonenumber's formatter does.

use alloc::{string::String, vec::Vec};

use super::{
    format::{Format, Formats, Record},
    pattern, push, push_code,
    table::{Field, Region},
    text,
};

/// Fewer digits than this are left as they are.
const FEWEST: usize = 3;
/// Templates are made for numbers of at most this many digits.
const MOST: usize = 15;
/// Stands for a digit that has not been typed yet.
const OPEN: u8 = b'9' + 1;

/// A number that is being typed. Characters that are neither digits nor a leading plus end the grouping.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct AsYouType<'a> {
    formats: &'a Formats<'a>,
    region: Option<Region>,
    /// Everything typed so far.
    typed: String,
    /// The digits and the leading plus of it.
    digits: Vec<u8>,
    /// What is shown before the national number: plus or IDD, calling code, national prefix.
    before: String,
    national: Vec<u8>,
    /// The national prefix that was taken off the national number.
    prefix: Vec<u8>,
    choices: Vec<Format<'a>>,
    template: Vec<u8>,
    filled: usize,
    chosen: Option<Format<'a>>,
    spaced: bool,
    grouping: bool,
    foreign: bool,
    complete: bool,
    wants_code: bool,
}

impl<'a> AsYouType<'a> {
    /// Begins a number. One without a calling code is one of `country`, an ISO 3166 code.
    pub fn new(formats: &'a Formats<'a>, country: Option<&str>) -> Self {
        let region = country.and_then(Region::named).and_then(Region::main);
        Self {
            formats,
            region,
            typed: String::new(),
            digits: Vec::new(),
            before: String::new(),
            national: Vec::new(),
            prefix: Vec::new(),
            choices: Vec::new(),
            template: Vec::new(),
            filled: 0,
            chosen: None,
            spaced: false,
            grouping: true,
            foreign: false,
            complete: false,
            wants_code: false,
        }
    }

    /// Groups what is in a field: its digits and its leading plus, whatever else stands between them.
    pub fn group(formats: &Formats<'_>, country: Option<&str>, field: &str) -> String {
        let mut typing = AsYouType::new(formats, country);
        let mut shown = String::new();
        for c in field.chars() {
            if text::digit(c).is_some() || (shown.is_empty() && text::plus(c)) {
                shown = typing.push(c);
            }
        }
        shown
    }

    /// Takes one more character and gives what to show for all of them.
    pub fn push(&mut self, c: char) -> String {
        let first = self.typed.is_empty();
        self.typed.push(c);
        if let Some(digit) = text::digit(c) {
            self.digits.push(digit);
            self.national.push(digit);
        } else if first && text::plus(c) {
            self.digits.push(b'+');
        } else {
            self.grouping = false;
            self.foreign = true;
        }
        if !self.grouping {
            return self.resume().unwrap_or_else(|| self.typed.clone());
        }
        match self.digits.len() {
            ..FEWEST => return self.typed.clone(),
            FEWEST if self.take_idd() => self.wants_code = true,
            FEWEST => {
                self.prefix = self.take_prefix();
                return self.choose();
            }
            _ => {}
        }
        if self.wants_code {
            self.wants_code = !self.take_code();
            let mut out = self.before.clone();
            push(&mut out, &self.national);
            return out;
        }
        if self.choices.is_empty() {
            return self.choose();
        }
        let last = self.digits.last().copied().unwrap_or(b'0');
        let typed = self.fill(last);
        if let Some(whole) = self.whole() {
            return whole;
        }
        self.narrow();
        if self.new_template() {
            return self.refill();
        }
        if self.grouping { self.shown(&typed) } else { self.typed.clone() }
    }

    /// Tries a longer prefix for a number that no format fits.
    fn resume(&mut self) -> Option<String> {
        if self.foreign {
            return None;
        }
        if self.take_idd() {
            if !self.take_code() {
                return None;
            }
        } else if self.longer_prefix() {
            self.before.push(' ');
        } else {
            return None;
        }
        self.grouping = true;
        self.wants_code = false;
        self.choices.clear();
        self.filled = 0;
        self.template.clear();
        self.chosen = None;
        Some(self.choose())
    }

    fn longer_prefix(&mut self) -> bool {
        if !self.prefix.is_empty() {
            self.national.splice(..0, self.prefix.iter().copied());
            let prefix = core::str::from_utf8(&self.prefix).unwrap_or_default();
            let before = self.before.rfind(prefix).unwrap_or(self.before.len());
            self.before.truncate(before);
        }
        let before = core::mem::take(&mut self.prefix);
        let now = self.take_prefix();
        let longer = before != now;
        self.prefix = before;
        longer
    }

    fn record(&self) -> Option<Record<'a>> {
        Some(self.formats.record(self.region?.code()))
    }

    fn choose(&mut self) -> String {
        if self.national.len() < FEWEST {
            return self.shown_national();
        }
        self.collect();
        if let Some(whole) = self.whole() {
            return whole;
        }
        if self.new_template() { self.refill() } else { self.typed.clone() }
    }

    /// Collects the formats that may become that of the number.
    fn collect(&mut self) {
        let Some(record) = self.record() else { return };
        let dialled = !self.prefix.is_empty();
        let abroad = self.complete && !dialled;
        for format in record.formats(abroad && record.listed()) {
            let left_out = if dialled {
                format.bare() && !format.optional && !format.carrier
            } else {
                !self.complete && !format.bare() && !format.optional
            };
            if !left_out && format.plain() {
                self.choices.push(format);
            }
        }
        self.narrow();
    }

    /// Keeps the formats whose leading digits are those of the number.
    fn narrow(&mut self) {
        let known = self.national.len().saturating_sub(FEWEST);
        let national = &self.national;
        self.choices.retain(|format| {
            let leading = format.leading().take(known + 1).last();
            leading.is_none_or(|leading| pattern::prefix(leading, national).is_some())
        });
    }

    /// The whole number in a format that takes exactly these digits.
    fn whole(&mut self) -> Option<String> {
        for format in self.choices.clone() {
            if !format.takes(self.national.len()) {
                continue;
            }
            self.spaced = spaced(format);
            let mut number = String::new();
            format.write(&self.national, ("", ""), &mut number);
            let whole = self.shown(&number);
            let diallable = |byte: &u8| byte.is_ascii_digit() || *byte == b'+';
            if whole.bytes().filter(diallable).eq(self.digits.iter().copied()) {
                return Some(whole);
            }
        }
        None
    }

    /// Makes the template of the first format that has room for the number.
    fn new_template(&mut self) -> bool {
        while let Some(format) = self.choices.first().copied() {
            if self.chosen.is_some_and(|chosen| chosen.groups().eq(format.groups())) {
                return false;
            }
            let size = format.longest(MOST);
            if size >= self.national.len() {
                let mut template = String::new();
                format.write(&[OPEN; MOST][..size.min(MOST)], ("", ""), &mut template);
                self.template = template.into_bytes();
                self.chosen = Some(format);
                self.spaced = spaced(format);
                self.filled = 0;
                return true;
            }
            self.choices.remove(0);
        }
        self.grouping = false;
        false
    }

    /// Fills the template with the number.
    fn refill(&mut self) -> String {
        let mut typed = String::new();
        for digit in self.national.clone() {
            typed = self.fill(digit);
        }
        if self.national.is_empty() {
            self.before.clone()
        } else if self.grouping {
            self.shown(&typed)
        } else {
            self.typed.clone()
        }
    }

    /// Puts a digit into the template; gives the template up to it.
    fn fill(&mut self, digit: u8) -> String {
        let open =
            self.template.iter().enumerate().skip(self.filled).find(|(_, byte)| **byte == OPEN);
        let Some(at) = open.map(|(at, _)| at) else {
            if self.choices.len() == 1 {
                self.grouping = false;
            }
            self.chosen = None;
            return self.typed.clone();
        };
        if let Some(place) = self.template.get_mut(at) {
            *place = digit;
        }
        self.filled = at;
        let mut out = String::new();
        push(&mut out, self.template.get(..=at).unwrap_or_default());
        out
    }

    fn shown(&self, national: &str) -> String {
        let mut out = self.before.clone();
        if self.spaced && !out.is_empty() && !out.ends_with(' ') {
            out.push(' ');
        }
        out.push_str(national);
        out
    }

    fn shown_national(&self) -> String {
        let mut national = String::new();
        push(&mut national, &self.national);
        self.shown(&national)
    }

    /// Takes what is dialled before the number inside the country off it.
    fn take_prefix(&mut self) -> Vec<u8> {
        let american = self.region.map(Region::code) == Some(1)
            && matches!(*self.national, [b'1', second, ..] if second > b'1');
        let end = if american {
            self.before.push_str("1 ");
            1
        } else {
            let rule = self.region.and_then(|region| region.field(Field::Prefix));
            let end = rule.and_then(|rule| pattern::prefix(rule, &self.national));
            let end = end.map_or(0, |found| found.end).min(self.national.len());
            push(&mut self.before, self.national.get(..end).unwrap_or_default());
            end
        };
        self.complete |= end > 0;
        let rest = self.national.split_off(end);
        core::mem::replace(&mut self.national, rest)
    }

    /// Takes what is dialled to call abroad off the number.
    fn take_idd(&mut self) -> bool {
        let plus = self.digits.first() == Some(&b'+');
        let rule = self.region.and_then(|region| region.field(Field::Idd));
        let end = if plus {
            Some(1)
        } else {
            rule.and_then(|rule| pattern::prefix(rule, &self.digits)).map(|found| found.end)
        };
        let Some((idd, national)) = end.and_then(|end| self.digits.split_at_checked(end)) else {
            return false;
        };
        self.complete = true;
        self.national = national.to_vec();
        self.before.clear();
        push(&mut self.before, idd);
        if !plus {
            self.before.push(' ');
        }
        true
    }

    /// Takes the calling code off the number.
    fn take_code(&mut self) -> bool {
        let Some((code, digits)) = super::parse::leading_code(&self.national) else { return false };
        self.national.drain(..digits);
        self.region = Region::with_code(code).next();
        push_code(&mut self.before, code);
        self.before.push(' ');
        self.prefix.clear();
        true
    }
}

/// Whether a space or hyphen stands between what is dialled first and the number.
fn spaced(format: Format<'_>) -> bool {
    let (before, after) = format.rule();
    before.contains([' ', '-']) || after.contains([' ', '-'])
}
