//! The life of deliveries on a virtual clock: from attempt to attempt until they end.

use leadkit::{
    random::Random,
    report::DropReason,
    time::Millis,
    transfer::retry::{Next, Reply, WINDOW, settle},
};

const START: Millis = Millis(1_795_325_565_676);

/// The times of all attempts and how it ended, when each attempt has the reply that `reply` gives for its number.
fn live<'a>(seed: u64, mut reply: impl FnMut(u64) -> Reply<'a>) -> (Vec<Millis>, Next) {
    let mut random = Random::new(seed);
    let (mut now, mut attempts) = (START, Vec::new());
    loop {
        attempts.push(now);
        let attempt = attempts.len() as u64;
        match settle(attempt, START, reply(attempt), now, &mut random) {
            Next::Again(at) | Next::Later(at) => now = at,
            Next::Split(_) => {}
            end @ (Next::Done | Next::Parked | Next::Dead(_)) => return (attempts, end),
        }
    }
}

#[test]
fn a_receiver_that_is_down_for_ever_is_tried_at_least_twenty_times_in_seven_days() {
    for seed in 0..500 {
        let (attempts, end) = live(seed, |_| Reply::Failed("timeout"));
        let last = attempts.last().copied().unwrap_or(START);
        assert_eq!(end, Next::Dead(DropReason::Expired), "seed {seed}");
        assert!((20..=30).contains(&attempts.len()), "seed {seed}: {}", attempts.len());
        assert!(last.saturating_sub(START) >= WINDOW, "seed {seed}");
        assert!(last.saturating_sub(START) <= Millis(WINDOW.0 + 15 * 3_600_000), "seed {seed}");
    }
}

#[test]
fn a_receiver_that_recovers_gets_it_whatever_it_said_before() {
    for seed in 0..500 {
        let mut random = Random::new(seed);
        let outage = random.below(18);
        let (attempts, end) = live(seed, |attempt| match (attempt > outage, random.below(4)) {
            (true, _) => Reply::Status(204, None),
            (false, 0) => Reply::Status(503, Some("60")),
            (false, 1) => Reply::Status(429, None),
            (false, 2) => Reply::Status(302, None),
            (false, _) => Reply::Failed("econnreset"),
        });
        assert_eq!((attempts.len() as u64, end), (outage + 1, Next::Done), "seed {seed}");
    }
}

#[test]
fn no_attempt_comes_before_the_time_that_the_receiver_asked_for() {
    for seed in 0..500 {
        let mut random = Random::new(seed);
        let spans: Vec<u64> = (0..10).map(|_| random.below(100_000)).collect();
        let texts: Vec<String> = spans.iter().map(u64::to_string).collect();
        let (attempts, _) = live(seed, |attempt| {
            let text = (1..).zip(&texts).find(|(number, _)| *number == attempt);
            text.map_or(Reply::Status(200, None), |(_, text)| Reply::Status(503, Some(text)))
        });
        for (pair, asked) in attempts.windows(2).zip(&spans) {
            let [before, after] = pair else { continue };
            let least = Millis::from_secs((*asked).min(86_400));
            assert!(after.saturating_sub(*before) >= least, "seed {seed}: {asked}");
        }
    }
}
