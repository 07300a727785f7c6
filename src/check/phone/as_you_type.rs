//! Groups the digits of a number while it is typed, as libphonenumber's formatter does.

use alloc::string::String;

use super::{
    Text,
    format::{Choices, Format, Formats, Record},
    parse, pattern, push_code,
    short::{Line, Short},
    table::{Field, Region},
    text,
};

/// Fewer digits than this are left as they are.
const FEWEST: usize = 3;
/// Templates are made for numbers of at most this many digits.
const MOST: usize = 15;
/// A field with more characters than this is shown as it is.
const LONGEST_FIELD: usize = 64;
/// Stands for a digit that has not been typed yet.
const OPEN: u8 = b':';

/// A number that is being typed. Characters that are neither digits nor a leading plus end the grouping.
///
/// At most 64 characters are kept.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct AsYouType<'a> {
    formats: &'a Formats<'a>,
    region: Option<Region>,
    /// Everything typed so far.
    typed: Short<char, LONGEST_FIELD>,
    /// The digits and the leading plus of it.
    digits: Line,
    /// What is shown before the national number: plus or IDD, calling code, national prefix.
    before: Line,
    national: Line,
    /// The national prefix that was taken off the national number.
    prefix: Line,
    /// The formats that may become that of the number, as bits by their place.
    choices: u64,
    listed: bool,
    template: Line,
    filled: usize,
    chosen: Option<Format<'a>>,
    spaced: bool,
    grouping: bool,
    foreign: bool,
    complete: bool,
    wants_code: bool,
}

/// What there is to show: what was typed, or this.
type Shown = Option<Line>;

impl<'a> AsYouType<'a> {
    /// Begins a number. One without a calling code is one of `country`, an ISO 3166 code.
    pub fn new(formats: &'a Formats<'a>, country: Option<&str>) -> Self {
        Self::begin(formats, country.unwrap_or_default().as_bytes())
    }

    fn begin(formats: &'a Formats<'a>, country: &[u8]) -> Self {
        Self {
            formats,
            region: Region::named(country).and_then(Region::main),
            typed: Short::new(),
            digits: Line::new(),
            before: Line::new(),
            national: Line::new(),
            prefix: Line::new(),
            choices: 0,
            listed: false,
            template: Line::new(),
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
        let text: Text = field.chars().collect();
        match Self::group_line(formats, country.unwrap_or_default().as_bytes(), text.as_slice()) {
            Some(line) => line.into_string(),
            None => String::from(field),
        }
    }

    /// As [`group`](Self::group); nothing for a field that stays as it is.
    pub(crate) fn group_line(
        formats: &Formats<'_>,
        country: &[u8],
        field: &[char],
    ) -> Option<Line> {
        if field.len() > LONGEST_FIELD {
            return None;
        }
        let mut typing = AsYouType::begin(formats, country);
        let mut shown = None;
        for c in field {
            let digit = text::digit(*c);
            if digit.is_some() || (typing.typed.as_slice().is_empty() && text::plus(*c)) {
                shown = typing.step(digit.map_or('+', char::from));
            }
        }
        Some(shown.unwrap_or(typing.digits))
    }

    /// Takes one more character and gives what to show for all of them.
    pub fn push(&mut self, c: char) -> String {
        match self.step(c) {
            Some(line) => line.into_string(),
            None => self.typed.as_slice().iter().collect(),
        }
    }

    fn step(&mut self, c: char) -> Shown {
        let first = self.typed.as_slice().is_empty();
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
            return self.resume();
        }
        let count = self.digits.as_slice().len();
        if count < FEWEST {
            return None;
        }
        if count == FEWEST {
            if !self.take_idd() {
                self.prefix = self.take_prefix();
                return self.choose();
            }
            self.wants_code = true;
        }
        if self.wants_code {
            self.wants_code = !self.take_code();
            let mut out = self.before;
            out.extend(self.national.as_slice());
            return Some(out);
        }
        if self.choices == 0 {
            return self.choose();
        }
        let typed = self.fill(self.digits.as_slice().last().copied().unwrap_or(b'0'));
        let whole = self.whole();
        if whole.is_some() {
            return whole;
        }
        self.narrow();
        if self.new_template() {
            return self.refill();
        }
        self.shown_typed(typed)
    }

