//! Single stories on a virtual clock.

use leadkit::{
    lead::LeadId,
    outbox::{
        Claimed, DropReason, Event, Home, Input, Outbox, Output, Record, Settings, Settlement,
    },
    time::Millis,
};

const START: u64 = 1_795_325_565_676;

/// An outbox over a store that always works, and an edge that is played by the test.
struct Page {
    outbox: Outbox,
    now: Millis,
    rows: Vec<Record>,
    sent: Vec<(u32, String, bool)>,
    events: Vec<Event>,
    settled: Vec<Settlement>,
    made: u8,
}

impl Page {
    fn new(settings: Settings) -> Self {
        let mut page = Self {
            outbox: Outbox::new("site", settings, 7),
            now: Millis(START),
            rows: Vec::new(),
            sent: Vec::new(),
            events: Vec::new(),
            settled: Vec::new(),
            made: 0,
        };
        page.input(Input::Shown);
        page
    }

    fn input(&mut self, input: Input) {
        self.outbox.handle(input, self.now);
        while let Some(output) = self.outbox.poll_output() {
            match output {
                Output::Store(record) => {
                    let id = record.id;
                    self.rows.push(record);
                    self.input(Input::Stored { id, home: Home::Disk, gate: None });
                }
                Output::Claim { lease, .. } => {
                    self.rows.iter_mut().for_each(|row| row.lease = lease);
                    let records = self.rows.iter().filter(|row| row.next <= self.now).cloned();
                    let records = records.collect();
                    let wake = self.rows.iter().map(|row| row.next).filter(|next| *next > self.now);
                    let wake = wake.min();
                    let count = self.rows.len();
                    self.input(Input::Claimed(Claimed {
                        records,
                        wake,
                        count,
                        ..Claimed::default()
                    }));
                }
                Output::Send { batch, body, keepalive } => self.sent.push((batch, body, keepalive)),
                Output::Settle(settlement) => {
                    let ended = |id| {
                        settlement.forget.contains(&id)
                            || settlement.dead.iter().any(|(record, _)| record.id == id)
                    };
                    self.rows.retain(|row| !ended(row.id));
                    for record in &settlement.keep {
                        self.rows.retain(|row| row.id != record.id);
                        self.rows.push(record.clone());
                    }
                    self.settled.push(settlement);
                }
                Output::Tell(event) => self.events.push(event),
                Output::Arm(_) => {}
            }
        }
    }

    fn capture(&mut self, length: usize) -> LeadId {
        self.made += 1;
        self.now = self.now.saturating_add(Millis(1));
        let id = LeadId::new(self.now, [self.made; 10]);
        let item = format!("{{\"data\":\"{}\"}}", "x".repeat(length));
        self.input(Input::Captured { id, item });
        id
    }

    fn answer(&mut self, status: u16, retry_after: &str, body: &str) {
        let (batch, _, _) = self.sent.last().unwrap().clone();
        let (retry_after, body) = (retry_after.into(), body.into());
        self.input(Input::Answered { batch, status, retry_after, body });
    }

    fn accept_all(&mut self) {
        let rows: Vec<_> = self.rows.iter().map(|row| fate(row.id, "\"s\":\"ok\"")).collect();
        self.answer(200, "", &format!("{{\"v\":1,\"r\":[{}]}}", rows.join(",")));
    }

    fn fail(&mut self) {
        let (batch, _, _) = self.sent.last().unwrap().clone();
        self.input(Input::Unanswered { batch });
    }

    /// Jumps to the next timer.
    fn jump(&mut self) -> Millis {
        let due = self.outbox.poll_timeout().unwrap();
        let waited = due.saturating_sub(self.now);
        self.now = self.now.max(due);
        self.input(Input::Tick);
        waited
    }

    fn contents(&self) -> usize {
        self.sent.last().unwrap().1.matches("\"id\":").count()
    }
}

fn fate(id: LeadId, rest: &str) -> String {
    format!("{{\"id\":\"{id}\",{rest}}}")
}

