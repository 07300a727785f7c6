//! The body of a request: `{"v":1,"k":site,"sent_at":…,"items":[…]}`.

use alloc::string::String;

use super::Record;
use crate::{
    time::Millis,
    wire::json::{self, Json},
};

/// What `{"id":"…","n":…,` adds to an item, and the comma after it.
pub(super) const ITEM_HEAD: usize = 64;

/// What surrounds the items, without the site.
const FRAME: usize = 64;

/// The size of a body without items.
pub(super) fn frame(site: &str) -> usize {
    FRAME.saturating_add(site.len().saturating_mul(6))
}

/// Writes the body.
pub(super) fn body<'a>(
    site: &str,
    sent_at: Millis,
    records: impl Iterator<Item = &'a Record>,
) -> String {
    let mut out = String::from("{\"v\":1,\"k\":");
    json::quote(site, &mut out);
    out.push_str(",\"sent_at\":");
    number(sent_at.0, &mut out);
    out.push_str(",\"items\":[");
    for (index, record) in records.enumerate() {
        if index > 0 {
            out.push(',');
        }
        out.push_str("{\"id\":\"");
        out.push_str(&record.id.to_text());
        out.push_str("\",\"n\":");
        number(record.attempts.into(), &mut out);
        match record.item.strip_prefix('{') {
            Some("}") | None => out.push('}'),
            Some(rest) => {
                out.push(',');
                out.push_str(rest);
            }
        }
    }
    out.push_str("]}");
    out
}

fn number(value: u64, out: &mut String) {
    if let Json::Number(text) = Json::int(i64::try_from(value).unwrap_or(i64::MAX)) {
        out.push_str(&text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{string::ToString, vec::Vec};

    #[test]
    fn the_body_is_wire_version_one_and_within_its_estimate() {
        let records: Vec<Record> = ["{\"at\":5,\"form\":\"contact\"}", "{}", "broken"]
            .into_iter()
            .map(|item| Record {
                id: "017f22e2-79b0-7cc3-98c4-dc0c0c07398f".parse().unwrap(),
                item: item.to_string(),
                attempts: u32::MAX,
                at: Millis(5),
                set: Millis(5),
                next: Millis(5),
                lease: Millis(5),
            })
            .collect();
        let text = body("a\"b", Millis(1_795_325_565_676), records.iter());
        let head = "{\"id\":\"017f22e2-79b0-7cc3-98c4-dc0c0c07398f\",\"n\":4294967295";
        assert_eq!(
            text,
            "{\"v\":1,\"k\":\"a\\\"b\",\"sent_at\":1795325565676,\"items\":[".to_string()
                + head
                + ",\"at\":5,\"form\":\"contact\"},"
                + head
                + "},"
                + head
                + "}]}"
        );
        assert!(json::parse(&text).is_ok());
        assert!(text.len() <= frame("a\"b") + records.iter().map(Record::size).sum::<usize>());
    }
}
