//! The form itself. Conditional fields are shown and never required: without a script nothing can hide them.

use alloc::{borrow::ToOwned, format, string::String, vec::Vec};

use super::{
    attribute, escape,
    words::{self, Words, words},
};
use crate::{
    abuse::TRAP,
    form::{Choice, Field, Form, Kind},
    lead::{Problem, Suggestion},
    wire::json::Json,
};

/// What stands in a form: values as they were sent, what is wrong with them, and what goes with them unseen.
#[derive(Clone, Debug, Default)]
pub struct Filled<'a> {
    /// Raw values by field.
    pub values: Json,
    /// What is wrong.
    pub problems: &'a [Problem],
    /// What the visitor may have meant.
    pub suggestions: &'a [Suggestion],
    /// The kinds of files that a file input offers, as its attribute `accept` has them, and whether it takes several.
    pub accept: &'a str,
    /// See [`accept`](Self::accept).
    pub several: bool,
    /// Names and values of hidden inputs.
    pub hidden: &'a [(&'a str, &'a str)],
}

/// Writes the element `<form>` of a form that is sent to `action`.
pub fn form(form: &Form, locale: &str, action: &str, filled: &Filled<'_>) -> String {
    let mut writer =
        Writer { out: String::new(), locale, words: words(locale), filled, names: form.name() };
    writer.out.push_str("<form method=\"post\"");
    attribute("action", action, &mut writer.out);
    if form.fields().iter().any(|field| is_file(field.kind())) {
        attribute("enctype", "multipart/form-data", &mut writer.out);
    }
    attribute("data-leadkit", form.name(), &mut writer.out);
    attribute("lang", locale, &mut writer.out);
    // The edge answers with better sentences than the browser's bubbles, and in the language of the page.
    writer.out.push_str(" novalidate>\n");
    for (name, value) in filled.hidden {
        writer.out.push_str("<input type=\"hidden\"");
        attribute("name", name, &mut writer.out);
        attribute("value", value, &mut writer.out);
        writer.out.push_str(">\n");
    }
    // Without a script the steps stand one below the other, each with its heading.
    for (title, fields) in form.steps() {
        writer.out.push_str("<fieldset data-leadkit-step>\n");
        if !title.is_empty() {
            writer.out.push_str("<legend>");
            writer.text(title.pick(locale));
            writer.out.push_str("</legend>\n");
        }
        for field in fields {
            writer.field(field);
        }
        writer.out.push_str("</fieldset>\n");
    }
    if form.steps().next().is_none() {
        for field in form.fields() {
            writer.field(field);
        }
    }
    // People do not see it; what fills it is a machine.
    writer.out.push_str("<div data-leadkit-trap aria-hidden=\"true\" hidden><input type=\"text\"");
    attribute("name", TRAP, &mut writer.out);
    writer.out.push_str(" tabindex=\"-1\" autocomplete=\"off\"></div>\n");
    let submit = Some(form.submit().pick(locale)).filter(|text| !text.is_empty());
    writer.out.push_str("<p><button type=\"submit\">");
    escape(submit.unwrap_or(writer.words.send), &mut writer.out);
    writer.out.push_str("</button></p>\n</form>\n");
    writer.out
}

struct Writer<'a> {
    out: String,
    locale: &'a str,
    words: Words,
    filled: &'a Filled<'a>,
    names: &'a str,
}

