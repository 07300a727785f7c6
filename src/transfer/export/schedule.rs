//! Which day of leads a store gets next, and what becomes of it. Does no I/O.
//!
//! Contract: the rows of [`claim`] go to [`claimed`]; each [`Turn`] is brought, and its end written by [`settle`]. A day is over
//! some minutes after midnight in UTC, when what was received has been stored. A day that was brought is brought again only if
//! writing that down failed, under the same keys. One that fails is tried again, later each time, before any later day.

use alloc::{borrow::ToOwned, string::String, vec::Vec};

use crate::{
    time::Millis,
    wire::{
        json::Json,
        step::{Statement, millis},
    },
};

const DAY: u64 = 86_400_000;
/// How long after midnight a day is over.
const GRACE: Millis = Millis::from_secs(300);
/// How long nobody else starts what was started.
const LEASE: Millis = Millis::from_secs(1800);
/// How soon a day that failed is tried again, for the first time and at most.
const AGAIN: [Millis; 2] = [Millis::from_secs(60), Millis::from_secs(6 * 3600)];

/// A day that is to be brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// The name of the export.
    pub name: String,
    /// The day, counted from 1970.
    pub day: u64,
    /// How often it has failed.
    pub tries: u64,
    /// The word of the lease.
    pub token: String,
}

impl Turn {
    /// The first moment of the day, and the first of the next.
    pub fn span(&self) -> [Millis; 2] {
        [Millis(self.day * DAY), Millis((self.day + 1) * DAY)]
    }
}

/// The day of a moment.
pub fn day_of(at: Millis) -> u64 {
    at.0 / DAY
}

/// Leases what is due. `exports` are the names with the day that each begins with.
pub fn claim(site: &str, exports: &[(&str, u64)], token: &str, now: Millis) -> Vec<Statement> {
    let pair = |(name, day): &(&str, u64)| Json::array([Json::str(name), Json::uint(*day)]);
    let list = Json::String(Json::array(exports.iter().map(pair)).to_text());
    // The last day that is over.
    let over = day_of(now.saturating_sub(GRACE));
    let lease = now.saturating_add(LEASE);
    [
        Statement::new(
            "INSERT INTO export(site,shard,name,day,tries,until) SELECT ?1,0,j.value->>0,j.value->>1,0,0 FROM json_each(?2) j \
             WHERE true ON CONFLICT DO NOTHING",
            [Json::str(site), list.clone()],
        ),
        Statement::new(
            "UPDATE export SET until=?5,token=?4 WHERE site=?1 AND shard=0 AND day<?3 AND until<=?6 \
             AND name IN (SELECT j.value->>0 FROM json_each(?2) j) RETURNING name,day,tries,token",
            [
                Json::str(site),
                list.clone(),
                Json::uint(over),
                Json::str(token),
                millis(lease),
                millis(now),
            ],
        ),
        next(site, list),
    ]
    .into()
}

fn next(site: &str, list: Json) -> Statement {
    Statement::new(
        "SELECT min(max(until,(day+1)*86400000+?3)) AS next FROM export WHERE site=?1 AND shard=0 \
         AND name IN (SELECT j.value->>0 FROM json_each(?2) j)",
        [Json::str(site), list, millis(GRACE)],
    )
}

/// What was leased, and when to look again, from the rows of [`claim`].
pub fn claimed(rows: &[Json]) -> (Vec<Turn>, Option<Millis>) {
    let [.., leased, next] = rows else { return (Vec::new(), None) };
    let turn = |row: &Json| {
        let number = |key| row.member(key).and_then(Json::as_uint);
        let text = |key| row.member(key).and_then(Json::as_str).map(ToOwned::to_owned);
        Some(Turn {
            name: text("name")?,
            day: number("day")?,
            tries: number("tries")?,
            token: text("token")?,
        })
    };
    let turns = leased.as_array().unwrap_or_default().iter().filter_map(turn).collect();
    let at =
        next.as_array().and_then(<[Json]>::first).and_then(|row| row.member("next")?.as_uint());
    (turns, at.map(Millis))
}

/// Writes down that a day was brought, or why not, and gives when to go on. Does nothing where the lease has passed on.
pub fn settle(site: &str, turn: &Turn, failed: Option<&str>, now: Millis) -> (Statement, Millis) {
    let (day, tries, until) = if failed.is_some() {
        let [first, most] = AGAIN;
        let factor = 1_u64 << turn.tries.min(16);
        let wait = Millis(first.0.saturating_mul(factor).min(most.0));
        (turn.day, turn.tries + 1, now.saturating_add(wait))
    } else {
        (turn.day + 1, 0, Millis(0))
    };
    let statement = Statement::new(
        "UPDATE export SET day=?4,tries=?5,until=?6,token=NULL,error=?7 WHERE site=?1 AND shard=0 AND name=?2 AND token=?3",
        [
            Json::str(site),
            Json::str(&turn.name),
            Json::str(&turn.token),
            Json::uint(day),
            Json::uint(tries),
            millis(until),
            failed.map_or(Json::Null, Json::str),
        ],
    );
    let due = Millis((day + 1) * DAY).saturating_add(GRACE);
    (statement, due.max(until).max(now))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::json;

    const NOW: Millis = Millis(20_000 * DAY + 400_000);

    #[test]
    fn rows_become_turns_and_a_time() {
        let rows = json::parse(
            r#"[[],[{"name":"lake","day":19999,"tries":2,"token":"t"}],[{"next":1728086700000}]]"#,
        )
        .unwrap();
        let (turns, next) = claimed(rows.as_array().unwrap());
        let turn = Turn { name: "lake".into(), day: 19_999, tries: 2, token: "t".into() };
        assert_eq!(turn.span(), [Millis(19_999 * DAY), Millis(20_000 * DAY)]);
        assert_eq!((turns, next), ([turn].into(), Some(Millis(1_728_086_700_000))));
    }

    #[test]
    fn a_day_that_fails_waits_longer_each_time_and_one_that_is_done_makes_room_for_the_next() {
        let mut turn = Turn { name: "lake".into(), day: 19_999, tries: 0, token: "t".into() };
        let wait = |turn: &Turn| settle("shop", turn, Some("status_500"), NOW).1.0 - NOW.0;
        assert_eq!(wait(&turn), 60_000);
        turn.tries = 3;
        assert_eq!(wait(&turn), 480_000);
        turn.tries = 99;
        assert_eq!(wait(&turn), 21_600_000);
        // The day that has begun is over five minutes after its end.
        assert_eq!(settle("shop", &turn, None, NOW).1, Millis(20_001 * DAY + 300_000));
        turn.day = 19_000;
        assert_eq!(settle("shop", &turn, None, NOW).1, NOW);
    }
}
