//! Points and spans of time as plain numbers.
//!
//! Nothing here reads a clock: the caller says what time it is.

/// Milliseconds: a point in time since 1970-01-01T00:00:00Z without leap seconds, or a span.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Millis(pub u64);

impl Millis {
    /// A span of whole seconds; stops at the largest value.
    pub const fn from_secs(secs: u64) -> Self {
        Self(secs.saturating_mul(1000))
    }

    /// Whole seconds, rounded down.
    pub const fn as_secs(self) -> u64 {
        self.0 / 1000
    }

    /// The date and time in UTC as RFC 3339 writes it, such as `2026-11-22T07:30:00.000Z`.
    pub fn to_iso8601(self) -> alloc::string::String {
        // https://howardhinnant.github.io/date_algorithms.html#civil_from_days, for days from 1970.
        let (days, rest) = (self.0 / 86_400_000 + 719_468, self.0 % 86_400_000);
        let day_of_era = days % 146_097;
        let year_of_era =
            (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * shifted + 2) / 5 + 1;
        let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
        let year = days / 146_097 * 400 + year_of_era + u64::from(month <= 2);
        let (hour, minute) = (rest / 3_600_000, rest / 60_000 % 60);
        let (second, milli) = (rest / 1000 % 60, rest % 1000);
        alloc::format!(
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}Z"
        )
    }

    /// The date and time in UTC in the basic format of ISO 8601, such as `20261122T073000Z`.
    pub fn to_compact(self) -> alloc::string::String {
        let text = self.to_iso8601();
        let seconds = text.split('.').next().unwrap_or_default();
        let mut out: alloc::string::String =
            seconds.chars().filter(char::is_ascii_alphanumeric).collect();
        out.push('Z');
        out
    }

    /// Adds a span; stops at the largest value.
    #[must_use]
    pub const fn saturating_add(self, span: Self) -> Self {
        Self(self.0.saturating_add(span.0))
    }

    /// The span since `earlier`, or zero if `earlier` is later.
    #[must_use]
    pub const fn saturating_sub(self, earlier: Self) -> Self {
        Self(self.0.saturating_sub(earlier.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_rfc_3339_says() {
        assert_eq!(Millis(0).to_iso8601(), "1970-01-01T00:00:00.000Z");
        assert_eq!(Millis(951_868_799_999).to_iso8601(), "2000-02-29T23:59:59.999Z");
        assert_eq!(Millis(1_795_325_565_676).to_iso8601(), "2026-11-22T05:32:45.676Z");
    }

    #[test]
    fn spans_stop_at_the_ends() {
        assert_eq!(Millis(u64::MAX).saturating_add(Millis(1)), Millis(u64::MAX));
        assert_eq!(Millis(1).saturating_sub(Millis(2)), Millis(0));
        assert_eq!(Millis::from_secs(2).as_secs(), 2);
    }
}
