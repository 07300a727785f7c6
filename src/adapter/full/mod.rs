//! The full API as one module: forms, the e-mail check and the verdict by the public rules, on plain JavaScript values.
//!
//! For front-end code that draws its forms itself. Values come in as `JSON.stringify` sees them and go out through
//! `serde-wasm-bindgen`. The checks that are modules of their own in a browser are asked through a function.

mod value;
mod watch;

use alloc::{rc::Rc, string::String, vec::Vec};
use core::cell::RefCell;

use js_sys::Function;
use serde::Serialize as _;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};
use web_sys::{HtmlFormElement, Url};

use crate::{
    check::{Known, Packs, email::EmailAnswer, pack::Pack},
    config::Public,
    error::Error,
    form::{Accepted, Form},
    lead::Lead,
    time::Millis,
    wire::json::{self, Json},
};
use watch::Watch;

/// A tenth of the size of the one of `std`.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: lol_alloc::LockedAllocator<lol_alloc::FreeListAllocator> =
    lol_alloc::LockedAllocator::new(lol_alloc::FreeListAllocator::new());

/// The forms and public rules of a site.
#[wasm_bindgen]
pub struct Full {
    core: Rc<Core>,
}

struct Core {
    public: Public,
    packs: RefCell<Packs>,
    ask: Function,
}

/// A question of a form can depend on the answer to an earlier one: a postcode on a country, and no further.
const ROUNDS: usize = 3;

#[wasm_bindgen]
impl Full {
    /// Reads the public configuration of a site. `ask` answers a question such as `{"kind":"phone","value":"030 123"}`, or
    /// gives nothing while it cannot.
    ///
    /// # Errors
    ///
    /// `[{"code","pointer"}]` for a configuration that is not valid.
    #[wasm_bindgen(constructor)]
    pub fn new(config: &JsValue, ask: Function) -> Result<Self, JsValue> {
        let public = Public::parse(&take(config)?.to_text()).map_err(|errors| {
            let error = |error: &Error| {
                Json::object([
                    ("code", Json::str(error.code())),
                    ("pointer", Json::str(error.pointer().unwrap_or_default())),
                ])
            };
            give(&Json::Array(errors.iter().map(error).collect()))
        })?;
        Ok(Self { core: Rc::new(Core { public, packs: RefCell::default(), ask }) })
    }

    /// Adds the list of `disposable` or `free` mail hosts; says whether it could be read. Call it once for each.
    pub fn pack(&self, name: &str, bytes: Vec<u8>) -> bool {
        let mut packs = self.core.packs.borrow_mut();
        let place = match name {
            "disposable" => &mut packs.disposable,
            "free" => &mut packs.free,
            _ => return false,
        };
        *place = Pack::parse(bytes.leak());
        place.is_some()
    }

    /// What a form of the site makes of values; nothing if there is no such form.
    ///
    /// # Errors
    ///
    /// What `JSON.stringify` throws, for a cycle or a `bigint`.
    pub fn accept(&self, form: &str, values: &JsValue, locale: String) -> Result<JsValue, JsValue> {
        let values = take(values)?;
        let accepted =
            self.core.public.form(form).map(|form| self.core.accept(form, &values, locale));
        Ok(accepted.map_or(JsValue::UNDEFINED, |accepted| give(&accepted.to_json())))
    }

    /// The verdict by the public rules on a lead, an item of the wire format. `now` is in milliseconds since 1970.
    /// Nothing where the value is no lead or there is no such form.
    ///
    /// # Errors
    ///
    /// What `JSON.stringify` throws, for a cycle or a `bigint`.
    pub fn judge(&self, lead: &JsValue, now: f64) -> Result<JsValue, JsValue> {
        let verdict = self.core.judge(&take(lead)?, now);
        Ok(verdict.map_or(JsValue::UNDEFINED, |verdict| give(&verdict)))
    }

    /// Tells `heard` what the form makes of the values of an element, each time a field is left or something is chosen,
    /// until the watch is freed. Nothing if there is no such form.
    pub fn watch(&self, element: &HtmlFormElement, form: &str, heard: Function) -> Option<Watch> {
        self.core.public.form(form)?;
        Some(Watch::new(Rc::clone(&self.core), element, form.into(), heard))
    }
}

impl Core {
    fn accept(&self, form: &Form, values: &Json, locale: String) -> Accepted {
        self.with_known(form, values, locale, |known| form.accept(values, known))
    }

    fn judge(&self, lead: &Json, now: f64) -> Option<Json> {
        let lead = Lead::from_json(lead).ok()?;
        let form = self.public.form(&lead.form.name)?;
        let locale = lead.context.member("locale").and_then(Json::as_str);
        let locale = locale.unwrap_or(&self.public.site().locale);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
        let now = Millis(now as u64);
        self.with_known(form, &lead.data, locale.into(), |known| {
            Some(self.public.judge(&lead, known, now)?.verdict.to_json())
        })
    }

    /// Finds out what the form wants to know about the values, from the URL parser of the platform and by asking.
    fn with_known<T>(
        &self,
        form: &Form,
        values: &Json,
        locale: String,
        then: impl FnOnce(&Known<'_>) -> T,
    ) -> T {
        let packs = self.packs.borrow();
        let mut known = Known {
            disposable: packs.disposable.as_ref(),
            free: packs.free.as_ref(),
            email: Some(EmailAnswer::facts),
            locale,
            ..Known::default()
        };
        for _ in 0..ROUNDS {
            let accepted = form.accept(values, &known);
            if accepted.wanted.is_empty() && accepted.questions.is_empty() {
                break;
            }
            for host in accepted.wanted {
                let url = Url::new(&["https://", &host].concat()).ok();
                known.hosts.insert(host, url.map(|url| url.hostname()));
            }
            for question in accepted.questions {
                let answer = self.ask.call1(&JsValue::UNDEFINED, &give(&question));
                if let Ok(answer @ Json::Object(_)) = answer.and_then(|answer| take(&answer)) {
                    known.answers.insert(question.to_text(), answer);
                }
            }
        }
        then(&known)
    }
}

/// Takes a value as `JSON.stringify` sees it; what has no JSON, such as a function, is nothing.
fn take(value: &JsValue) -> Result<Json, JsValue> {
    let text = js_sys::JSON::stringify(value)?.as_string();
    Ok(text.and_then(|text| json::parse(&text).ok()).unwrap_or_default())
}

/// A value of ours always has a form in JavaScript.
fn give(value: &Json) -> JsValue {
    value.serialize(&Serializer::json_compatible()).unwrap_or(JsValue::UNDEFINED)
}
