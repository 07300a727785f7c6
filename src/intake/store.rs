//! One transaction that stores a batch, and the answers that its rows give.
//!
//! Contract: [`statements`] gives what to run on one object; the rows of its last statement go to [`answers`]. Answers come
//! from storage alone: a copy of a lead gets the answer of the first, however much later it comes.

use alloc::{borrow::ToOwned, format, string::String, vec::Vec};

use super::{
    erase, file, partial,
    person::{self, Handle},
};
use crate::{
    report::DropReason,
    time::Millis,
    wire::{
        answer::Answer,
        json::Json,
        signature,
        step::{Statement, millis},
    },
};

/// How many logical shards every site has, for ever.
pub const SHARDS: u64 = 64;

/// The logical shard of a lead: a hash of its id.
pub fn shard(id: &str) -> u64 {
    let [first, ..] = signature::digest(id.as_bytes());
    u64::from(first) % SHARDS
}

/// One lead of a batch, judged, as it is to be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The id as it came.
    pub id: String,
    /// The hash of what came.
    pub hash: String,
    /// What came, for the quarantine.
    pub raw: Json,
    /// What became of it.
    pub fate: Fate,
}

/// What becomes of a lead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is stored with its deliveries.
    Keep(alloc::boxed::Box<Kept>),
    /// It is kept in quarantine.
    Refuse {
        /// Why, in a stable word.
        code: String,
        /// The field it is about.
        field: Option<String>,
    },
}

/// How the delivery to a destination begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beginning {
    /// It is due at once.
    Due,
    /// A person looks at the lead first, and replays the delivery if it is to go.
    Review,
    /// It has ended before it began.
    Dead(DropReason),
}

/// The reason of a delivery that waits until a person has looked at the lead.
pub const REVIEW: &str = "review";

/// A lead that is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The form and the version of it that counted: `contact@1f2e3d4c`.
    pub form: String,
    /// When it was captured and sent, by the clock of the client.
    pub claimed: (Option<Millis>, Option<Millis>),
    /// When it was captured, by the clock of the edge.
    pub occurred_at: Millis,
    /// The hash of the configuration that judged it.
    pub config: String,
    /// The hash of its rules.
    pub rules: String,
    /// The normalised values.
    pub values: Json,
    /// What came and belongs to no field.
    pub unknown: Json,
    /// What rules saw beside the values and the context.
    pub facts: Json,
    /// The verdict.
    pub verdict: Json,
    /// What the visitor agreed to.
    pub consent: Json,
    /// What the page saw.
    pub context: Json,
    /// What the edge saw beside the values.
    pub seen: Json,
    /// Where it goes, or why it does not go there.
    pub deliveries: Vec<(String, Beginning)>,
    /// The name and the e-mail address for lists.
    pub shown: (Option<String>, Option<String>),
    /// What whoever left it can be found by.
    pub handles: Vec<Handle>,
    /// What the verdict rests on, signed.
    pub receipt: Json,
    /// The hashes of the files that it refers to.
    pub files: Vec<String>,
    /// Whether its form may have sent a part of it before.
    pub begun: bool,
}

