//! `/metrics`: how many leads and deliveries there are and how old the queue is, for a monitoring system.
//!
//! What is counted in the store is the same whoever answers. What is only counted in memory is named `leadkit_process_…`: it
//! starts at zero with each process, or on Cloudflare with each isolate. No family has a label that comes from a visitor.

use alloc::{borrow::ToOwned, collections::BTreeMap, rc::Rc, vec::Vec};

use super::{
    head::Head,
    site::{Site, Sites},
};
use crate::{
    time::Millis,
    transfer::{Scope, control},
    wire::{
        json::Json,
        openmetrics::{CONTENT_TYPE, Kind, Page},
        step::{Effect, Response, Statement, Step},
    },
};

/// The word for this route in states.
pub const ROUTE: &str = "metrics";
/// The states of a delivery that something may still happen to by itself.
const OPEN: [&str; 2] = ["due", "leased"];

/// The first step of a request of somebody who may read numbers.
pub fn request(sites: &Sites, head: &Head) -> Step {
    let mut effects = Vec::from([Effect::Counted]);
    for site in sites.all() {
        effects.extend((0..head.objects).map(|object| {
            let scope = Scope { site: site.id().to_owned(), object, objects: head.objects };
            Effect::Sql { object: scope.name(), statements: statements(&scope), wake: None }
        }));
    }
    Step::Do { effects, state: Json::object([("route", Json::str(ROUTE))]) }
}

fn statements(scope: &Scope) -> Vec<Statement> {
    [control::overview(scope), control::totals(scope)].concat()
}

/// The page, from what the process and the objects of every site counted.
pub fn resume(sites: &Sites, head: &Head, results: &Json) -> Step {
    let (process, rest) = match results.as_array() {
        Some([process, rest @ ..]) => (process, rest),
        _ => (&Json::Null, [].as_slice()),
    };
    let objects = usize::try_from(head.objects).unwrap_or(1).max(1);
    let all: Vec<Seen> =
        sites.all().zip(rest.chunks(objects)).map(|(site, rows)| Seen::new(site, rows)).collect();
    let mut page = Page::default();
    stored(&mut page, &all, head.now);
    counted(&mut page, process);
    let response = Response::new(200, CONTENT_TYPE, page.end()).with("cache-control", "no-store");
    Step::answer(response)
}

/// What the objects of a site counted.
struct Seen {
    site: Rc<Site>,
    leads: u64,
    refused: u64,
    deliveries: Vec<Delivered>,
    /// Names of destinations that are held or whose breaker is open, with the word for it.
    held: Vec<(alloc::string::String, bool)>,
}

/// The deliveries of one destination in one state, for one reason, over all objects.
struct Delivered {
    key: [alloc::string::String; 3],
    count: u64,
    due: Option<u64>,
}

impl Seen {
    fn new(site: &Rc<Site>, objects: &[Json]) -> Self {
        let rows = |place: usize| {
            objects.iter().filter_map(move |rows| rows.as_array()?.get(place)?.as_array()).flatten()
        };
        let count = |place| rows(place).filter_map(|row| row.member("n")?.as_uint()).sum();
        let mut deliveries = BTreeMap::new();
        for row in rows(0) {
            let text = |key| row.member(key).and_then(Json::as_str).unwrap_or_default().to_owned();
            let key = ["destination", "state", "reason"].map(text);
            let (sum, due) = deliveries.entry(key).or_insert((0, None::<u64>));
            *sum += row.member("n").and_then(Json::as_uint).unwrap_or(0);
            let at = row.member("due").and_then(Json::as_uint);
            *due = [*due, at].into_iter().flatten().min();
        }
        let held = site.config.destinations().iter().map(|destination| {
            let held = rows(1)
                .filter(|row| {
                    row.member("destination").and_then(Json::as_str) == Some(&destination.name)
                })
                .any(|row| row.member("held").and_then(Json::as_str).is_some());
            (destination.name.clone(), held)
        });
        Self {
            leads: count(2),
            refused: count(3),
            deliveries: deliveries
                .into_iter()
                .map(|(key, (count, due))| Delivered { key, count, due })
                .collect(),
            held: held.collect(),
            site: Rc::clone(site),
        }
    }

