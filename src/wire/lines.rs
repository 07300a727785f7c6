//! JSON Lines: one value in, one value out, and a line that cannot be read does not stop the run.

use alloc::string::{String, ToString};

use super::json::{self, Json};

/// Answers each line of `bytes`, of which the first has the number `first` in its file. Empty lines are passed over.
///
/// A line that is not UTF-8 or not JSON is answered with `{"id":null,"error":{"code","message"}}`; the message names the
/// line and what was expected, and nothing of what it held.
pub fn answer(bytes: &[u8], first: u64, mut answer: impl FnMut(&Json) -> Json) -> String {
    let mut out = String::new();
    for (number, line) in (first..).zip(bytes.split(|byte| *byte == b'\n')) {
        let text = core::str::from_utf8(line).map(str::trim);
        if text != Ok("") {
            let answered = match text {
                Err(_) => fault(number, "text_invalid", "expected UTF-8"),
                Ok(text) => match json::parse(text) {
                    Ok(value) => answer(&value),
                    Err(error) => fault(number, "json_invalid", &error.to_string()),
                },
            };
            out.push_str(&answered.to_text());
            out.push('\n');
        }
    }
    out
}

fn fault(line: u64, code: &str, sentence: &str) -> Json {
    let mut message = String::from("line ");
    message.push_str(&Json::uint(line).to_text());
    message.push_str(": ");
    message.push_str(sentence);
    let error = Json::object([("code", Json::str(code)), ("message", Json::String(message))]);
    Json::object([("id", Json::Null), ("error", error)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_has_its_answer_and_a_bad_one_does_not_stop_the_run() {
        let id = |value: &Json| value.member("id").cloned().unwrap_or_default();
        let out = answer(b"{\"id\":1}\r\n\n{\"id\"\n\xff\n{\"id\":\"x\"}", 7, id);
        let expected = concat!(
            "1\n",
            "{\"id\":null,\"error\":{\"code\":\"json_invalid\",",
            "\"message\":\"line 9: JSON at byte 5: expected a colon, found the end\"}}\n",
            "{\"id\":null,\"error\":{\"code\":\"text_invalid\",\"message\":\"line 10: expected UTF-8\"}}\n",
            "\"x\"\n"
        );
        assert_eq!(out, expected);
    }
}