/// The statements that store these leads, all of one object, or find them stored.
///
/// `nonce` names this request; with the place in the batch it tells the first copy of a lead from all others. `secret` is the
/// one under which tombstones keep hashes. `together` is for a database that holds the index too: then the entry commits with
/// its lead, and nothing has to be fed.
pub fn statements(
    site: &str,
    items: &[Item],
    nonce: &str,
    secret: &str,
    now: Millis,
    together: bool,
) -> Vec<Statement> {
    let mut tables = Tables::default();
    for (place, item) in items.iter().enumerate() {
        let identity = [Json::uint(shard(&item.id)), Json::str(&item.id)];
        let [shard, id] = identity.clone();
        let whole = [Json::str(site), shard, id];
        let mine = Json::String(format!("{nonce}.{place}"));
        tables.asked.push(row(&identity, [Json::str(&item.hash), mine.clone()]));
        match &item.fate {
            Fate::Keep(kept) => {
                tables.leads.push(lead_row(&whole, item, kept, &mine, now));
                for (destination, beginning) in &kept.deliveries {
                    let (state, due, reason) = match beginning {
                        Beginning::Due => ("due", millis(now), Json::Null),
                        Beginning::Review => ("parked", Json::Null, Json::str(REVIEW)),
                        Beginning::Dead(reason) => ("dead", Json::Null, Json::str(reason.code())),
                    };
                    let (to, state) = (Json::str(destination), Json::str(state));
                    let rest = [mine.clone(), to, state, due, millis(now), reason];
                    tables.deliveries.push(row(&whole, rest));
                }
                for hash in &kept.files {
                    tables.files.push(row(&identity, [mine.clone(), Json::str(hash)]));
                }
                if kept.begun {
                    tables.begun.push(row(&identity, [mine.clone()]));
                }
                let keys = person::keys(&kept.handles, secret, site);
                if together {
                    let entry = entry(item, kept, now).into_iter();
                    let all = [Json::str(site)].into_iter().chain(entry).chain([mine.clone()]);
                    tables.entries.push(Json::Array(all.collect()));
                    let person = |key: &String| row(&whole, [mine.clone(), Json::str(key)]);
                    tables.people.extend(keys.iter().map(person));
                } else {
                    let keys = Json::array(keys.iter().map(|key| Json::str(key)));
                    let entry = entry(item, kept, now).into_iter().chain([keys]).collect();
                    let text = Json::String(Json::Array(entry).to_text());
                    tables.feed.push(row(&whole, [mine, text]));
                }
            }
            Fate::Refuse { code, field } => {
                let why = (code.as_str(), field.as_deref());
                tables.refused.push(refused_row(&identity, item, why, secret, now));
            }
        }
    }
    tables.statements(site)
}

/// Rows by the statement that writes them.
#[derive(Default)]
struct Tables {
    leads: Vec<Json>,
    deliveries: Vec<Json>,
    feed: Vec<Json>,
    entries: Vec<Json>,
    people: Vec<Json>,
    files: Vec<Json>,
    begun: Vec<Json>,
    refused: Vec<Json>,
    asked: Vec<Json>,
}

impl Tables {
    fn statements(self, site: &str) -> Vec<Statement> {
        let bound = [
            (LEAD, self.leads),
            (DELIVERY, self.deliveries),
            (FEED, self.feed),
            (ENTRY, self.entries),
            (PERSON, self.people),
        ];
        let read = [
            (file::KEEP, self.files),
            (partial::COMPLETE, self.begun),
            (QUARANTINE, self.refused),
            (ANSWER, self.asked),
        ];
        let bound = bound.into_iter().filter(|(_, rows)| !rows.is_empty());
        let read = read.into_iter().filter(|(_, rows)| !rows.is_empty());
        bound
            .map(|(sql, rows)| Statement::each(sql, rows))
            .chain(read.map(|(sql, rows)| {
                Statement::new(sql, [Json::str(site), Json::String(Json::Array(rows).to_text())])
            }))
            .collect()
    }
}

/// What is refused stays refused: the same content in quarantine keeps a lead from being stored.
const LEAD: &str = "INSERT INTO lead(site,shard,id,hash,nonce,form,at,sent_at,received_at,occurred_at,config,\"values\",\
unknown,verdict,consent,context,receipt,seen,facts) SELECT ?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18,?19 \
WHERE NOT EXISTS (SELECT 1 FROM quarantine q WHERE q.site=?1 AND q.shard=?2 AND q.id=?3 AND q.hash=?4) \
AND NOT EXISTS (SELECT 1 FROM tombstone t WHERE t.site=?1 AND t.shard=?2 AND t.id=?3) ON CONFLICT DO NOTHING";

const DELIVERY: &str = "INSERT INTO delivery(site,shard,lead,destination,state,due,tries,base,first_at,reason) \
SELECT ?1,?2,?3,?5,?6,?7,0,0,?8,?9 WHERE EXISTS (SELECT 1 FROM lead l WHERE l.site=?1 AND l.shard=?2 AND l.id=?3 \
AND l.nonce=?4) ON CONFLICT DO NOTHING";

const FEED: &str = "INSERT INTO feed(site,shard,lead,entry) SELECT ?1,?2,?3,?5 WHERE EXISTS (SELECT 1 FROM lead l \
WHERE l.site=?1 AND l.shard=?2 AND l.id=?3 AND l.nonce=?4) ON CONFLICT DO NOTHING";

