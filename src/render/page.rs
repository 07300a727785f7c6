//! Whole pages around a form: the hosted form, the form that came back, and the thanks.

use alloc::string::String;

use super::{Filled, attribute, escape, form, words::words};
use crate::form::Form;

/// What a page is about.
#[derive(Clone, Copy, Debug)]
pub struct Page<'a> {
    /// The name of the site.
    pub site: &'a str,
    /// The form.
    pub form: &'a Form,
    /// The language (BCP 47).
    pub locale: &'a str,
    /// The address of the stylesheet.
    pub style: &'a str,
}

/// The page of a form that is sent to `action`. With `busy`, it says that the form could not be taken just now.
pub fn form_page(page: &Page<'_>, action: &str, filled: &Filled<'_>, busy: bool) -> String {
    let words = words(page.locale);
    let title = Some(page.form.title().pick(page.locale)).filter(|title| !title.is_empty());
    let mut out = open(page, title.unwrap_or(page.site));
    if busy || !filled.problems.is_empty() {
        out.push_str("<p role=\"alert\">");
        escape(if busy { words.later } else { words.mistakes }, &mut out);
        out.push_str("</p>\n");
    }
    out.push_str(&form(page.form, page.locale, action, filled));
    close(out)
}

/// The page after a form was received.
pub fn thanks_page(page: &Page<'_>) -> String {
    last_page(page, "", None)
}

/// The page after a form was received: with this message or else the thanks, and with a link, its address and its words, to what
/// comes next.
pub fn last_page(page: &Page<'_>, message: &str, next: Option<(&str, &str)>) -> String {
    let mut out = open(page, page.site);
    let own = [message, page.form.thanks().pick(page.locale)];
    let own = own.into_iter().find(|text| !text.is_empty());
    out.push_str("<p role=\"status\">");
    escape(own.unwrap_or(words(page.locale).thanks), &mut out);
    out.push_str("</p>\n");
    if let Some((url, label)) = next {
        out.push_str("<p><a");
        attribute("href", url, &mut out);
        out.push('>');
        escape(label, &mut out);
        out.push_str("</a></p>\n");
    }
    close(out)
}

fn open(page: &Page<'_>, title: &str) -> String {
    let mut out = String::from("<!doctype html>\n<html");
    attribute("lang", page.locale, &mut out);
    out.push_str(
        ">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"robots\" content=\"noindex\">\n<title>",
    );
    escape(title, &mut out);
    if title != page.site {
        out.push_str(" – ");
        escape(page.site, &mut out);
    }
    out.push_str("</title>\n<link rel=\"stylesheet\"");
    attribute("href", page.style, &mut out);
    out.push_str(">\n</head>\n<body>\n<main>\n<h1>");
    escape(title, &mut out);
    out.push_str("</h1>\n");
    out
}

fn close(mut out: String) -> String {
    out.push_str("</main>\n</body>\n</html>\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn page(write: impl Fn(&Page<'_>) -> String) -> String {
        let config = Config::parse(
            r#"{"site":{"id":"shop","name":"A & B"},"forms":{"contact":{"title":{"de":"Kontakt"},"fields":[{"name":"x","type":"text"}]}}}"#,
        )
        .unwrap();
        let form = config.public().form("contact").unwrap();
        write(&Page { site: "A & B", form, locale: "de", style: "/kit/page.css" })
    }

    #[test]
    fn a_page_has_a_language_a_title_and_no_script_or_style_of_its_own() {
        let html = page(|page| form_page(page, "/x", &Filled::default(), false));
        assert!(html.starts_with("<!doctype html>\n<html lang=\"de\">"));
        assert!(html.contains("<title>Kontakt – A &amp; B</title>"));
        assert!(html.contains("<h1>Kontakt</h1>"));
        assert!(!html.contains("<script") && !html.contains("<style") && !html.contains(" style="));
        assert!(!html.contains("role=\"alert\""));
    }

    #[test]
    fn a_busy_edge_says_so() {
        let html = page(|page| form_page(page, "/x", &Filled::default(), true));
        assert!(
            html.contains("<p role=\"alert\">Wir konnten Ihre Nachricht gerade nicht annehmen.")
        );
    }

    #[test]
    fn the_thanks_are_those_of_the_owner_or_ours() {
        assert!(
            page(thanks_page)
                .contains("<p role=\"status\">Vielen Dank. Ihre Nachricht ist angekommen.</p>")
        );
    }
}
