//! VAT identification numbers of the European Union, Northern Ireland, Great Britain, Switzerland and Norway, with their
//! check digits.
//!
//! Whether the number was given to anybody is not decided here; VIES tells. The national rules are in `rule.rs`.
//! Forms: <https://ec.europa.eu/taxation_customs/vies/#/faq>

mod birth;
mod rule;

use alloc::string::String;

use super::text;

/// What is known about a VAT number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VatAnswer {
    /// The number with its prefix, in upper case and without separators; as typed, so compacted, where its country is
    /// unknown.
    pub value: String,
    /// The code of what is wrong.
    pub problem: Option<&'static str>,
    /// The country as ISO 3166-1 alpha-2, where the number tells it.
    pub country: Option<&'static str>,
}

/// Prefix and country of every number that is judged.
const COUNTRIES: [(&str, &str); 32] = [
    ("AT", "AT"),
    ("BE", "BE"),
    ("BG", "BG"),
    ("CH", "CH"),
    ("CY", "CY"),
    ("CZ", "CZ"),
    ("DE", "DE"),
    ("DK", "DK"),
    ("EE", "EE"),
    ("EL", "GR"),
    ("ES", "ES"),
    ("FI", "FI"),
    ("FR", "FR"),
    ("GB", "GB"),
    ("GR", "GR"),
    ("HR", "HR"),
    ("HU", "HU"),
    ("IE", "IE"),
    ("IT", "IT"),
    ("LT", "LT"),
    ("LU", "LU"),
    ("LV", "LV"),
    ("MT", "MT"),
    ("NL", "NL"),
    ("NO", "NO"),
    ("PL", "PL"),
    ("PT", "PT"),
    ("RO", "RO"),
    ("SE", "SE"),
    ("SI", "SI"),
    ("SK", "SK"),
    ("XI", "GB"),
];

/// Judges a VAT number as it was typed. `country` (ISO 3166-1 alpha-2 in any case, or empty) is where a number without
/// prefix belongs; the prefix in the number comes first.
///
/// ```
/// use leadkit::check::vat;
/// let answer = vat::check("136.695.976", "de");
/// assert_eq!((answer.problem, answer.value.as_str()), (None, "DE136695976"));
/// ```
pub fn check(text: &str, country: &str) -> VatAnswer {
    let compact = text::compact(text);
    let country = country.to_ascii_uppercase();
    let named = judge_named(&compact);
    if let Some(answer) = &named
        && answer.problem.is_none()
    {
        return answer.clone();
    }
    // A French number may begin with the letters of another country.
    let home = home(&country).map(|(prefix, iso)| judge(&compact, prefix, iso));
    match (named, home) {
        (_, Some(home)) if home.problem.is_none() => home,
        (Some(named), _) => named,
        (None, Some(home)) => home,
        (None, None) => VatAnswer { value: compact, problem: Some("vat.country"), country: None },
    }
}

/// Judges a number by the prefix that it begins with.
fn judge_named(compact: &str) -> Option<VatAnswer> {
    let (start, body) = compact.split_at_checked(2)?;
    let (prefix, iso) = COUNTRIES.iter().find(|(prefix, _)| *prefix == start)?;
    Some(judge(body, prefix, iso))
}

fn home(country: &str) -> Option<(&'static str, &'static str)> {
    COUNTRIES.iter().find(|(_, iso)| *iso == country).copied()
}

fn judge(body: &str, prefix: &str, iso: &'static str) -> VatAnswer {
    let prefix = if prefix == "GR" { "EL" } else { prefix };
    let body = rule::complete(prefix, body);
    let problem = rule::judge(prefix, &body).err();
    VatAnswer { value: [prefix, &body].concat(), problem, country: Some(iso) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_problem(text: &str, expected: Option<&'static str>) {
        assert_eq!(check(text, "").problem, expected, "{text}");
    }

    #[test]
    fn right_numbers_of_every_country_are_taken() {
        for text in [
            "ATU13585627",
            "BE0403019261",
            "BG175074752",
            "CHE107787577MWST",
            "CY10259033P",
            "CZ25123891",
            "DE136695976",
            "DK13585628",
            "EE100931558",
            "EL094259216",
            "ESB58378431",
            "FI20774740",
            "FR40303265045",
            "GB980780684",
            "GBGD001",
            "HR33392005961",
            "HU12892312",
            "IE6433435F",
            "IT00743110157",
            "LT119511515",
            "LU15027442",
            "LV40003521600",
            "MT11679112",
            "NL004495445B01",
            "NO974760673MVA",
            "PL8567346215",
            "PT501964843",
            "RO18547290",
            "SE123456789701",
            "SI50223054",
            "SK2022749619",
            "XI980780684",
        ] {
            check_problem(text, None);
        }
    }

    #[test]
    fn the_country_stands_in_for_a_missing_prefix() {
        assert_eq!(check("136 695 976", "DE").value, "DE136695976");
        assert_eq!(check("094259216", "GR").value, "EL094259216");
        assert_eq!(check("GR 094259216", "").value, "EL094259216");
        assert_eq!(check("ATU13585627", "DE").country, Some("AT"));
        assert_eq!(check("CHE-107.787.577 MWST", "CH").value, "CHE107787577MWST");
        assert_eq!(check("403.019.261", "BE").value, "BE0403019261");
    }

    #[test]
    fn each_fault_has_its_code() {
        check_problem("", Some("vat.country"));
        check_problem("136695976", Some("vat.country"));
        check_problem("US123456789", Some("vat.country"));
        check_problem("DE13669597", Some("vat.syntax"));
        check_problem("DE13669597X", Some("vat.syntax"));
        check_problem("DE136695978", Some("vat.checksum"));
        check_problem("NL004495445C01", Some("vat.syntax"));
        check_problem("ESX", Some("vat.syntax"));
        check_problem("FRä0303265045", Some("vat.syntax"));
    }
}
