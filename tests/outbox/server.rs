//! An edge that stores leads by id and fails in every way.

use std::collections::{BTreeMap, BTreeSet};

use leadkit::{
    lead::LeadId,
    random::Random,
    time::Millis,
    wire::json::{self, Json},
};

/// How the edge behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Ok,
    Down,
    AckDrop,
    Captive,
    Unavailable,
    AskedSeconds,
    AskedBody,
    Misconfigured,
    Mixed,
    Small,
}

pub const MODES: [Mode; 10] = [
    Mode::Ok,
    Mode::Down,
    Mode::AckDrop,
    Mode::Captive,
    Mode::Unavailable,
    Mode::AskedSeconds,
    Mode::AskedBody,
    Mode::Misconfigured,
    Mode::Mixed,
    Mode::Small,
];

/// An HTTP answer: status, `Retry-After`, body, and the silence that it asks for.
#[derive(Clone, Debug)]
pub struct Reply {
    pub status: u16,
    pub retry_after: String,
    pub body: String,
    pub silence: Option<Millis>,
}

#[derive(Default)]
pub struct Server {
    pub stored: BTreeMap<LeadId, String>,
    pub refused: BTreeSet<LeadId>,
    pub copies: u64,
}

impl Server {
    /// Handles a body; `None` means that the connection breaks.
    pub fn handle(&mut self, body: &str, mode: Mode, random: &mut Random) -> Option<Reply> {
        let reply = |status, retry_after: &str, body: &str| Reply {
            status,
            retry_after: retry_after.to_owned(),
            body: body.to_owned(),
            silence: None,
        };
        match mode {
            Mode::Ok => Some(self.take(body, false, random)),
            Mode::Mixed => Some(self.take(body, true, random)),
            Mode::Down => None,
            Mode::AckDrop => {
                self.take(body, false, random);
                None
            }
            Mode::Captive => Some(reply(200, "", "<html>Please sign in</html>")),
            Mode::Unavailable => Some(reply(503, "", "")),
            Mode::AskedSeconds => {
                let seconds = 1 + random.below(300);
                let silence = Some(Millis::from_secs(seconds));
                Some(Reply { silence, ..reply(429, &seconds.to_string(), "") })
            }
            Mode::AskedBody => {
                let span = 500 + random.below(100_000);
                let body = format!("{{\"error\":{{\"code\":\"busy\",\"after_ms\":{span}}}}}");
                Some(Reply { silence: Some(Millis(span)), ..reply(503, "", &body) })
            }
            Mode::Misconfigured => {
                let status = [401, 403, 404, 410][usize::try_from(random.below(4)).unwrap()];
                Some(reply(status, "", "no"))
            }
            Mode::Small => {
                let items = json::parse(body).unwrap();
                let many = items.member("items").unwrap().as_array().unwrap().len() > 2;
                let refusal = reply(413, "", "");
                if many { Some(refusal) } else { Some(self.take(body, false, random)) }
            }
        }
    }

    fn take(&mut self, body: &str, mixed: bool, random: &mut Random) -> Reply {
        let body = json::parse(body).unwrap();
        assert_eq!(body.member("v").and_then(Json::as_int), Some(1));
        assert_eq!(body.member("k").and_then(Json::as_str), Some("site"));
        let mut rows = Vec::new();
        for item in body.member("items").unwrap().as_array().unwrap() {
            self.copies += 1;
            let text = item.member("id").unwrap().as_str().unwrap();
            let id: LeadId = text.parse().unwrap();
            let content = item.member("data").unwrap().to_text();
            let roll = random.below(10);
            if let Some(before) = self.stored.get(&id) {
                assert_eq!(*before, content, "one id came with two contents");
                rows.push(format!("{{\"id\":\"{text}\",\"s\":\"dup\"}}"));
            } else if self.refused.contains(&id) || (mixed && roll < 2) {
                self.refused.insert(id);
                rows.push(format!(
                    "{{\"id\":\"{text}\",\"s\":\"bad\",\"c\":\"email.syntax\",\"f\":\"email\"}}"
                ));
            } else if mixed && roll < 4 {
                rows.push(format!("{{\"id\":\"{text}\",\"s\":\"later\",\"after_ms\":5000}}"));
            } else if mixed && roll < 5 {
                // An answer that forgets a lead says nothing about it.
            } else {
                self.stored.insert(id, content);
                rows.push(format!("{{\"id\":\"{text}\",\"s\":\"ok\"}}"));
            }
        }
        Reply {
            status: 200,
            retry_after: String::new(),
            body: format!("{{\"v\":1,\"now\":5,\"r\":[{}]}}", rows.join(",")),
            silence: None,
        }
    }
}
