//! One stored lead as the Inbox sees it, and what lies in quarantine.

use alloc::{borrow::ToOwned, string::String, vec::Vec};

use super::store::shard;
use crate::{
    abuse::SEEN,
    time::Millis,
    wire::{
        json::{self, Json},
        step::{Statement, millis},
    },
};

/// Reads a lead with its deliveries and their attempts.
pub fn statements(site: &str, id: &str) -> Vec<Statement> {
    let args = || [Json::str(site), Json::uint(shard(id)), Json::str(id)];
    [
        Statement::new(
            "SELECT id,site,form,at,sent_at,received_at,occurred_at,config,\"values\",unknown,verdict,consent,context,receipt,seen,facts \
             FROM lead WHERE site=?1 AND shard=?2 AND id=?3",
            args(),
        ),
        Statement::new(
            "SELECT destination,state,due,status,error,reason FROM delivery WHERE site=?1 AND shard=?2 AND lead=?3 \
             ORDER BY destination",
            args(),
        ),
        Statement::new(
            "SELECT destination,n,at,ended_at,status,error FROM attempt WHERE site=?1 AND shard=?2 AND lead=?3 \
             ORDER BY destination,n",
            args(),
        ),
        Statement::new(
            "SELECT name,stage,at,by,worth FROM stage WHERE site=?1 AND shard=?2 AND lead=?3 ORDER BY n",
            args(),
        ),
        Statement::new(
            "SELECT purpose,at,by FROM withdrawal WHERE site=?1 AND shard=?2 AND lead=?3 ORDER BY at,purpose",
            args(),
        ),
    ]
    .into()
}

/// The columns that hold JSON.
const INNER: &[&str] =
    &["values", "unknown", "verdict", "consent", "context", "receipt", "seen", "facts"];

fn unfold(lead: &mut Json, key: &str) {
    let text = lead.member(key).and_then(Json::as_str).unwrap_or_default();
    let inner = json::parse(text).unwrap_or_default();
    lead.set(key, inner);
}

/// The lead from the rows of [`statements`], or `None` if there is no such lead.
pub fn read(rows: &Json) -> Option<Json> {
    let [lead, deliveries, attempts, stages, withdrawn] = rows.as_array()? else { return None };
    let mut lead = lead.as_array()?.first()?.clone();
    for key in INNER {
        unfold(&mut lead, key);
    }
    let attempts = attempts.as_array().unwrap_or_default();
    let deliveries = deliveries.as_array().unwrap_or_default().iter().map(|delivery| {
        let mut delivery = delivery.clone();
        let mine =
            |attempt: &&Json| attempt.member("destination") == delivery.member("destination");
        let own = attempts.iter().filter(mine).map(|attempt| {
            let member =
                |key: &'static str| (key, attempt.member(key).cloned().unwrap_or_default());
            Json::object(["n", "at", "ended_at", "status", "error"].map(member))
        });
        let own = Json::Array(own.collect());
        delivery.set("attempts", own);
        delivery
    });
    let deliveries = Json::Array(deliveries.collect());
    lead.set("deliveries", deliveries);
    let stages = stages.as_array().unwrap_or_default().iter().map(|row| {
        let mut row = row.clone();
        let worth = row.member("worth").and_then(Json::as_str).unwrap_or_default();
        let worth = json::parse(worth).unwrap_or_default();
        row.set("worth", worth);
        row
    });
    let stages = Json::array(stages);
    lead.set("stages", stages);
    lead.set("withdrawn", withdrawn.clone());
    Some(lead)
}

/// A stored lead as an item of the wire, to be judged again: its normalised values stand for what was typed. What they do
/// not tell any more, such as a currency, is in the member `facts` of the stored lead.
pub fn item(lead: &Json) -> Json {
    let mut data = lead.member("values").cloned().unwrap_or_default();
    for (name, value) in lead.member("unknown").and_then(Json::as_object).unwrap_or_default() {
        data.set(name, value.clone());
    }
    let form = lead.member("form").and_then(Json::as_str).unwrap_or_default();
    let name = form.split('@').next().unwrap_or_default();
    let received = lead.member("received_at").cloned().unwrap_or_default();
    Json::object([
        ("id", lead.member("id").cloned().unwrap_or_default()),
        ("at", lead.member("at").filter(|at| at.as_uint().is_some()).cloned().unwrap_or(received)),
        ("form", Json::str(name)),
        ("data", data),
        ("ctx", lead.member("context").cloned().unwrap_or_default()),
    ])
}

/// The facts that the edge found out about a stored lead, to judge it again.
pub fn verified(lead: &Json) -> Json {
    let known = lead.member("facts").filter(|facts| facts.as_object().is_some()).cloned();
    let mut facts = known.unwrap_or_else(|| Json::object([]));
    // What was seen by the edge is judged again, with what the owner wants to follow from it.
    facts.set(SEEN, lead.member(SEEN).cloned().unwrap_or_default());
    facts
}

/// The leads of one page of a scan, before any is left out.
const PAGE: u64 = 100;

/// The place after which the next page of a scan begins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cursor {
    /// The shard.
    pub shard: u64,
    /// The id of the lead.
    pub id: String,
}