impl Writer<'_> {
    fn field(&mut self, field: &Field) {
        match field.kind() {
            Kind::Choice { options, multiple } => self.choices(field, options, *multiple),
            Kind::Checkbox => self.tick(field, field.label().pick(self.locale)),
            Kind::Consent { text, .. } => self.tick(field, text.pick(self.locale)),
            _ => self.input(field),
        }
    }

    fn id(&self, field: &Field) -> String {
        format!("{}-{}", self.names, field.name())
    }

    fn text(&mut self, text: &str) {
        escape(text, &mut self.out);
    }

    fn attribute(&mut self, name: &str, value: &str) {
        attribute(name, value, &mut self.out);
    }

    fn label(&mut self, field: &Field) {
        let label = field.label().pick(self.locale);
        self.text(if label.is_empty() { field.name() } else { label });
        // Without a script every field is shown, so the page says which ones may not count.
        let note = match (field.show_if(), field.required()) {
            (Some(_), _) => self.words.conditional,
            (None, false) => self.words.optional,
            (None, true) => return,
        };
        self.out.push_str(" <small>");
        self.text(note);
        self.out.push_str("</small>");
    }

    fn value(&self, field: &Field) -> Option<String> {
        match self.filled.values.member(field.name())? {
            Json::String(text) | Json::Number(text) => Some(text.clone()),
            Json::Array(items) => items.first()?.as_str().map(ToOwned::to_owned),
            _ => None,
        }
    }

    fn has(&self, field: &Field, value: &str) -> bool {
        match self.filled.values.member(field.name()) {
            Some(Json::Array(items)) => items.iter().any(|item| item.as_str() == Some(value)),
            Some(Json::String(text)) => text == value,
            _ => false,
        }
    }

    fn problem(&self, field: &Field) -> Option<&'static str> {
        let problem = self.filled.problems.iter().find(|problem| problem.field == field.name())?;
        Some(problem.code)
    }

    /// Everything that an input refers to or says about itself beside its kind and value.
    fn state(&mut self, field: &Field) {
        if field.required() && field.show_if().is_none() {
            self.out.push_str(" required aria-required=\"true\"");
        }
        if self.problem(field).is_some() {
            self.out.push_str(" aria-invalid=\"true\"");
        }
        let described = self.descriptions(field);
        if !described.is_empty() {
            let described = described.join(" ");
            self.attribute("aria-describedby", &described);
        }
    }

    fn descriptions(&self, field: &Field) -> Vec<String> {
        let id = self.id(field);
        let mut out = Vec::new();
        if !field.help().is_empty() {
            out.push(format!("{id}-help"));
        }
        if self.problem(field).is_some() {
            out.push(format!("{id}-problem"));
        }
        out
    }

    /// The help, the problem and the suggestion that [`state`](Self::state) refers to.
    fn notes(&mut self, field: &Field) {
        let id = self.id(field);
        if !field.help().is_empty() {
            self.out.push_str("<small");
            self.attribute("id", &format!("{id}-help"));
            self.out.push('>');
            self.text(field.help().pick(self.locale));
            self.out.push_str("</small>\n");
        }
        if let Some(code) = self.problem(field) {
            self.out.push_str("<span data-leadkit-problem");
            self.attribute("id", &format!("{id}-problem"));
            self.out.push('>');
            let sentence = words::problem(self.locale, code, Some(field));
            self.text(&sentence);
            let meant = self.filled.suggestions.iter().find(|meant| meant.field == field.name());
            if let Some(meant) = meant {
                let question = format!(" {} {}?", self.words.suggestion, meant.value);
                self.text(&question);
            }
            self.out.push_str("</span>\n");
        }
    }

    fn input(&mut self, field: &Field) {
        let id = self.id(field);
        self.out.push_str("<div data-leadkit-field>\n<label");
        self.attribute("for", &id);
        self.out.push('>');
        self.label(field);
        self.out.push_str("</label>\n");
        let value = self.value(field).unwrap_or_default();
        if matches!(field.kind(), Kind::Text { multiline: true }) {
            self.out.push_str("<textarea rows=\"5\"");
            self.named(field, &id);
            // The parser drops one line break after the tag; a value that begins with one keeps it.
            self.out.push_str(">\n");
            self.text(&value);
            self.out.push_str("</textarea>\n");
        } else {
            let (kind, mode, complete) = hints(field.kind());
            self.out.push_str("<input");
            self.attribute("type", kind);
            if let Some(mode) = mode {
                self.attribute("inputmode", mode);
            }
            if let Some(complete) = complete.filter(|_| field.autocomplete().is_none()) {
                self.attribute("autocomplete", complete);
            }
            if matches!(field.kind(), Kind::Format { format: "vat" | "iban" | "postcode", .. }) {
                self.out.push_str(" autocapitalize=\"characters\" spellcheck=\"false\"");
            }
            self.named(field, &id);
            if is_file(field.kind()) {
                self.attribute("accept", self.filled.accept);
                self.out.push_str(if self.filled.several { " multiple" } else { "" });
            } else {
                self.attribute("value", &value);
            }
            self.out.push_str(">\n");
        }
        self.notes(field);
        self.out.push_str("</div>\n");
    }

    fn named(&mut self, field: &Field, id: &str) {
        self.attribute("id", id);
        self.attribute("name", field.name());
        if let Some(complete) = field.autocomplete() {
            self.attribute("autocomplete", complete);
        }
        if matches!(field.kind(), Kind::Name | Kind::Text { .. } | Kind::Email) {
            self.attribute("maxlength", &format!("{}", field.max_length()));
        }
        self.state(field);
    }

    /// A box with its words beside it.
    fn tick(&mut self, field: &Field, words: &str) {
        let id = self.id(field);
        let ticked = match self.filled.values.member(field.name()) {
            Some(Json::Bool(ticked)) => *ticked,
            Some(Json::String(text)) => !text.is_empty(),
            _ => false,
        };
        self.out
            .push_str("<div data-leadkit-field>\n<label><input type=\"checkbox\" value=\"true\"");
        self.attribute("id", &id);
        self.attribute("name", field.name());
        self.state(field);
        if ticked {
            self.out.push_str(" checked");
        }
        self.out.push_str("> <span>");
        self.text(if words.is_empty() { field.name() } else { words });
        self.out.push_str("</span></label>\n");
        self.notes(field);
        self.out.push_str("</div>\n");
    }

    fn choices(&mut self, field: &Field, options: &[Choice], multiple: bool) {
        if multiple {
            self.boxes(field, options);
        } else {
            self.list(field, options);
        }
    }

    fn list(&mut self, field: &Field, options: &[Choice]) {
        let id = self.id(field);
        self.out.push_str("<div data-leadkit-field>\n<label");
        self.attribute("for", &id);
        self.out.push('>');
        self.label(field);
        self.out.push_str("</label>\n<select");
        self.named(field, &id);
        self.out.push_str(">\n<option value=\"\">");
        self.text(self.words.choose);
        self.out.push_str("</option>\n");
        for option in options {
            self.out.push_str("<option");
            self.attribute("value", &option.value);
            if self.has(field, &option.value) {
                self.out.push_str(" selected");
            }
            self.out.push('>');
            self.text(words_of(option, self.locale));
            self.out.push_str("</option>\n");
        }
        self.out.push_str("</select>\n");
        self.notes(field);
        self.out.push_str("</div>\n");
    }

    fn boxes(&mut self, field: &Field, options: &[Choice]) {
        self.out.push_str("<fieldset data-leadkit-field");
        let described = self.descriptions(field).join(" ");
        if !described.is_empty() {
            self.attribute("aria-describedby", &described);
        }
        self.out.push_str(">\n<legend>");
        self.label(field);
        self.out.push_str("</legend>\n");
        for option in options {
            self.out.push_str("<label><input type=\"checkbox\"");
            self.attribute("name", field.name());
            self.attribute("value", &option.value);
            if self.has(field, &option.value) {
                self.out.push_str(" checked");
            }
            self.out.push_str("> <span>");
            self.text(words_of(option, self.locale));
            self.out.push_str("</span></label>\n");
        }
        self.notes(field);
        self.out.push_str("</fieldset>\n");
    }
}