const ENTRY: &str = "INSERT INTO entry(site,shard,id,form,received_at,disposition,grade,scores,segments,name,email) \
SELECT ?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11 WHERE EXISTS (SELECT 1 FROM lead l WHERE l.site=?1 AND l.shard=?2 AND l.id=?3 \
AND l.nonce=?12) ON CONFLICT DO NOTHING";

const PERSON: &str = "INSERT INTO person(site,shard,lead,key) SELECT ?1,?2,?3,?5 WHERE EXISTS (SELECT 1 FROM lead l \
WHERE l.site=?1 AND l.shard=?2 AND l.id=?3 AND l.nonce=?4) ON CONFLICT DO NOTHING";

const QUARANTINE: &str = "INSERT INTO quarantine(site,shard,id,hash,code,field,received_at,item) \
SELECT ?1,j.value->>0,j.value->>1,j.value->>2,j.value->>3,j.value->>4,j.value->>5,j.value->>6 FROM json_each(?2) j \
WHERE NOT EXISTS (SELECT 1 FROM tombstone t WHERE t.site=?1 AND t.shard=j.value->>0 AND t.id=j.value->>1 \
AND coalesce(t.hash=j.value->>7,1)) ON CONFLICT DO NOTHING";

const ANSWER: &str = "SELECT l.nonce=j.value->>3 AS stored, l.hash=j.value->>2 AS same, q.code, q.field, t.id IS NOT NULL AS gone, t.hash AS seal \
FROM json_each(?2) j \
LEFT JOIN lead l ON l.site=?1 AND l.shard=j.value->>0 AND l.id=j.value->>1 \
LEFT JOIN quarantine q ON q.site=?1 AND q.shard=j.value->>0 AND q.id=j.value->>1 AND q.hash=j.value->>2 \
LEFT JOIN tombstone t ON t.site=?1 AND t.shard=j.value->>0 AND t.id=j.value->>1 ORDER BY j.key";

/// The code of a lead whose id belongs to a stored lead of other content.
pub const CONFLICT: &str = "id.conflict";

/// The answer to each item, in their order, from the rows of the last statement. `hashes` are those of what came.
///
/// What was erased is a copy like any other, unless its tombstone knows that it was something else.
pub fn answers(rows: &Json, hashes: &[&str], secret: &str) -> Vec<Answer> {
    let rows = rows.as_array().unwrap_or_default();
    let answer = |(index, hash): (usize, &&str)| {
        let Some(row) = rows.get(index) else { return Answer::Later(Millis::from_secs(2)) };
        let is = |key| row.member(key).and_then(Json::as_int);
        let text = |key| row.member(key).and_then(Json::as_str).map(ToOwned::to_owned);
        match (is("stored"), is("same"), text("code")) {
            (Some(1), _, _) => Answer::Ok,
            (_, Some(1), _) => Answer::Dup,
            (_, _, Some(code)) => Answer::Bad { code, field: text("field") },
            (_, Some(_), None) => Answer::bad(CONFLICT),
            (_, None, None) if is("gone") == Some(1) => match text("seal") {
                Some(seal) if erase::seal(secret, hash).as_ref() != Some(&seal) => {
                    Answer::bad(CONFLICT)
                }
                _ => Answer::Dup,
            },
            (_, None, None) => Answer::Later(Millis::from_secs(2)),
        }
    };
    hashes.iter().enumerate().map(answer).collect()
}

/// Keeps in quarantine what came under the id of another lead.
pub fn conflicts(site: &str, items: &[&Item], secret: &str, now: Millis) -> Statement {
    let rows = items
        .iter()
        .map(|item| {
            let identity = [Json::uint(shard(&item.id)), Json::str(&item.id)];
            refused_row(&identity, item, (CONFLICT, None), secret, now)
        })
        .collect();
    Statement::new(QUARANTINE, [Json::str(site), Json::String(Json::Array(rows).to_text())])
}

fn row<const M: usize, const N: usize>(identity: &[Json; M], rest: [Json; N]) -> Json {
    Json::Array(identity.iter().cloned().chain(rest).collect())
}

fn refused_row(
    identity: &[Json; 2],
    item: &Item,
    (code, field): (&str, Option<&str>),
    secret: &str,
    now: Millis,
) -> Json {
    row(
        identity,
        [
            Json::str(&item.hash),
            Json::str(code),
            field.map_or(Json::Null, Json::str),
            millis(now),
            Json::String(item.raw.to_text()),
            erase::seal(secret, &item.hash).map_or(Json::Null, Json::String),
        ],
    )
}