    /// The deliveries of a destination that something may still happen to, and since when the oldest is due.
    fn queue(&self, name: &str) -> (u64, Option<u64>) {
        let own = || self.deliveries.iter().filter(|each| each.key[0] == name);
        let open = own().filter(|each| OPEN.contains(&each.key[1].as_str()));
        let due = own().filter(|each| each.key[1] == "due").filter_map(|each| each.due).min();
        (open.map(|each| each.count).sum(), due)
    }
}

fn stored(page: &mut Page, all: &[Seen], now: Millis) {
    page.family(Kind::Gauge, "leadkit_leads", "Leads in the store.");
    for seen in all {
        page.whole(&[("site", seen.site.id())], seen.leads);
    }
    page.family(
        Kind::Gauge,
        "leadkit_quarantined_leads",
        "Refused leads that are kept in quarantine.",
    );
    for seen in all {
        page.whole(&[("site", seen.site.id())], seen.refused);
    }
    page.family(
        Kind::Gauge,
        "leadkit_deliveries",
        "Deliveries in the store by what became of them.",
    );
    for seen in all {
        for Delivered { key: [destination, state, reason], count, .. } in &seen.deliveries {
            let labels = [
                ("site", seen.site.id()),
                ("destination", destination),
                ("state", state),
                ("reason", reason),
            ];
            let labels = if reason.is_empty() { &labels[..3] } else { &labels };
            page.whole(labels, *count);
        }
    }
    page.family(
        Kind::Gauge,
        "leadkit_delivery_queue_depth",
        "Deliveries that wait for an attempt or an answer.",
    );
    for seen in all {
        for (name, _) in &seen.held {
            let labels = [("site", seen.site.id()), ("destination", name)];
            page.whole(&labels, seen.queue(name).0);
        }
    }
    page.family(
        Kind::Gauge,
        "leadkit_delivery_oldest_due_age_seconds",
        "For how long the delivery that was due first has waited; 0 while none is due.",
    );
    for seen in all {
        for (name, _) in &seen.held {
            let labels = [("site", seen.site.id()), ("destination", name)];
            let due = seen.queue(name).1.unwrap_or(now.0);
            page.seconds(&labels, now.saturating_sub(Millis(due)).0);
        }
    }
    page.family(
        Kind::Gauge,
        "leadkit_destination_held",
        "1 while a destination is paused by a person or its address is gone.",
    );
    for seen in all {
        for (name, held) in &seen.held {
            page.whole(&[("site", seen.site.id()), ("destination", name)], u64::from(*held));
        }
    }
}

fn counted(page: &mut Page, process: &Json) {
    let member = |key| process.member(key).and_then(Json::as_object).unwrap_or_default();
    let number = |value: &Json| value.as_uint().unwrap_or(0);
    page.family(
        Kind::Gauge,
        "leadkit_process_start_time_seconds",
        "When this process began to count, since 1970.",
    );
    page.seconds(&[], process.member("since").map_or(0, number));
    page.family(
        Kind::Counter,
        "leadkit_process_answers",
        "Answers of this process to leads: ok is stored, dup was there already, bad is refused, later comes again.",
    );
    for (site, words) in member("answers") {
        for (word, count) in words.as_object().unwrap_or_default() {
            page.whole(&[("site", site), ("answer", word)], number(count));
        }
    }
    page.family(
        Kind::Counter,
        "leadkit_process_requests",
        "Requests that this process answered, by the class of the status.",
    );
    for (class, count) in member("requests") {
        page.whole(&[("class", class)], number(count));
    }
    page.family(
        Kind::Counter,
        "leadkit_process_traps",
        "How often the core trapped in this process.",
    );
    page.whole(&[], process.member("traps").map_or(0, number));
}
