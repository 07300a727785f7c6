//! How far sales have come with a lead.

/// The stages that every owner has, whatever they are called there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Nobody has dealt with it.
    #[default]
    New,
    /// Somebody has been in touch.
    Contacted,
    /// It is worth an offer.
    Qualified,
    /// It became a customer.
    Won,
    /// It will not become one.
    Lost,
}

impl Stage {
    /// Every stage, in the order in which leads go through them.
    pub const ALL: [Self; 5] = [Self::New, Self::Contacted, Self::Qualified, Self::Won, Self::Lost];

    /// A stable word for programs and for storage.
    pub const fn code(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Contacted => "contacted",
            Self::Qualified => "qualified",
            Self::Won => "won",
            Self::Lost => "lost",
        }
    }

    /// The stage of this word.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.code() == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_stage_is_known_by_its_word() {
        for stage in Stage::ALL {
            assert_eq!(Stage::parse(stage.code()), Some(stage));
        }
        assert_eq!(Stage::parse("Won"), None);
        assert_eq!(Stage::default().code(), "new");
    }
}