fn lead_row(whole: &[Json; 3], item: &Item, kept: &Kept, mine: &Json, now: Millis) -> Json {
    let time = |time: Option<Millis>| time.map_or(Json::Null, millis);
    let text = |json: &Json| Json::String(json.to_text());
    row(
        whole,
        [
            Json::str(&item.hash),
            mine.clone(),
            Json::str(&kept.form),
            time(kept.claimed.0),
            time(kept.claimed.1),
            millis(now),
            millis(kept.occurred_at),
            Json::str(&kept.config),
            text(&kept.values),
            text(&kept.unknown),
            text(&kept.verdict),
            text(&kept.consent),
            text(&kept.context),
            text(&kept.receipt),
            text(&kept.seen),
            text(&kept.facts),
        ],
    )
}

/// What the index has of a lead: the columns of `entry` after the site.
fn entry(item: &Item, kept: &Kept, now: Millis) -> [Json; 10] {
    let verdict = |key| kept.verdict.member(key);
    let text = |text: &Option<String>| text.as_deref().map_or(Json::Null, Json::str);
    let inner =
        |key, empty: &str| Json::String(verdict(key).map_or(empty.to_owned(), Json::to_text));
    [
        Json::uint(shard(&item.id)),
        Json::str(&item.id),
        Json::str(&kept.form),
        millis(now),
        verdict("disposition").cloned().unwrap_or_else(|| Json::str("accept")),
        verdict("grade").cloned().unwrap_or_default(),
        inner("scores", "{}"),
        inner("segments", "[]"),
        text(&kept.shown.0),
        text(&kept.shown.1),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::json;

    fn item(fate: Fate) -> Item {
        Item { id: "a".into(), hash: "h".into(), raw: Json::object([]), fate }
    }

    #[test]
    fn a_refused_lead_goes_to_quarantine_alone() {
        let refused = item(Fate::Refuse { code: "required".into(), field: Some("email".into()) });
        let statements = statements("shop", &[refused], "n", "", Millis(5), true);
        let tables: Vec<_> = statements.iter().map(|statement| statement.sql.get(..22)).collect();
        assert_eq!(tables, [Some("INSERT INTO quarantine"), Some("SELECT l.nonce=j.value")]);
        assert_eq!(
            statements.first().map(|statement| statement.args.clone()),
            Some(vec_of(&[
                "\"shop\"",
                &format!(
                    "\"[[{},\\\"a\\\",\\\"h\\\",\\\"required\\\",\\\"email\\\",5,\\\"{{}}\\\",null]]\"",
                    shard("a")
                )
            ]))
        );
    }

    #[test]
    fn answers_come_from_rows() {
        let rows = json::parse(
            r#"[{"stored":1,"same":1,"code":null,"field":null},{"stored":0,"same":1,"code":null,"field":null},
            {"stored":null,"same":null,"code":"required","field":"email"},{"stored":0,"same":0,"code":null,"field":null},
            {"stored":0,"same":0,"code":"id.conflict","field":null},{"stored":null,"same":null,"code":null,"gone":1,"seal":null},
            {"stored":null,"same":null,"code":null,"gone":1,"seal":"of something else"}]"#,
        )
        .unwrap();
        assert_eq!(
            answers(&rows, &["h"; 8], "secret"),
            [
                Answer::Ok,
                Answer::Dup,
                Answer::Bad { code: "required".into(), field: Some("email".into()) },
                Answer::bad(CONFLICT),
                Answer::bad(CONFLICT),
                Answer::Dup,
                Answer::bad(CONFLICT),
                Answer::Later(Millis(2000)),
            ]
        );
    }

    #[test]
    fn ids_spread_over_all_shards_and_stay_there() {
        let mut seen: Vec<_> = (0..2000).map(|n| shard(&format!("{n}"))).collect();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len() as u64, SHARDS);
        assert_eq!(shard("017f22e2-79b0-7cc3-98c4-dc0c0c07398f"), 23);
    }

    fn vec_of(texts: &[&str]) -> Vec<Json> {
        texts.iter().map(|text| json::parse(text).unwrap()).collect()
    }
}
