//! What our pages say by themselves, by language. The sentences for problems are those of the browser.

use alloc::{
    borrow::ToOwned,
    string::{String, ToString},
};

use crate::{
    form::{Field, Kind},
    wire::json::{self, Json},
};

/// Words of a page that no owner wrote.
#[derive(Clone, Copy, Debug)]
pub(super) struct Words {
    pub optional: &'static str,
    pub conditional: &'static str,
    pub choose: &'static str,
    pub send: &'static str,
    pub thanks: &'static str,
    pub mistakes: &'static str,
    pub later: &'static str,
    pub suggestion: &'static str,
}

struct Language {
    tag: &'static str,
    words: Words,
    problems: &'static str,
}

/// The first language is used where the wanted one is missing.
const LANGUAGES: [Language; 8] = [
    Language {
        tag: "en",
        words: Words {
            optional: "optional",
            conditional: "only if it applies",
            choose: "Please choose",
            send: "Send",
            thanks: "Thank you. We have received your message.",
            mistakes: "Please check the fields that are marked.",
            later: "We could not take your message just now. Please send it again in a minute.",
            suggestion: "Did you mean",
        },
        problems: include_str!("../../www/browser/messages/en.json"),
    },
    Language {
        tag: "de",
        words: Words {
            optional: "freiwillig",
            conditional: "nur falls zutreffend",
            choose: "Bitte wählen",
            send: "Absenden",
            thanks: "Vielen Dank. Ihre Nachricht ist angekommen.",
            mistakes: "Bitte prüfen Sie die markierten Felder.",
            later: "Wir konnten Ihre Nachricht gerade nicht annehmen. Bitte senden Sie sie in einer Minute noch einmal.",
            suggestion: "Meinten Sie",
        },
        problems: include_str!("../../www/browser/messages/de.json"),
    },
    Language {
        tag: "fr",
        words: Words {
            optional: "facultatif",
            conditional: "seulement si cela vous concerne",
            choose: "Veuillez choisir",
            send: "Envoyer",
            thanks: "Merci. Nous avons bien reçu votre message.",
            mistakes: "Veuillez vérifier les champs signalés.",
            later: "Nous n’avons pas pu recevoir votre message. Veuillez le renvoyer dans une minute.",
            suggestion: "Vouliez-vous dire",
        },
        problems: include_str!("../../www/browser/messages/fr.json"),
    },
    Language {
        tag: "es",
        words: Words {
            optional: "opcional",
            conditional: "solo si procede",
            choose: "Elija una opción",
            send: "Enviar",
            thanks: "Gracias. Hemos recibido su mensaje.",
            mistakes: "Revise los campos señalados.",
            later: "No hemos podido recibir su mensaje. Vuelva a enviarlo dentro de un minuto.",
            suggestion: "¿Quiso decir",
        },
        problems: include_str!("../../www/browser/messages/es.json"),
    },
    Language {
        tag: "it",
        words: Words {
            optional: "facoltativo",
            conditional: "solo se pertinente",
            choose: "Scelga un’opzione",
            send: "Invia",
            thanks: "Grazie. Abbiamo ricevuto il Suo messaggio.",
            mistakes: "Controlli i campi segnalati.",
            later: "Non abbiamo potuto ricevere il Suo messaggio. Lo invii di nuovo tra un minuto.",
            suggestion: "Intendeva",
        },
        problems: include_str!("../../www/browser/messages/it.json"),
    },
    Language {
        tag: "nl",
        words: Words {
            optional: "niet verplicht",
            conditional: "alleen indien van toepassing",
            choose: "Maak een keuze",
            send: "Versturen",
            thanks: "Dank u wel. Wij hebben uw bericht ontvangen.",
            mistakes: "Controleer de gemarkeerde velden.",
            later: "Wij konden uw bericht niet ontvangen. Stuur het over een minuut opnieuw.",
            suggestion: "Bedoelde u",
        },
        problems: include_str!("../../www/browser/messages/nl.json"),
    },
    Language {
        tag: "pl",
        words: Words {
            optional: "nieobowiązkowe",
            conditional: "tylko jeśli dotyczy",
            choose: "Proszę wybrać",
            send: "Wyślij",
            thanks: "Dziękujemy. Otrzymaliśmy Twoją wiadomość.",
            mistakes: "Sprawdź zaznaczone pola.",
            later: "Nie mogliśmy przyjąć wiadomości. Wyślij ją ponownie za minutę.",
            suggestion: "Czy chodziło o",
        },
        problems: include_str!("../../www/browser/messages/pl.json"),
    },
    Language {
        tag: "pt",
        words: Words {
            optional: "opcional",
            conditional: "apenas se aplicável",
            choose: "Escolha uma opção",
            send: "Enviar",
            thanks: "Obrigado. Recebemos a sua mensagem.",
            mistakes: "Verifique os campos assinalados.",
            later: "Não foi possível receber a sua mensagem. Envie-a de novo dentro de um minuto.",
            suggestion: "Queria dizer",
        },
        problems: include_str!("../../www/browser/messages/pt.json"),
    },
];