#[test]
fn a_lead_is_stored_then_sent_then_forgotten() {
    let mut page = Page::new(Settings::default());
    let id = page.capture(5);
    assert_eq!(page.events, [Event::Kept { id, home: Home::Disk }]);
    assert_eq!(page.sent.len(), 1);
    page.accept_all();
    assert_eq!(page.events.last(), Some(&Event::Received { id }));
    assert!(page.rows.is_empty());
    assert_eq!(page.outbox.poll_timeout(), None);
}

#[test]
fn a_page_of_a_captive_portal_forgets_nothing() {
    let mut page = Page::new(Settings::default());
    page.capture(5);
    page.answer(200, "", "<html>Welcome</html>");
    assert_eq!(page.rows.len(), 1);
    assert!(page.jump() >= Millis(1_000));
    assert_eq!(page.sent.len(), 2);
}

#[test]
fn retry_waits_at_least_as_long_as_the_edge_asks() {
    for (header, body) in [("8", ""), ("", "{\"error\":{\"code\":\"busy\",\"after_ms\":8000}}")] {
        let mut page = Page::new(Settings::default());
        page.capture(5);
        page.answer(429, header, body);
        let asked = page.now;
        for input in [Input::Flush, Input::Online, Input::Shown, Input::Hidden, Input::Tick] {
            page.input(input);
        }
        page.capture(5);
        assert_eq!(page.sent.len(), 1);
        page.jump();
        assert!(page.now >= asked.saturating_add(Millis(8_000)));
        assert_eq!(page.contents(), 2);
    }
}

#[test]
fn ten_seconds_of_lost_answers_cost_few_requests() {
    let mut page = Page::new(Settings::default());
    for _ in 0..10 {
        page.capture(5);
    }
    let end = page.now.saturating_add(Millis(10_000));
    while page.now < end {
        page.fail();
        if page.outbox.poll_timeout().is_some() {
            page.jump();
        }
    }
    assert!(page.sent.len() <= 6, "{} requests", page.sent.len());
}

#[test]
fn a_new_lead_is_tried_at_once_while_older_ones_wait() {
    let mut page = Page::new(Settings::default());
    page.capture(5);
    page.fail();
    page.capture(5);
    assert_eq!((page.sent.len(), page.contents()), (2, 1));
    page.accept_all();
    assert_eq!(page.sent.len(), 3, "a success ends the wait of the older one");
    page.accept_all();
    assert_eq!(page.rows.len(), 0);
}

#[test]
fn hiding_sends_the_newest_within_the_ledger_and_leaves_the_rest_to_other_pages() {
    let mut page = Page::new(Settings::default());
    for _ in 0..20 {
        page.capture(10_000);
    }
    page.input(Input::Hidden);
    assert!(page.sent.iter().all(|(_, _, keepalive)| *keepalive));
    let ledger: usize = page.sent.iter().map(|(_, body, _)| body.len()).sum();
    assert!(ledger <= 61_440 && ledger > 50_000, "{ledger}");
    let newest = LeadId::new(page.now, [20; 10]).to_text();
    assert!(page.sent.iter().any(|(_, body, _)| body.contains(&newest)));
    let idle = page.now.saturating_add(Millis(1_500));
    assert_eq!(page.rows.iter().filter(|row| row.lease == idle).count(), 14);
    assert_eq!(page.rows.len(), 20);
}

#[test]
fn a_batch_that_is_too_large_is_halved_until_the_one_bad_lead_is_alone() {
    let mut page = Page::new(Settings::default());
    page.capture(5);
    page.fail();
    let ids: Vec<_> = (0..8).map(|_| page.capture(5)).collect();
    let bad = ids[3].to_text();
    for _ in 0..200 {
        match page.sent.last() {
            Some((_, body, _)) if body.contains(&bad) => page.answer(413, "", ""),
            _ => page.accept_all(),
        }
        if page.rows.is_empty() {
            break;
        }
        if page.outbox.poll_timeout().is_some() {
            page.jump();
        }
    }
    let code = "outbox.too_large".to_owned();
    let refused = Event::Refused { id: ids[3], code, field: String::new() };
    assert!(page.events.contains(&refused));
    let received = page.events.iter().filter(|event| matches!(event, Event::Received { .. }));
    assert_eq!((received.count(), page.rows.len()), (8, 0));
}

