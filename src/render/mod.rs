//! A form as accessible HTML, for pages of the edge and for widgets: labels, hints for browsers, problems at their fields.
//!
//! Decides how a form looks without any script. No inline style or script, so that a strict policy holds. Every text that
//! comes from outside is escaped.

mod form;
mod kiosk;
mod page;
mod words;

pub use form::{Filled, form};
pub use kiosk::{Kiosk, kiosk_manifest, kiosk_page};
pub use page::{Page, form_page, last_page, thanks_page};
pub use words::{language, problem};

use alloc::string::String;

/// Appends text so that it is read as text, in an element or in a quoted attribute.
pub(crate) fn escape(text: &str, out: &mut String) {
    for char in text.chars() {
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // HTML cannot carry these.
            '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{7f}' => {
                out.push('\u{fffd}');
            }
            other => out.push(other),
        }
    }
}

/// Appends an attribute with its value.
pub(crate) fn attribute(name: &str, value: &str, out: &mut String) {
    out.push(' ');
    out.push_str(name);
    out.push_str("=\"");
    escape(value, out);
    out.push('"');
}
