//! Countries by code or name, to ISO 3166-1 alpha-2.
//!
//! Names are known in the eight languages that forms speak, and of many countries as they are called at home; they are a
//! pack (`Known::countries`, embedded as [`super::pack::COUNTRIES`]). Without it only codes of two letters are judged.

use alloc::string::String;

use super::{Known, slip::is_one_slip, text};

/// What is known about a country.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CountryAnswer {
    /// The code in ISO 3166-1 alpha-2 (and `XK`); the trimmed text where there is a problem or the names are not yet known.
    pub value: String,
    /// The code of what is wrong.
    pub problem: Option<&'static str>,
    /// The code of the country that was probably meant.
    pub suggestion: Option<String>,
    /// Whether the names of countries have to be told before the text can be judged.
    pub is_pending: bool,
}

/// Every code, one behind the other. <https://www.iso.org/iso-3166-country-codes.html>
const CODES: &str = "ADAEAFAGAIALAMAOAQARASATAUAWAXAZBABBBDBEBFBGBHBIBJBLBMBNBOBQBRBSBTBVBWBYBZCACCCDCFCGCHCICKCLCMCNCOCR\
    CUCVCWCXCYCZDEDJDKDMDODZECEEEGEHERESETFIFJFKFMFOFRGAGBGDGEGFGGGHGIGLGMGNGPGQGRGSGTGUGWGYHKHMHNHRHTHU\
    IDIEILIMINIOIQIRISITJEJMJOJPKEKGKHKIKMKNKPKRKWKYKZLALBLCLILKLRLSLTLULVLYMAMCMDMEMFMGMHMKMLMMMNMOMPMQ\
    MRMSMTMUMVMWMXMYMZNANCNENFNGNINLNONPNRNUNZOMPAPEPFPGPHPKPLPMPNPRPSPTPWPYQARERORSRURWSASBSCSDSESGSHSI\
    SJSKSLSMSNSOSRSSSTSVSXSYSZTCTDTFTGTHTJTKTLTMTNTOTRTTTVTWTZUAUGUMUSUYUZVAVCVEVGVIVNVUWFWSXKYEYTZAZMZW";

/// The shortest name in which a slip is looked for.
const MIN_SLIP: usize = 5;

/// Judges a country as it was typed or chosen.
///
/// ```
/// use leadkit::check::{Known, country, pack};
/// let known = Known { countries: Some(pack::COUNTRIES), ..Known::default() };
/// assert_eq!(country::check("Österreich", &known).value, "AT");
/// ```
pub fn check(typed: &str, known: &Known<'_>) -> CountryAnswer {
    let typed = text::trim(typed);
    let code = typed.to_ascii_uppercase();
    if is_code(&code) {
        return CountryAnswer { value: code, ..CountryAnswer::default() };
    }
    let Some(names) = known.countries else {
        return CountryAnswer { value: typed.into(), is_pending: true, ..CountryAnswer::default() };
    };
    let name = key(typed);
    if let Some(code) = find(names, |long, known| long == code || known == name) {
        return CountryAnswer { value: code.into(), ..CountryAnswer::default() };
    }
    let is_near =
        |known: &str| name.len() >= MIN_SLIP && is_one_slip(name.as_bytes(), known.as_bytes());
    CountryAnswer {
        value: typed.into(),
        problem: Some("country.unknown"),
        suggestion: find(names, |_, known| is_near(known)).map(Into::into),
        is_pending: false,
    }
}

/// Whether this is a code of two upper-case letters.
pub fn is_code(code: &str) -> bool {
    code.len() == 2 && CODES.as_bytes().chunks(2).any(|two| two == code.as_bytes())
}

/// The first country with a long code and a name that fit.
fn find(names: &str, mut fits: impl FnMut(&str, &str) -> bool) -> Option<&str> {
    names.lines().find_map(|line| {
        let (codes, names) = line.split_once(' ')?;
        let (code, long) = codes.split_at_checked(2)?;
        names.split(' ').any(|name| fits(long, name)).then_some(code)
    })
}

/// Folded letters and digits; abbreviations keep theirs.
fn key(typed: &str) -> String {
    let bare: String =
        typed.chars().filter(|c| !c.is_ascii() || c.is_ascii_alphanumeric()).collect();
    if bare.chars().count() <= 3 {
        return bare.to_ascii_lowercase();
    }
    text::fold(&bare).chars().filter(|c| !c.is_whitespace()).collect()
}

#[cfg(test)]
mod tests {
    use super::{super::pack::COUNTRIES, *};

    fn told() -> Known<'static> {
        Known { countries: Some(COUNTRIES), ..Known::default() }
    }

    #[track_caller]
    fn check_value(typed: &str, expected: &str) {
        let answer = check(typed, &told());
        assert_eq!((answer.problem, answer.value.as_str()), (None, expected), "{typed}");
    }

    #[test]
    fn codes_and_names_become_the_code_of_two_letters() {
        for (typed, expected) in [
            (" de ", "DE"),
            ("DEU", "DE"),
            ("Germany", "DE"),
            ("Deutschland", "DE"),
            ("DEUTSCHLAND", "DE"),
            ("Allemagne", "DE"),
            ("Andorre", "AD"),
            ("Francia", "FR"),
            ("Holandia", "NL"),
            ("Zwitserland", "CH"),
            ("Estônia", "EE"),
            ("Oesterreich", "AT"),
            ("Suisse", "CH"),
            ("USA", "US"),
            ("U.S.A.", "US"),
            ("united states", "US"),
            ("UK", "GB"),
            ("Großbritannien", "GB"),
            ("England", "GB"),
            ("UAE", "AE"),
            ("VAE", "AE"),
            ("Holland", "NL"),
            ("Türkei", "TR"),
            ("Tuerkei", "TR"),
            ("Turkey", "TR"),
            ("Elfenbeinküste", "CI"),
            ("Côte d'Ivoire", "CI"),
            ("Südkorea", "KR"),
            ("Česko", "CZ"),
            ("España", "ES"),
            ("Россия", "RU"),
            ("日本", "JP"),
            ("Kosovo", "XK"),
        ] {
            check_value(typed, expected);
        }
    }

    #[test]
    fn an_unknown_name_is_a_problem_with_a_suggestion() {
        let answer = check("Deutschlnd", &told());
        assert_eq!(answer.problem, Some("country.unknown"));
        assert_eq!(answer.suggestion.as_deref(), Some("DE"));
        for typed in ["", "Atlantis", "ZZ", "ZZZ", "Congo"] {
            let answer = check(typed, &told());
            assert_eq!(
                (answer.problem, answer.suggestion),
                (Some("country.unknown"), None),
                "{typed}"
            );
        }
    }

    #[test]
    fn names_wait_for_their_pack_and_codes_do_not() {
        assert!(check("Germany", &Known::default()).is_pending);
        assert_eq!(check("de", &Known::default()).value, "DE");
    }

    #[test]
    fn the_pack_has_every_code_and_folds_as_the_check_does() {
        assert_eq!(COUNTRIES.lines().count() * 2, CODES.len());
        for line in COUNTRIES.lines() {
            assert!(line.get(..2).is_some_and(is_code), "{line}");
            for name in line.split(' ').skip(1) {
                assert_eq!(key(name), name);
            }
        }
    }
}
