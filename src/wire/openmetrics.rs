//! Numbers for a monitoring system, as text of `OpenMetrics` 1.0: <https://prometheus.io/docs/specs/om/open_metrics_spec/>.
//!
//! Contract: each family is written once and whole. Names are those of the code; only values of labels may come from outside.

use alloc::{format, string::String};

/// The media type of [`Page::end`].
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// How a number behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It may go up and down.
    Gauge,
    /// It only grows until the process ends. Its samples end in `_total`.
    Counter,
}

/// The text as far as it is written.
#[derive(Clone, Debug, Default)]
pub struct Page {
    text: String,
    sample: String,
}

impl Page {
    /// Begins a family. A name that ends in `_seconds` says its unit.
    pub fn family(&mut self, kind: Kind, name: &str, help: &str) {
        let (word, suffix) = match kind {
            Kind::Gauge => ("gauge", ""),
            Kind::Counter => ("counter", "_total"),
        };
        self.push(&["# TYPE ", name, " ", word, "\n"]);
        if name.ends_with("_seconds") {
            self.push(&["# UNIT ", name, " seconds\n"]);
        }
        self.push(&["# HELP ", name, " ", &escaped(help), "\n"]);
        self.sample = format!("{name}{suffix}");
    }

    /// Writes a number of the family with its labels.
    pub fn whole(&mut self, labels: &[(&str, &str)], value: u64) {
        self.line(labels, &format!("{value}"));
    }

    /// Writes a span or point in time of the family, in seconds.
    pub fn seconds(&mut self, labels: &[(&str, &str)], millis: u64) {
        self.line(labels, &format!("{}.{:03}", millis / 1000, millis % 1000));
    }

    /// The whole text.
    pub fn end(mut self) -> String {
        self.text.push_str("# EOF\n");
        self.text
    }

    fn line(&mut self, labels: &[(&str, &str)], value: &str) {
        self.text.push_str(&self.sample);
        for (place, (name, label)) in labels.iter().enumerate() {
            let open = if place == 0 { "{" } else { "," };
            self.push(&[open, name, "=\"", &escaped(label), "\""]);
        }
        self.push(&[if labels.is_empty() { "" } else { "}" }, " ", value, "\n"]);
    }

    fn push(&mut self, parts: &[&str]) {
        self.text.extend(parts.iter().copied());
    }
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for each in text.chars() {
        match each {
            '\\' => out.push_str("\\\\"),
            '"' => out.push_str("\\\""),
            '\n' => out.push_str("\\n"),
            each => out.push(each),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_are_written_with_type_unit_help_and_an_end() {
        let mut page = Page::default();
        page.family(Kind::Counter, "a_requests", "Requests.");
        page.whole(&[("class", "2xx"), ("site", "x\"\\\ny")], 3);
        page.family(Kind::Gauge, "a_age_seconds", "Age.");
        page.seconds(&[], 61_002);
        assert_eq!(
            page.end(),
            concat!(
                "# TYPE a_requests counter\n# HELP a_requests Requests.\n",
                "a_requests_total{class=\"2xx\",site=\"x\\\"\\\\\\ny\"} 3\n",
                "# TYPE a_age_seconds gauge\n# UNIT a_age_seconds seconds\n# HELP a_age_seconds Age.\n",
                "a_age_seconds 61.002\n# EOF\n"
            )
        );
    }
}