fn find(tag: &str) -> Option<&'static Language> {
    let language = tag.split(['-', '_']).next().unwrap_or_default();
    LANGUAGES.iter().find(|known| known.tag.eq_ignore_ascii_case(language))
}

fn known(tag: &str) -> &'static Language {
    let [first, ..] = &LANGUAGES;
    find(tag).unwrap_or(first)
}

pub(super) fn words(locale: &str) -> Words {
    known(locale).words
}

/// The sentence for the code of a problem, for the visitor; that of a limit names it as `field` has it.
pub fn problem(locale: &str, code: &str, field: Option<&Field>) -> String {
    let language = known(locale);
    let sentences = json::parse(language.problems).unwrap_or_default();
    let sentence = |code| sentences.member(code).and_then(Json::as_str);
    let named = sentence(code).and_then(|sentence| {
        if !sentence.contains(LIMIT) {
            return Some(sentence.to_owned());
        }
        let mut limit = limit(code, field?)?;
        if language.tag != "en" {
            limit = limit.replace('.', ",");
        }
        Some(sentence.replace(LIMIT, &limit))
    });
    let general = || sentence("value.type").unwrap_or(code).to_owned();
    named.unwrap_or_else(general)
}

/// Where a sentence names the limit that was missed.
const LIMIT: &str = "{n}";

fn limit(code: &str, field: &Field) -> Option<String> {
    match (code, field.kind()) {
        ("number.min", Kind::Number { min, .. }) => min.clone(),
        ("number.max", Kind::Number { max, .. }) => max.clone(),
        ("too_long", _) => Some(field.max_length().to_string()),
        ("too_short", _) => Some(field.min_length().to_string()),
        _ => None,
    }
}

/// The language of a page: the one asked for, else the first of an `Accept-Language` header (RFC 9110) that our pages
/// speak, else that of the site.
pub fn language(asked: Option<&str>, accepted: Option<&str>, site: &str) -> String {
    let plain = |tag: &&str| {
        tag.len() <= 35 && tag.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    if let Some(asked) = asked.filter(|tag| !tag.is_empty()).filter(plain) {
        return asked.to_owned();
    }
    let ranges = accepted.unwrap_or_default().split(',');
    let tags = ranges.filter_map(|range| range.split(';').next()).map(str::trim);
    tags.filter(plain).find(|tag| find(tag).is_some()).unwrap_or(site).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        form::Form,
        wire::json::{Faults, Node},
    };

    #[test]
    fn every_language_has_a_sentence_for_every_problem() {
        let codes = |language: &Language| {
            let json = json::parse(language.problems).unwrap();
            json.as_object()
                .unwrap()
                .iter()
                .map(|(code, _)| code.clone())
                .collect::<alloc::vec::Vec<_>>()
        };
        let [first, ..] = &LANGUAGES;
        for language in &LANGUAGES {
            assert_eq!(codes(language), codes(first), "{}", language.tag);
        }
        assert_eq!(problem("de-AT", "required", None), "Bitte füllen Sie dieses Feld aus.");
        assert_eq!(problem("xx", "no.such.code", None), "Please fill in this field again.");
    }

    #[test]
    fn the_sentence_of_a_limit_names_it() {
        let json = r#"{"fields":[{"name":"n","type":"number","min":0.5,"max":100},
            {"name":"t","type":"text","min_length":3}]}"#;
        let json = json::parse(json).unwrap();
        let mut faults = Faults::new();
        let form = Form::parse("contact", &Node::root(&json), &mut faults);
        let number = form.field("n");
        let text = form.field("t");
        for (locale, code, field, expected) in [
            ("en", "number.max", number, "Please enter a number of at most 100."),
            ("en", "number.min", number, "Please enter a number of at least 0.5."),
            ("de", "number.min", number, "Bitte geben Sie eine Zahl ein, die mindestens 0,5 ist."),
            (
                "en",
                "too_short",
                text,
                "This text is too short. Please write at least 3 characters.",
            ),
            (
                "pl",
                "too_long",
                text,
                "Ten tekst jest za długi. Skróć go, dozwolona liczba znaków: 10000.",
            ),
            ("en", "number.max", None, "Please fill in this field again."),
        ] {
            assert_eq!(problem(locale, code, field), expected);
        }
    }

    #[test]
    fn the_language_is_the_one_asked_for_then_the_browsers_then_the_sites() {
        assert_eq!(language(Some("de"), Some("fr"), "en"), "de");
        assert_eq!(language(Some("\"><x"), Some("ja, fr-CH;q=0.9, en"), "de"), "fr-CH");
        assert_eq!(language(None, Some("ja"), "de"), "de");
        assert_eq!(language(None, None, "de"), "de");
    }
}
