//! Text to value. Bounded depth, no recursion beyond it, no panic on any input.

use alloc::{borrow::ToOwned, string::String, vec::Vec};

use super::{Found, Json, JsonError};

/// The deepest nesting of arrays and objects that is read.
pub const MAX_DEPTH: usize = 64;

/// The most members of one object. Keys are compared with each other, so that this bounds the work for hostile input.
pub const MAX_MEMBERS: usize = 1000;

/// Reads one JSON text (RFC 8259) with nothing but white space around it.
///
/// # Errors
/// Names the byte offset and what was expected there. Nesting beyond [`MAX_DEPTH`], objects beyond
/// [`MAX_MEMBERS`] and lone surrogates are errors.
pub fn parse(text: &str) -> Result<Json, JsonError> {
    let mut reader = Reader { text, at: 0 };
    let value = reader.value(0)?;
    reader.space();
    if reader.at < text.len() {
        return Err(reader.fault("the end"));
    }
    Ok(value)
}

pub(super) struct Reader<'a> {
    pub(super) text: &'a str,
    pub(super) at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn fault(&self, expected: &'static str) -> JsonError {
        let expected = if super::WORDS { expected } else { "" };
        let found = if self.at < self.text.len() { Found::Other } else { Found::End };
        JsonError { offset: self.at.min(self.text.len()), expected, found }
    }

    pub(super) fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    pub(super) fn eat(&mut self, byte: u8) -> bool {
        let hit = self.peek() == Some(byte);
        self.at += usize::from(hit);
        hit
    }

    pub(super) fn value(&mut self, depth: usize) -> Result<Json, JsonError> {
        self.space();
        match self.peek() {
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'"') => self.string().map(Json::String),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word("true", Json::Bool(true)),
            Some(b'f') => self.word("false", Json::Bool(false)),
            Some(b'n') => self.word("null", Json::Null),
            _ => Err(self.fault("a value")),
        }
    }

    fn word(&mut self, word: &'static str, value: Json) -> Result<Json, JsonError> {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        if !rest.starts_with(word.as_bytes()) {
            return Err(self.fault("a value"));
        }
        self.at += word.len();
        Ok(value)
    }

    fn object(&mut self, depth: usize) -> Result<Json, JsonError> {
        if depth >= MAX_DEPTH {
            return Err(self.fault("less nesting"));
        }
        self.at += 1;
        let mut members: Vec<(String, Json)> = Vec::new();
        self.space();
        if self.eat(b'}') {
            return Ok(Json::Object(members));
        }
        loop {
            self.space();
            if self.peek() != Some(b'"') {
                return Err(self.fault("a key in quotes"));
            }
            let key = self.string()?;
            self.space();
            if !self.eat(b':') {
                return Err(self.fault("a colon"));
            }
            let value = self.value(depth + 1)?;
            let full = members.len() == MAX_MEMBERS;
            match members.iter_mut().find(|(name, _)| *name == key) {
                Some((_, old)) => *old = value,
                None if full => return Err(self.fault("fewer members")),
                None => members.push((key, value)),
            }
            self.space();
            if self.eat(b'}') {
                return Ok(Json::Object(members));
            }
            if !self.eat(b',') {
                return Err(self.fault("a comma or a closing brace"));
            }
        }
    }

    fn array(&mut self, depth: usize) -> Result<Json, JsonError> {
        if depth >= MAX_DEPTH {
            return Err(self.fault("less nesting"));
        }
        self.at += 1;
        let mut items = Vec::new();
        self.space();
        if self.eat(b']') {
            return Ok(Json::Array(items));
        }
        loop {
            items.push(self.value(depth + 1)?);
            self.space();
            if self.eat(b']') {
                return Ok(Json::Array(items));
            }
            if !self.eat(b',') {
                return Err(self.fault("a comma or a closing bracket"));
            }
        }
    }

    fn digits(&mut self) -> bool {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        self.at > start
    }

    fn number(&mut self) -> Result<Json, JsonError> {
        let start = self.at;
        self.eat(b'-');
        if !self.eat(b'0') && !self.digits() {
            return Err(self.fault("a digit"));
        }
        if self.eat(b'.') && !self.digits() {
            return Err(self.fault("a digit"));
        }
        if self.eat(b'e') || self.eat(b'E') {
            if !self.eat(b'+') {
                self.eat(b'-');
            }
            if !self.digits() {
                return Err(self.fault("a digit"));
            }
        }
        let text = self.text.get(start..self.at).unwrap_or_default();
        Ok(Json::Number(text.to_owned()))
    }

    pub(super) fn string(&mut self) -> Result<String, JsonError> {
        self.at += 1;
        let mut out = String::new();
        loop {
            let start = self.at;
            while matches!(self.peek(), Some(byte) if byte >= b' ' && byte != b'"' && byte != b'\\')
            {
                self.at += 1;
            }
            // The run ends before an ASCII byte or at the end, so both ends are boundaries of characters.
            out.push_str(self.text.get(start..self.at).unwrap_or_default());
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => {
                    self.at += 1;
                    out.push(self.escape()?);
                }
                Some(_) => return Err(self.fault("no control character")),
                None => return Err(self.fault("a closing quote")),
            }
        }
    }

    fn escape(&mut self) -> Result<char, JsonError> {
        let byte = self.peek();
        let plain = match byte {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode(),
            _ => return Err(self.fault("an escape sequence")),
        };
        self.at += 1;
        Ok(plain)
    }

    fn unicode(&mut self) -> Result<char, JsonError> {
        self.at += 1;
        let high = self.hex()?;
        let mut point = high;
        if (0xd800..0xdc00).contains(&high) && self.eat(b'\\') && self.eat(b'u') {
            let low = self.hex()?;
            if (0xdc00..0xe000).contains(&low) {
                point = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
            }
        }
        char::from_u32(point).ok_or_else(|| self.fault("a pair of surrogates"))
    }

    fn hex(&mut self) -> Result<u32, JsonError> {
        let mut value = 0;
        for _ in 0..4 {
            let digit = self.peek().and_then(|byte| char::from(byte).to_digit(16));
            value = value * 16 + digit.ok_or_else(|| self.fault("four hexadecimal digits"))?;
            self.at += 1;
        }
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{format, string::ToString};

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(parse(text).unwrap().to_text(), expected);
    }

    #[track_caller]
    fn refuse(text: &str, offset: usize, expected: &str) {
        let error = parse(text).unwrap_err();
        assert_eq!((error.offset(), error.expected()), (offset, expected));
    }

    #[test]
    fn a_value_comes_back_as_it_was_written() {
        check(
            " { \"a\" : [ 1 , -0.50e+3, true, false, null, \"\\u00e4\\n\\ud83d\\ude00\" ] } ",
            "{\"a\":[1,-0.50e+3,true,false,null,\"ä\\n😀\"]}",
        );
        check("{}", "{}");
        check("[]", "[]");
        check("\"\"", "\"\"");
        check("12345678901234567890", "12345678901234567890");
    }

    #[test]
    fn of_a_repeated_key_the_last_value_counts() {
        check("{\"a\":1,\"b\":2,\"a\":3}", "{\"a\":3,\"b\":2}");
    }

    #[test]
    fn an_error_says_where_and_what_was_expected() {
        refuse("", 0, "a value");
        refuse("{a", 1, "a key in quotes");
        refuse("{\"a\" 1}", 5, "a colon");
        refuse("{\"a\":1", 6, "a comma or a closing brace");
        refuse("[1 2]", 3, "a comma or a closing bracket");
        refuse("1 2", 2, "the end");
        refuse("01", 1, "the end");
        refuse("1.", 2, "a digit");
        refuse("-", 1, "a digit");
        refuse("1e", 2, "a digit");
        refuse("\"a", 2, "a closing quote");
        refuse("\"\n\"", 1, "no control character");
        refuse("\"\\x\"", 2, "an escape sequence");
        refuse("\"\\u12g4\"", 5, "four hexadecimal digits");
        refuse("\"\\ud800\"", 7, "a pair of surrogates");
        refuse("\"\\ud800\\u0041\"", 13, "a pair of surrogates");
        refuse("nul", 0, "a value");
    }

    #[test]
    fn members_stop_at_the_limit() {
        let object = |count: usize| {
            let members: Vec<_> = (0..count).map(|index| format!("\"{index}\":0")).collect();
            format!("{{{}}}", members.join(","))
        };
        assert!(parse(&object(MAX_MEMBERS)).is_ok());
        assert_eq!(parse(&object(MAX_MEMBERS + 1)).unwrap_err().expected(), "fewer members");
    }

    #[test]
    fn nesting_stops_at_the_limit() {
        let fits = format!("{}{}", "[".repeat(MAX_DEPTH), "]".repeat(MAX_DEPTH));
        assert!(parse(&fits).is_ok());
        refuse(&"[".repeat(100_000), MAX_DEPTH, "less nesting");
        assert_eq!(
            parse("[").unwrap_err().to_string(),
            "JSON at byte 1: expected a value, found the end"
        );
    }
}
