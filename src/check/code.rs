//! The problem codes, in one table.

/// Every problem code that a form or a check can give, sorted. Each has a sentence in every locale.
pub const CODES: &[&str] = &[
    "choice.single",
    "choice.unknown",
    "consent.required",
    "country.unknown",
    "date.day",
    "date.syntax",
    "date.year",
    "email.domain",
    "email.local",
    "email.syntax",
    "email.too_long",
    "email.utf8",
    "iban.checksum",
    "iban.country",
    "iban.length",
    "iban.syntax",
    "number.max",
    "number.min",
    "number.syntax",
    "phone.country",
    "phone.invalid",
    "phone.syntax",
    "phone.too_long",
    "phone.too_short",
    "postcode.syntax",
    "required",
    "tax_id.checksum",
    "tax_id.country",
    "tax_id.syntax",
    "too_long",
    "too_short",
    "url.host",
    "url.scheme",
    "url.syntax",
    "value.type",
    "vat.checksum",
    "vat.country",
    "vat.syntax",
];

#[cfg(test)]
mod tests {
    use super::CODES;

    #[test]
    fn codes_are_sorted_and_unique() {
        assert!(CODES.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
