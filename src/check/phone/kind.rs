//! What kind of service a number reaches.

/// What kind of service a number reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// Calls cost the caller more than usual.
    PremiumRate,
    /// The callee pays.
    TollFree,
    /// Caller and callee share the cost.
    SharedCost,
    /// A line over the internet.
    Voip,
    /// A number that follows a person.
    PersonalNumber,
    /// A pager.
    Pager,
    /// A company's number for the whole country.
    Uan,
    /// A mailbox for spoken messages.
    Voicemail,
    /// A line or a mobile phone: the plan of the region does not tell which.
    FixedLineOrMobile,
    /// A line in a building.
    FixedLine,
    /// A mobile phone.
    Mobile,
}

/// The kinds in the order in which the tables try them.
const KINDS: [(Kind, &str); 11] = [
    (Kind::PremiumRate, "premium_rate"),
    (Kind::TollFree, "toll_free"),
    (Kind::SharedCost, "shared_cost"),
    (Kind::Voip, "voip"),
    (Kind::PersonalNumber, "personal_number"),
    (Kind::Pager, "pager"),
    (Kind::Uan, "uan"),
    (Kind::Voicemail, "voicemail"),
    (Kind::FixedLineOrMobile, "fixed_line_or_mobile"),
    (Kind::FixedLine, "fixed_line"),
    (Kind::Mobile, "mobile"),
];

impl Kind {
    pub(super) fn of(place: u8) -> Self {
        KINDS.get(usize::from(place)).map_or(Self::Mobile, |(kind, _)| *kind)
    }

    /// The name in snake case, such as `toll_free`.
    pub fn name(self) -> &'static str {
        KINDS.get(self as usize).map_or("", |(_, name)| name)
    }
}
