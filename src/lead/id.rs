//! The identity of a lead: a UUID version 7 (RFC 9562), made by whoever captured it.

use alloc::string::String;
use core::{fmt, str::FromStr};

use crate::time::Millis;

/// The identity and idempotency key of a lead: a UUID version 7 (RFC 9562).
///
/// The first 48 bits are the time of capture, so ids sort by time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LeadId([u8; 16]);

/// The lengths of the groups of a UUID in hexadecimal digits.
const GROUPS: [usize; 5] = [8, 4, 4, 4, 12];

impl LeadId {
    /// Makes an id from the time of capture and ten random bytes.
    pub fn new(at: Millis, random: [u8; 10]) -> Self {
        let mut bytes = [0; 16];
        let (time, rest) = bytes.split_at_mut(6);
        time.copy_from_slice(at.0.to_be_bytes().get(2..).unwrap_or(&[0; 6]));
        rest.copy_from_slice(&random);
        bytes[6] = 0x70 | (bytes[6] & 0x0f);
        bytes[8] = 0x80 | (bytes[8] & 0x3f);
        Self(bytes)
    }

    /// The time of capture that the id states, as its maker's clock had it.
    pub fn at(self) -> Millis {
        let mut wide = [0; 8];
        let (_, low) = wide.split_at_mut(2);
        low.copy_from_slice(self.0.get(..6).unwrap_or(&[0; 6]));
        Millis(u64::from_be_bytes(wide))
    }

    /// The sixteen bytes in network order.
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// The usual text: lower-case hexadecimal digits in five groups.
    pub fn to_text(self) -> String {
        let mut out = String::with_capacity(36);
        let mut digits = self
            .0
            .iter()
            .flat_map(|byte| [byte >> 4, byte & 15])
            .filter_map(|nibble| char::from_digit(nibble.into(), 16));
        for (index, length) in GROUPS.into_iter().enumerate() {
            if index > 0 {
                out.push('-');
            }
            out.extend(digits.by_ref().take(length));
        }
        out
    }
}

impl fmt::Display for LeadId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_text())
    }
}

/// Text that is not a UUID version 7.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeadIdError;

impl fmt::Display for LeadIdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected a UUID version 7")
    }
}

impl core::error::Error for LeadIdError {}

impl FromStr for LeadId {
    type Err = LeadIdError;

    /// Reads the usual text in either case; other forms of UUIDs and other versions are refused.
    fn from_str(text: &str) -> Result<Self, LeadIdError> {
        let mut lengths = text.split('-').map(str::len);
        if !GROUPS.into_iter().all(|length| lengths.next() == Some(length))
            || lengths.next().is_some()
        {
            return Err(LeadIdError);
        }
        let mut bytes = [0; 16];
        let mut digits = text.chars().filter(|char| *char != '-').map(|char| char.to_digit(16));
        for byte in &mut bytes {
            let (Some(Some(high)), Some(Some(low))) = (digits.next(), digits.next()) else {
                return Err(LeadIdError);
            };
            *byte = u8::try_from(high * 16 + low).map_err(|_| LeadIdError)?;
        }
        let [.., version, _, variant, _, _, _, _, _, _, _] = bytes;
        if version >> 4 != 7 || variant >> 6 != 2 {
            return Err(LeadIdError);
        }
        Ok(Self(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    /// RFC 9562, appendix A.6.
    const EXAMPLE: &str = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f";

    #[test]
    fn the_example_of_the_standard_reads_and_writes() {
        let id: LeadId = EXAMPLE.parse().unwrap();
        assert_eq!(id.at(), Millis(0x017f_22e2_79b0));
        assert_eq!(id.to_string(), EXAMPLE);
        assert_eq!(EXAMPLE.to_uppercase().parse(), Ok(id));
    }

    #[test]
    fn a_new_id_has_version_and_variant_and_its_time() {
        let id = LeadId::new(Millis(1_795_325_565_676), [0xff; 10]);
        assert_eq!(id.to_text().parse(), Ok(id));
        assert_eq!(id.at(), Millis(1_795_325_565_676));
        assert!(LeadId::new(Millis(1), [0xff; 10]) < LeadId::new(Millis(2), [0; 10]));
    }

    #[test]
    fn other_texts_are_refused() {
        for text in [
            "",
            "017f22e279b07cc398c4dc0c0c07398f",
            "017f22e2-79b0-4cc3-98c4-dc0c0c07398f",
            "017f22e2-79b0-7cc3-18c4-dc0c0c07398f",
            "017f22e2-79b0-7cc3-98c4-dc0c0c07398g",
            "017f22e2-79b0-7cc3-98c4-dc0c0c07398f-",
            "017f22e2-79b0-7cc3-98c4-dc0c0c0739ä",
        ] {
            assert_eq!(text.parse::<LeadId>(), Err(LeadIdError), "{text}");
        }
        assert_eq!(LeadIdError.to_string(), "expected a UUID version 7");
    }
}