/// Which leads a scan gives.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scan {
    /// Only those received at this time or later.
    pub since: Option<Millis>,
    /// Only those received before this time.
    pub until: Option<Millis>,
    /// Only those of this form, whatever its version.
    pub form: Option<String>,
    /// Only those of this disposition.
    pub disposition: Option<String>,
}

/// Reads the page of an object that begins after the cursor, in the order of shards and ids: so many rows, of which those that
/// do not fit are left out, so that no page takes longer than another.
pub fn scan(
    site: &str,
    (object, objects): (u64, u64),
    cursor: &Cursor,
    scan: &Scan,
) -> [Statement; 2] {
    let place = [
        Json::str(site),
        Json::uint(object),
        Json::uint(objects.max(1)),
        Json::uint(cursor.shard),
        Json::str(&cursor.id),
        Json::uint(PAGE),
    ];
    let text = |text: &Option<String>| text.as_deref().map_or(Json::Null, Json::str);
    let time = |time: Option<Millis>| time.map_or(Json::Null, millis);
    let mut args = Vec::from(place.clone());
    args.extend([time(scan.since), time(scan.until), text(&scan.form), text(&scan.disposition)]);
    [
        Statement::new(
            "SELECT id,site,form,at,sent_at,received_at,occurred_at,config,\"values\",unknown,verdict,consent,context,receipt,\
             seen,facts,(SELECT json_group_array(json_object('destination',d.destination,'state',d.state,'status',d.status,\
             'error',d.error,'reason',d.reason)) FROM delivery d WHERE d.site=l.site AND d.shard=l.shard AND d.lead=l.id) \
             AS deliveries FROM (SELECT * FROM lead WHERE site=?1 AND (shard,id)>(?4,?5) AND shard%?3=?2 \
             ORDER BY shard,id LIMIT ?6) l WHERE (?7 IS NULL OR received_at>=?7) AND (?8 IS NULL OR received_at<?8) \
             AND (?9 IS NULL OR form=?9 OR substr(form,1,length(?9)+1)=?9||'@') \
             AND (?10 IS NULL OR verdict->>'disposition'=?10) ORDER BY shard,id",
            args,
        ),
        Statement::new(
            "SELECT shard,id FROM lead WHERE site=?1 AND (shard,id)>(?4,?5) AND shard%?3=?2 ORDER BY shard,id \
             LIMIT 1 OFFSET ?6-1",
            place,
        ),
    ]
}

/// The leads from the rows of [`scan`], and where to go on, unless that was all.
pub fn scanned(rows: &Json) -> (Vec<Json>, Option<Cursor>) {
    let [leads, last] = rows.as_array().unwrap_or_default() else { return (Vec::new(), None) };
    let leads = leads.as_array().unwrap_or_default().iter().map(|lead| {
        let mut lead = lead.clone();
        for key in INNER.iter().chain(&["deliveries"]) {
            unfold(&mut lead, key);
        }
        lead
    });
    let cursor = last.as_array().and_then(<[Json]>::first).and_then(|row| {
        let id = row.member("id")?.as_str()?.to_owned();
        Some(Cursor { shard: row.member("shard")?.as_uint()?, id })
    });
    (leads.collect(), cursor)
}

/// Reads when a lead was received.
pub fn received(site: &str, id: &str) -> Statement {
    Statement::new(
        "SELECT received_at FROM lead WHERE site=?1 AND shard=?2 AND id=?3",
        [Json::str(site), Json::uint(shard(id)), Json::str(id)],
    )
}

/// The newest of what lies in quarantine, of one object.
pub fn quarantine(site: &str, limit: u64) -> Statement {
    Statement::new(
        "SELECT id,code,field,received_at,item FROM quarantine WHERE site=?1 ORDER BY received_at DESC, id LIMIT ?2",
        [Json::str(site), Json::uint(limit)],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lead_is_put_together_with_its_deliveries_and_attempts() {
        let rows = json::parse(
            r#"[[{"id":"a","values":"{\"x\":1}","unknown":"{}","verdict":"{}","consent":"[]","context":"{}","receipt":"null","seen":"{}","facts":"{}"}],
            [{"destination":"crm","state":"done","due":null}],
            [{"destination":"crm","n":1,"at":5,"ended_at":6,"status":200,"error":null},{"destination":"other","n":1,"at":1}],
            [{"name":"demo","stage":"qualified","at":7,"by":"admin","worth":"null"}],[{"purpose":"ads","at":8,"by":"admin"}]]"#,
        )
        .unwrap();
        assert_eq!(
            read(&rows).unwrap().to_text(),
            [
                r#"{"id":"a","values":{"x":1},"unknown":{},"verdict":{},"consent":[],"context":{},"receipt":null,"seen":{},"facts":{},"deliveries":[{"destination":"crm","#,
                r#""state":"done","due":null,"attempts":[{"n":1,"at":5,"ended_at":6,"status":200,"error":null}]}],"#,
                r#""stages":[{"name":"demo","stage":"qualified","at":7,"by":"admin","worth":null}],"withdrawn":[{"purpose":"ads","at":8,"by":"admin"}]}"#
            ]
            .concat()
        );
        assert_eq!(read(&json::parse("[[],[],[],[],[]]").unwrap()), None);
    }
}