    /// Tries a longer prefix for a number that no format fits.
    fn resume(&mut self) -> Shown {
        if self.foreign {
            return None;
        }
        if self.take_idd() {
            if !self.take_code() {
                return None;
            }
        } else if self.longer_prefix() {
            self.before.push(b' ');
        } else {
            return None;
        }
        self.grouping = true;
        self.wants_code = false;
        self.choices = 0;
        self.filled = 0;
        self.template = Line::new();
        self.chosen = None;
        self.choose()
    }

    fn longer_prefix(&mut self) -> bool {
        let prefix = self.prefix.as_slice();
        if !prefix.is_empty() {
            let mut national = self.prefix;
            national.extend(self.national.as_slice());
            self.national = national;
            let before = self.before.as_slice();
            let mut end = before.len();
            while !before.get(end..).is_some_and(|rest| rest.starts_with(prefix)) && end > 0 {
                end -= 1;
            }
            self.before.truncate(end);
        }
        self.take_prefix() != self.prefix
    }

    fn formats(&self) -> Choices<'a> {
        let code = self.region.map_or(0, Region::code);
        self.record_of(code).formats(self.listed)
    }

    fn record_of(&self, code: u16) -> Record<'a> {
        self.formats.record(code)
    }

    fn choose(&mut self) -> Shown {
        if self.national.as_slice().len() < FEWEST {
            return Some(self.shown(&self.national));
        }
        self.collect();
        let whole = self.whole();
        if whole.is_some() {
            return whole;
        }
        if self.new_template() { self.refill() } else { None }
    }

    /// Collects the formats that may become that of the number.
    fn collect(&mut self) {
        let Some(region) = self.region else { return };
        let dialled = !self.prefix.as_slice().is_empty();
        self.listed = self.complete && !dialled && self.record_of(region.code()).listed();
        let mut bit = 1;
        for format in self.formats() {
            let left_out = if dialled {
                format.bare() && !format.optional && !format.carrier
            } else {
                !self.complete && !format.bare() && !format.optional
            };
            if !left_out && format.plain() {
                self.choices |= bit;
            }
            bit <<= 1;
        }
        self.narrow();
    }

    /// Keeps the formats whose leading digits are those of the number.
    fn narrow(&mut self) {
        let national = self.national.as_slice();
        let known = national.len().saturating_sub(FEWEST) + 1;
        let mut bit = 1;
        for format in self.formats() {
            if self.choices & bit != 0 && !format.leads(national, known) {
                self.choices &= !bit;
            }
            bit <<= 1;
        }
    }

    /// The whole number in a format that takes exactly these digits.
    fn whole(&mut self) -> Shown {
        let national = self.national;
        let national = national.as_slice();
        let mut bits = self.choices;
        for format in self.formats() {
            let chosen = bits & 1 != 0;
            bits >>= 1;
            if !chosen || !format.takes(national.len()) {
                continue;
            }
            self.spaced = spaced(format);
            let mut number = Line::new();
            format.write(national, false, &mut number);
            let whole = self.shown(&number);
            let mut digits = Line::new();
            for byte in whole.as_slice() {
                if byte.is_ascii_digit() || *byte == b'+' {
                    digits.push(*byte);
                }
            }
            if digits == self.digits {
                return Some(whole);
            }
        }
        None
    }

    /// Makes the template of the first format that has room for the number.
    fn new_template(&mut self) -> bool {
        let mut bit = 1;
        for format in self.formats() {
            if self.choices & bit != 0 {
                if self.chosen.is_some_and(|chosen| chosen.same_groups(format)) {
                    return false;
                }
                let size = format.longest(MOST);
                if size >= self.national.as_slice().len() {
                    let open = [OPEN; MOST];
                    self.template = Line::new();
                    format.write(open.get(..size).unwrap_or(&open), false, &mut self.template);
                    self.chosen = Some(format);
                    self.spaced = spaced(format);
                    self.filled = 0;
                    return true;
                }
                self.choices &= !bit;
            }
            bit <<= 1;
        }
        self.grouping = false;
        false
    }

    /// Fills the template with the number.
    fn refill(&mut self) -> Shown {
        let national = self.national;
        let mut typed = Some(Line::new());
        for digit in national.as_slice() {
            typed = self.fill(*digit);
        }
        self.shown_typed(typed)
    }

    /// Puts a digit into the template; gives the template up to it.
    fn fill(&mut self, digit: u8) -> Shown {
        for (at, place) in self.template.as_mut_slice().iter_mut().enumerate().skip(self.filled) {
            if *place == OPEN {
                *place = digit;
                self.filled = at;
                let mut out = self.template;
                out.truncate(at + 1);
                return Some(out);
            }
        }
        if self.choices.is_power_of_two() {
            self.grouping = false;
        }
        self.chosen = None;
        None
    }

    fn shown_typed(&self, national: Shown) -> Shown {
        if !self.grouping {
            return None;
        }
        let mut typed = Line::new();
        for c in self.typed.as_slice() {
            typed.extend(c.encode_utf8(&mut [0; 4]).as_bytes());
        }
        Some(self.shown(&national.unwrap_or(typed)))
    }

    fn shown(&self, national: &Line) -> Line {
        let mut out = self.before;
        if self.spaced && out.as_slice().last().is_some_and(|last| *last != b' ') {
            out.push(b' ');
        }
        out.extend(national.as_slice());
        out
    }

    /// Takes what is dialled before the number inside the country off it.
    fn take_prefix(&mut self) -> Line {
        let national = self.national;
        let national = national.as_slice();
        let american = self.region.map(Region::code) == Some(1)
            && matches!(*national, [b'1', second, ..] if second > b'1');
        let mut end = 1;
        if american {
            self.before.push_str("1 ");
        } else {
            let rule = self.region.and_then(|region| region.field(Field::Prefix));
            let found = rule.and_then(|rule| pattern::prefix(rule, national));
            end = found.map_or(0, |found| found.end);
            self.before.extend(national.get(..end).unwrap_or_default());
        }
        self.complete |= end > 0;
        let mut prefix = self.national;
        prefix.truncate(end);
        self.national = Line::from(national, end);
        prefix
    }

    /// Takes what is dialled to call abroad off the number.
    fn take_idd(&mut self) -> bool {
        let digits = self.digits.as_slice();
        let plus = digits.first() == Some(&b'+');
        let end = if plus {
            1
        } else {
            let rule = self.region.and_then(|region| region.field(Field::Idd));
            match rule.and_then(|rule| pattern::prefix(rule, digits)) {
                Some(found) => found.end,
                None => return false,
            }
        };
        self.complete = true;
        self.national = Line::from(digits, end);
        self.before = self.digits;
        self.before.truncate(end);
        if !plus {
            self.before.push(b' ');
        }
        true
    }

    /// Takes the calling code off the number.
    fn take_code(&mut self) -> bool {
        let national = self.national;
        let Some((code, digits)) = parse::leading_code(national.as_slice()) else { return false };
        self.national = Line::from(national.as_slice(), digits);
        self.region = Region::with_code(code);
        push_code(&mut self.before, code);
        self.before.push(b' ');
        self.prefix = Line::new();
        true
    }
}

/// Whether a space or hyphen stands between what is dialled first and the number.
fn spaced(format: Format<'_>) -> bool {
    let (before, _) = format.rule();
    before.bytes().any(|byte| matches!(byte, b' ' | b'-'))
}