fn words_of<'a>(option: &'a Choice, locale: &str) -> &'a str {
    let label = option.label.pick(locale);
    if label.is_empty() { &option.value } else { label }
}

/// Whether a field takes files.
fn is_file(kind: &Kind) -> bool {
    matches!(kind, Kind::Format { format: "file", .. })
}

/// The type of an input, its keyboard, and what browsers may fill in.
fn hints(kind: &Kind) -> (&'static str, Option<&'static str>, Option<&'static str>) {
    match kind {
        Kind::Name => ("text", None, Some("name")),
        Kind::Email => ("email", Some("email"), Some("email")),
        Kind::Number { .. } => ("text", Some("decimal"), None),
        Kind::Format { format, .. } => match *format {
            "file" => ("file", None, None),
            "phone" => ("tel", Some("tel"), Some("tel")),
            "url" => ("url", Some("url"), Some("url")),
            "company" => ("text", None, Some("organization")),
            "postcode" => ("text", None, Some("postal-code")),
            "country" => ("text", None, Some("country-name")),
            "money" => ("text", Some("decimal"), None),
            _ => ("text", None, None),
        },
        _ => ("text", None, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{config::Config, wire::json};

    const CONFIG: &str = r#"{"site":{"id":"shop"},"forms":{"contact":{"fields":[
        {"name":"email","type":"email","required":true,"label":{"en":"E-mail <you>","de":"E-Mail"},"help":{"en":"We answer"}},
        {"name":"line","type":"choice","options":[{"value":"women"},{"value":"men","label":{"en":"Men"}}]},
        {"name":"size","type":"choice","multiple":true,"options":[{"value":"s"},{"value":"m"}]},
        {"name":"note","type":"text","multiline":true,"show_if":{"==":[{"var":"values.line"},"men"]},"required":true},
        {"name":"ok","type":"consent","purpose":"contact","required":true,"text":{"en":"Yes"}}]}}}"#;

    fn rendered(filled: &Filled<'_>) -> String {
        let config = Config::parse(CONFIG).unwrap();
        form(config.public().form("contact").unwrap(), "en", "/v1/form/shop/contact", filled)
    }

    #[track_caller]
    fn holds(html: &str, part: &str) {
        assert!(html.contains(part), "{part}\n{html}");
    }

    #[test]
    fn a_form_has_labels_hints_and_names() {
        let html = rendered(&Filled { hidden: &[("leadkit_id", "x")], ..Filled::default() });
        holds(
            &html,
            r#"<form method="post" action="/v1/form/shop/contact" data-leadkit="contact" lang="en" novalidate>"#,
        );
        holds(&html, r#"<input type="hidden" name="leadkit_id" value="x">"#);
        holds(&html, r#"<label for="contact-email">E-mail &lt;you&gt;</label>"#);
        holds(
            &html,
            r#"<input type="email" inputmode="email" autocomplete="email" id="contact-email" name="email" maxlength="#,
        );
        holds(
            &html,
            r#" required aria-required="true" aria-describedby="contact-email-help" value="">"#,
        );
        holds(&html, r#"<option value="men">Men</option>"#);
        holds(
            &html,
            r#"<input type="checkbox" value="true" id="contact-ok" name="ok" required aria-required="true"> <span>Yes</span>"#,
        );
        holds(&html, r#"<button type="submit">Send</button>"#);
    }

    #[test]
    fn a_field_with_a_condition_is_never_required_by_the_page() {
        holds(&rendered(&Filled::default()), "note <small>only if it applies</small></label>");
        holds(
            &rendered(&Filled::default()),
            "<textarea rows=\"5\" id=\"contact-note\" name=\"note\" maxlength=\"10000\">\n</textarea>",
        );
    }

    #[test]
    fn steps_stand_one_below_the_other_with_their_headings() {
        let config = Config::parse(
            r#"{"site":{"id":"shop"},"forms":{"f":{"fields":[{"name":"a","type":"text"},{"name":"b","type":"iban"}],
            "steps":[{"title":"You & me","fields":["a"]},{"fields":["b"]}]}}}"#,
        )
        .unwrap();
        let html = form(config.public().form("f").unwrap(), "en", "/x", &Filled::default());
        holds(
            &html,
            "<fieldset data-leadkit-step>\n<legend>You &amp; me</legend>\n<div data-leadkit-field>",
        );
        holds(&html, "</fieldset>\n<fieldset data-leadkit-step>\n<div data-leadkit-field>");
        holds(
            &html,
            r#"<input type="text" autocapitalize="characters" spellcheck="false" id="f-b""#,
        );
        assert_eq!(html.matches("</fieldset>").count(), 2);
    }

    #[test]
    fn values_come_back_with_their_problems() {
        let values =
            json::parse(r#"{"email":"\"><script>","line":"men","size":["m"],"ok":"true"}"#)
                .unwrap();
        let problems = [Problem::new("email", "email.syntax")];
        let html = rendered(&Filled { values, problems: &problems, ..Filled::default() });
        holds(
            &html,
            r#"aria-invalid="true" aria-describedby="contact-email-help contact-email-problem" value="&quot;&gt;&lt;script&gt;">"#,
        );
        holds(
            &html,
            r#"<span data-leadkit-problem id="contact-email-problem">Please enter an e-mail address, for example name@example.com.</span>"#,
        );
        holds(&html, r#"<option value="men" selected>Men</option>"#);
        holds(&html, r#"<input type="checkbox" name="size" value="m" checked>"#);
        holds(&html, r#"name="ok" required aria-required="true" checked>"#);
        assert!(!html.contains("<script"), "{html}");
    }
}
