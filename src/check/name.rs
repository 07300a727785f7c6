//! Names of persons, in any script.
//!
//! No name is wrong: nothing is refused, no letter changed. What speaks against a name are signals for rules.

use alloc::{string::String, vec::Vec};

use super::junk;

/// What is known about the name of a person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NameAnswer {
    /// The name on one line, without invisible signs. Empty where nothing visible was typed.
    pub value: String,
    /// What speaks against a name: `url`, `email`, `long`, `no_letters`, `digits`, `keyboard`, `repeated`, `no_vowel`,
    /// `placeholder`, `mixed_script`.
    pub signals: Vec<&'static str>,
}

/// Reads the name of a person.
///
/// ```
/// use leadkit::check::name;
/// assert_eq!(name::check("  Ana\u{200b}  Núñez ").value, "Ana Núñez");
/// assert_eq!(name::check("asdf").signals, ["keyboard", "placeholder"]);
/// ```
pub fn check(typed: &str) -> NameAnswer {
    let value = junk::tidy(typed);
    let mut signals = junk::signals(&value);
    if value.bytes().any(|byte| byte.is_ascii_digit()) {
        signals.push("digits");
    }
    NameAnswer { value, signals }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_signals(typed: &str, expected: &[&str]) {
        assert_eq!(check(typed).signals, expected, "{typed}");
    }

    #[test]
    fn names_of_people_have_no_signals() {
        for name in [
            "Max Müller",
            "Ng",
            "O'Neil",
            "Jean-Luc d'Arc",
            "María José",
            "Владимир Иванов",
            "山田太郎",
            "محمد علي",
            "Zbigniew Brzęczyszczykiewicz",
            "Schwarz",
            "Krzysztof",
            "Nguyễn Văn An",
            "X Æ",
            "Bo",
            "Lynn Wynn",
            "Anna Hannah",
            "Sr.",
            "Vlk",
            "Smrž",
            "Bar-Lev",
            "Aaltje",
            "Test-Müller",
            "Fredericks",
            "Dewey",
            "Mimi",
            "Coco",
            "Lala",
            "Barbara",
            "Wert",
            "Henry III",
            "Liberty",
            "Hrvoje",
            "Kahless",
            "Ιωάννης",
        ] {
            check_signals(name, &[]);
        }
    }

    #[test]
    fn what_is_no_name_has_signals() {
        check_signals("asdfgh", &["keyboard"]);
        check_signals("qwertz", &["keyboard"]);
        check_signals("lkjhg", &["keyboard", "no_vowel"]);
        check_signals("Test", &["placeholder"]);
        check_signals("test test", &["placeholder"]);
        check_signals("xxxx", &["repeated"]);
        check_signals("hahahaha", &["repeated"]);
        check_signals("dfgtrv", &["no_vowel"]);
        check_signals("visit www.example.com", &["url"]);
        check_signals("max@example.org", &["url", "email"]);
        check_signals("12345", &["no_letters", "digits"]);
        check_signals("...", &["no_letters"]);
        check_signals("Mаx", &["mixed_script"]);
        check_signals("", &[]);
        assert!(check(&"Max ".repeat(40)).signals.contains(&"long"));
    }
}
