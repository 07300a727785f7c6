//! What becomes of a delivery after an attempt.
//!
//! At least once: only a 2xx is success. Trouble is tried again for seven days, wrong keys wait for a person, and what the
//! receiver will never take is dead, in place and ready to be replayed.

use crate::{
    random::Random,
    report::DropReason,
    time::Millis,
    wire::answer::{Meaning, meaning, retry_after},
};

/// How long after its first attempt a delivery is tried again.
pub const WINDOW: Millis = Millis::from_secs(7 * 86_400);
/// The longest span that a receiver may ask for.
pub const LONGEST_WAIT: Millis = Millis::from_secs(86_400);
/// The spans between attempts in seconds; the last one repeats until the window closes.
const SCHEDULE: [u64; 12] =
    [5, 15, 45, 120, 300, 900, 1800, 3600, 2 * 3600, 4 * 3600, 8 * 3600, 12 * 3600];

/// What came back from a receiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reply<'a> {
    /// A response with this status and perhaps a `Retry-After` header.
    Status(u16, Option<&'a str>),
    /// A response whose destination says what it means.
    Told(u16, Meaning, Option<&'a str>),
    /// No response, with a word for why.
    Failed(&'a str),
    /// The request could not be made: this lead can never go there, with a word for why.
    Unfit(&'a str),
    /// The request could not be made: the address is not one that may be called.
    Forbidden,
    /// The request could not be made: a setting or a secret is missing, with a word for it.
    Unready(&'a str),
    /// Several leads were refused together, so many: they go again in smaller parts.
    Split(u16, u64),
    /// Nothing was tried yet: to be begun again at this time.
    Wait(Millis),
}

impl<'a> Reply<'a> {
    /// The status that came, and the word for what went wrong.
    pub const fn told(self) -> (Option<u16>, Option<&'a str>) {
        match self {
            Self::Status(status, _) | Self::Told(status, _, _) | Self::Split(status, _) => {
                (Some(status), None)
            }
            Self::Failed(code) | Self::Unfit(code) | Self::Unready(code) => (None, Some(code)),
            Self::Forbidden => (None, Some("address_refused")),
            Self::Wait(_) => (None, Some("token_awaited")),
        }
    }
}

/// What becomes of the delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// The destination took it.
    Done,
    /// Try again at this time.
    Again(Millis),
    /// Try again at once, with so many others at most in one request.
    Split(u64),
    /// Nothing was tried: begin again at this time.
    Later(Millis),
    /// Wait for a person, because nothing succeeds until one acts.
    Parked,
    /// Ended; can be replayed.
    Dead(DropReason),
}

impl Next {
    /// The word in storage.
    pub const fn state(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Again(_) | Self::Split(_) | Self::Later(_) => "due",
            Self::Parked => "parked",
            Self::Dead(_) => "dead",
        }
    }
}

/// Decides after attempt number `attempt` (from 1, counted since the last replay) of a delivery first tried at `first`.
pub fn settle(
    attempt: u64,
    first: Millis,
    reply: Reply<'_>,
    now: Millis,
    random: &mut Random,
) -> Next {
    let (what, asked) = match reply {
        Reply::Status(status, header) => {
            (meaning(status), header.and_then(|text| retry_after(text, now)))
        }
        Reply::Told(_, told, header) => (told, header.and_then(|text| retry_after(text, now))),
        Reply::Failed(_) => (Meaning::Retry, None),
        Reply::Unfit(_) => return Next::Dead(DropReason::Refused),
        Reply::Forbidden => return Next::Dead(DropReason::AddressRefused),
        Reply::Unready(_) => return Next::Parked,
        Reply::Split(_, several) => return Next::Split((several / 2).max(1)),
        Reply::Wait(at) => return Next::Later(at),
    };
    match what {
        Meaning::Done => Next::Done,
        Meaning::Denied => Next::Parked,
        Meaning::Gone => Next::Dead(DropReason::Gone),
        Meaning::Refused | Meaning::TooLarge => Next::Dead(DropReason::Refused),
        Meaning::Retry | Meaning::Moved if now.saturating_sub(first) >= WINDOW => {
            Next::Dead(DropReason::Expired)
        }
        Meaning::Retry | Meaning::Moved => {
            let asked = asked.unwrap_or_default().min(LONGEST_WAIT);
            Next::Again(now.saturating_add(wait(attempt, random).max(asked)))
        }
    }
}

/// The span after an attempt, up to a fifth shorter or longer than the schedule says, so that receivers are not met by waves.
fn wait(attempt: u64, random: &mut Random) -> Millis {
    let index = usize::try_from(attempt.saturating_sub(1)).unwrap_or(usize::MAX);
    let secs = SCHEDULE.get(index).or(SCHEDULE.last()).copied().unwrap_or_default();
    let span = secs * 1000;
    Millis(span - span / 5 + random.below(span / 5 * 2 + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Millis = Millis(1_795_325_565_676);

    #[track_caller]
    fn check(reply: Reply<'_>, expected: Next) {
        assert_eq!(settle(1, NOW, reply, NOW, &mut Random::new(1)), expected);
    }

    #[track_caller]
    fn waited(attempt: u64, reply: Reply<'_>) -> u64 {
        match settle(attempt, NOW, reply, NOW, &mut Random::new(attempt)) {
            Next::Again(at) => at.saturating_sub(NOW).0,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn only_a_success_is_delivered() {
        check(Reply::Status(200, None), Next::Done);
        check(Reply::Status(204, None), Next::Done);
    }

    #[test]
    fn what_is_never_taken_is_dead_and_says_why() {
        check(Reply::Status(400, None), Next::Dead(DropReason::Refused));
        check(Reply::Status(404, None), Next::Dead(DropReason::Refused));
        check(Reply::Status(413, None), Next::Dead(DropReason::Refused));
        check(Reply::Status(410, None), Next::Dead(DropReason::Gone));
        check(Reply::Forbidden, Next::Dead(DropReason::AddressRefused));
    }

    #[test]
    fn what_a_destination_says_counts_more_than_the_status() {
        check(Reply::Told(404, Meaning::Denied, None), Next::Parked);
        check(Reply::Told(207, Meaning::Refused, None), Next::Dead(DropReason::Refused));
        check(Reply::Unfit("email_missing"), Next::Dead(DropReason::Refused));
        assert_eq!(waited(1, Reply::Told(403, Meaning::Retry, Some("60"))), 60_000);
    }

    #[test]
    fn a_wrong_key_waits_for_a_person() {
        check(Reply::Status(401, None), Next::Parked);
        check(Reply::Status(403, None), Next::Parked);
        check(Reply::Unready("setting_missing"), Next::Parked);
    }

    #[test]
    fn what_was_refused_together_goes_again_in_halves() {
        check(Reply::Split(400, 100), Next::Split(50));
        check(Reply::Split(207, 3), Next::Split(1));
        check(Reply::Wait(Millis(5)), Next::Later(Millis(5)));
        assert_eq!(Reply::Split(400, 2).told(), (Some(400), None));
    }

    #[test]
    fn waits_grow_as_the_schedule_says_within_a_fifth() {
        for (attempt, secs) in
            [(1, 5), (2, 15), (7, 1800), (11, 28_800), (12, 43_200), (99, 43_200)]
        {
            let waited = waited(attempt, Reply::Failed("timeout"));
            assert!((secs * 800..=secs * 1200).contains(&waited), "{attempt}: {waited}");
        }
    }

    #[test]
    fn retry_waits_at_least_as_long_as_the_server_asks() {
        assert_eq!(waited(1, Reply::Status(429, Some("90"))), 90_000);
        assert!(waited(3, Reply::Status(503, Some("1"))) >= 36_000);
        assert_eq!(waited(1, Reply::Status(503, Some("1000000000"))), LONGEST_WAIT.0);
        assert!(waited(1, Reply::Status(301, Some("garbage"))) <= 6000);
    }

    #[test]
    fn after_a_week_it_is_dead() {
        let late = NOW.saturating_add(WINDOW);
        let next = settle(30, NOW, Reply::Status(500, None), late, &mut Random::new(1));
        assert_eq!(next, Next::Dead(DropReason::Expired));
    }
}
