//! From a JSON Pointer to a line and a column, for error messages about a file.

use super::parse::Reader;

/// A place in a text as editors count: both numbers start at 1, columns count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

/// The line and column of a byte offset; an offset beyond the end gives the end.
pub fn position(text: &str, offset: usize) -> Position {
    let mut place = Position { line: 1, column: 1 };
    for (_, char) in text.char_indices().take_while(|(at, _)| *at < offset) {
        if char == '\n' {
            place = Position { line: place.line + 1, column: 1 };
        } else {
            place.column += 1;
        }
    }
    place
}

/// The byte offset of the value that a JSON Pointer (RFC 6901) names in a JSON text.
///
/// A pointer that leads to nothing gives the deepest value on its way that exists, so that an error about a missing
/// member points to the object that lacks it.
pub fn locate(text: &str, pointer: &str) -> usize {
    let mut reader = Reader { text, at: 0 };
    reader.space();
    let mut found = reader.at;
    for token in pointer.split('/').skip(1) {
        let key = token.replace("~1", "/").replace("~0", "~");
        match enter(&mut reader, &key) {
            Some(at) => found = at,
            None => break,
        }
    }
    found
}

/// Moves the reader from the start of a container to the start of its value under `key`.
fn enter(reader: &mut Reader<'_>, key: &str) -> Option<usize> {
    let object = reader.eat(b'{');
    if !object && !reader.eat(b'[') {
        return None;
    }
    let mut last = None;
    let mut index = 0_usize;
    loop {
        reader.space();
        let hit = if object {
            let name = if reader.eat(b'"') {
                reader.at -= 1;
                reader.string().ok()?
            } else {
                break;
            };
            reader.space();
            reader.eat(b':').then_some(())?;
            name == key
        } else {
            key.parse() == Ok(index)
        };
        reader.space();
        let start = reader.at;
        if reader.value(0).is_err() {
            break;
        }
        if hit {
            last = Some(start);
        }
        index += 1;
        reader.space();
        if !reader.eat(b',') {
            break;
        }
    }
    reader.at = last?;
    last
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "{\n  \"forms\": [\n    {\"näme\": 1, \"type\": true}\n  ],\n  \"a/b\": {}\n}";

    #[track_caller]
    fn check(pointer: &str, line: usize, column: usize) {
        assert_eq!(position(TEXT, locate(TEXT, pointer)), Position { line, column });
    }

    #[test]
    fn a_pointer_gives_line_and_column() {
        check("", 1, 1);
        check("/forms", 2, 12);
        check("/forms/0", 3, 5);
        check("/forms/0/type", 3, 25);
        check("/a~1b", 5, 10);
    }

    #[test]
    fn what_is_missing_gives_the_place_that_lacks_it() {
        check("/forms/0/label", 3, 5);
        check("/forms/7", 2, 12);
        check("/nothing/at/all", 1, 1);
    }

    #[test]
    fn any_text_and_pointer_is_harmless() {
        for text in ["", "{", "[", "{\"a\"", "{\"a\":", "[1,", "x"] {
            for pointer in ["", "/", "/a", "/0", "a", "/~", "/a/b/c"] {
                assert!(locate(text, pointer) <= text.len());
            }
        }
    }
}