#[test]
fn a_refused_lead_goes_to_the_dead_letter_and_the_page_is_told() {
    let mut page = Page::new(Settings::default());
    let id = page.capture(5);
    let row = fate(id, "\"s\":\"bad\",\"c\":\"email.syntax\",\"f\":\"email\"");
    page.answer(200, "", &format!("{{\"v\":1,\"r\":[{row}]}}"));
    let (code, field) = ("email.syntax".to_owned(), "email".to_owned());
    assert_eq!(page.events.last(), Some(&Event::Refused { id, code, field }));
    assert_eq!(page.settled.last().unwrap().dead.len(), 1);
    assert!(page.rows.is_empty());
}

#[test]
fn a_lead_that_is_asked_for_later_waits_alone() {
    let mut page = Page::new(Settings::default());
    let id = page.capture(5);
    let row = fate(id, "\"s\":\"later\",\"after_ms\":8000");
    page.answer(200, "", &format!("{{\"v\":1,\"r\":[{row}]}}"));
    assert_eq!(page.rows[0].next, page.now.saturating_add(Millis(8_000)));
    page.capture(5);
    assert_eq!((page.sent.len(), page.contents()), (2, 1));
}

#[test]
fn a_full_outbox_refuses_the_new_lead_and_keeps_the_old_ones() {
    let settings = Settings { max_leads: 2, ..Settings::default() };
    let mut page = Page::new(settings);
    page.capture(5);
    page.capture(5);
    let id = page.capture(5);
    let reason = DropReason::Full;
    assert_eq!(page.events.last(), Some(&Event::Dropped { id, reason }));
    let id = page.capture(60_000);
    let reason = DropReason::TooLarge;
    assert_eq!(page.events.last(), Some(&Event::Dropped { id, reason }));
    assert_eq!(page.rows.len(), 2);
    assert_eq!(DropReason::Full.code(), "outbox.full");
    assert_eq!(DropReason::Expired.code(), "outbox.expired");
}

#[test]
fn a_wrong_endpoint_is_left_alone_for_an_hour_unless_a_person_asks() {
    let mut page = Page::new(Settings::default());
    page.capture(5);
    page.answer(404, "", "");
    page.input(Input::Online);
    assert_eq!(page.sent.len(), 1);
    page.input(Input::Flush);
    assert_eq!(page.sent.len(), 2);
    page.answer(404, "", "");
    assert_eq!(page.jump(), Millis(7_200_000));
}

#[test]
fn a_failed_keepalive_is_repeated_without_it() {
    let mut page = Page::new(Settings::default());
    page.capture(5);
    page.fail();
    page.jump();
    let ways: Vec<_> = page.sent.iter().map(|(_, _, keepalive)| *keepalive).collect();
    assert_eq!(ways, [true, false]);
}

#[test]
fn the_server_decides_how_large_a_batch_is() {
    let mut page = Page::new(Settings::default());
    page.capture(5);
    for _ in 0..5 {
        page.capture(5);
    }
    let id = page.rows[0].id;
    let row = fate(id, "\"s\":\"ok\"");
    page.answer(200, "", &format!("{{\"v\":1,\"r\":[{row}],\"policy\":{{\"max_items\":2}}}}"));
    assert_eq!(page.contents(), 2);
}

#[test]
fn the_same_lead_once_more_is_the_same_lead_and_is_tried_at_once() {
    let mut page = Page::new(Settings::default());
    let id = page.capture(5);
    page.fail();
    page.input(Input::Captured { id, item: "{}".into() });
    assert_eq!((page.sent.len(), page.rows.len()), (2, 1));
    page.accept_all();
    page.input(Input::Captured { id, item: "{}".into() });
    assert_eq!(page.events.last(), Some(&Event::Received { id }));
    assert_eq!((page.sent.len(), page.rows.len()), (2, 0));
}
