//! How a lead ends: every lead that ends has an [`Outcome`], and every one that is not delivered a [`DropReason`].
//!
//! The lists are closed, so that counters add up and nothing is lost without a word for it.

/// Why a delivery ended without success.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DropReason {
    /// The visitor did not agree to the purpose of the destination.
    ConsentMissing,
    /// The platform that it came from says that it is a test.
    TestLead,
    /// The receiver will never take this content.
    Refused,
    /// The receiver wants nothing any more.
    Gone,
    /// The receiver failed for as long as attempts are made.
    Expired,
    /// The destination is not in the configuration any more.
    DestinationMissing,
    /// The address is private, not HTTPS, or no address at all.
    AddressRefused,
    /// What was to be done has been undone, or done anew, since.
    Superseded,
}

impl DropReason {
    /// Every reason.
    pub const ALL: [Self; 8] = [
        Self::ConsentMissing,
        Self::TestLead,
        Self::Refused,
        Self::Gone,
        Self::Expired,
        Self::DestinationMissing,
        Self::AddressRefused,
        Self::Superseded,
    ];

    /// A stable word for programs and for storage.
    pub const fn code(self) -> &'static str {
        match self {
            Self::ConsentMissing => "consent_missing",
            Self::TestLead => "test_lead",
            Self::Refused => "refused",
            Self::Gone => "gone",
            Self::Expired => "expired",
            Self::DestinationMissing => "destination_missing",
            Self::AddressRefused => "address_refused",
            Self::Superseded => "superseded",
        }
    }
}

/// How a delivery ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The destination took it.
    Delivered,
    /// It lies in place, with a reason, and can be replayed.
    Dead(DropReason),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_has_its_own_word() {
        let mut words: alloc::vec::Vec<_> = DropReason::ALL.map(DropReason::code).into();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), DropReason::ALL.len());
    }
}
