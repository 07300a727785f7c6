//! `leadkit.json`: one site with its forms, rules and destinations.
//!
//! Decides what is a valid configuration and which part of it a browser may have. Reads no file and no secret: secrets are
//! named, and the platform looks them up. `www/schema/leadkit.schema.json` says the same to editors.

mod ads;
mod destination;
mod example;
mod export;
mod files;
mod judge;
mod kind;
mod lint;
mod privacy;
mod shape;
mod simulate;
mod site;
mod source;
pub mod spam;
mod stage;
mod template;

use alloc::{borrow::ToOwned, string::String, vec::Vec};

pub use destination::{Destination, Setting};
pub use export::Export;
pub use files::Files;
pub use judge::Judged;
pub use lint::{Finding, lint};
pub use privacy::Privacy;
pub use simulate::Simulation;
pub use site::Site;
pub use source::Source;
pub use spam::Spam;
pub use template::Template;

use crate::{
    error::Error,
    form::Form,
    lead::Stage,
    qualify::Qualify,
    wire::{
        json::{self, Faults, Json, Node},
        signature,
    },
};

const MEMBERS: &[&str] = &[
    "site",
    "forms",
    "qualify",
    "destinations",
    "sources",
    "exports",
    "privacy",
    "spam",
    "stages",
    "files",
];

/// The fact that tells whether somebody is a customer.
pub const CUSTOMER: &str = "existing_customer";

/// What a browser may have of a configuration: the site, its forms and the public rules.
#[derive(Clone, Debug, PartialEq)]
pub struct Public {
    site: Site,
    forms: Vec<Form>,
    qualify: Qualify,
}

impl Public {
    /// Reads the public part, or all of `leadkit.json`, of which the rest is left unread.
    ///
    /// # Errors
    /// Every fault with its JSON Pointer, or the one place where the text is not JSON.
    pub fn parse(text: &str) -> Result<Self, Vec<Error>> {
        let json = json::parse(text).map_err(|error| Vec::from([Error::from(error)]))?;
        let mut faults = Faults::new();
        let mut public = Self::read(&Node::root(&json), &mut faults);
        if let Some(rules) = json.member("qualify").and_then(|rules| rules.member("public")) {
            let rules = Json::object([("public", rules.clone())]);
            public.qualify = read_rules(&rules, &mut faults);
        }
        if faults.is_empty() { Ok(public) } else { Err(faults) }
    }

    fn read(root: &Node<'_>, faults: &mut Faults) -> Self {
        let mut forms = Vec::new();
        match root.get("forms") {
            Some(node) => {
                forms.extend(
                    node.members(faults).iter().map(|(name, node)| Form::parse(name, node, faults)),
                );
            }
            None => root.fault("a member \"forms\"", faults),
        }
        Self { site: Site::read(root, faults), forms, qualify: Qualify::default() }
    }

    /// The site.
    pub fn site(&self) -> &Site {
        &self.site
    }

    /// The form of this name.
    pub fn form(&self, name: &str) -> Option<&Form> {
        self.forms.iter().find(|form| form.name() == name)
    }

    /// The forms in their order.
    pub fn forms(&self) -> &[Form] {
        &self.forms
    }
}

/// A whole configuration, as the edge has it.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    public: Public,
    qualify: Qualify,
    destinations: Vec<Destination>,
    sources: Vec<Source>,
    exports: Vec<Export>,
    spam: Spam,
    files: Files,
    stages: Vec<(String, Stage)>,
    privacy: Privacy,
    asks_for_customers: bool,
    json: Json,
    hash: String,
    rules_hash: String,
}

impl Config {
    /// Reads `leadkit.json`.
    ///
    /// # Errors
    /// Every fault with its JSON Pointer, or the one place where the text is not JSON.
    pub fn parse(text: &str) -> Result<Self, Vec<Error>> {
        let json = json::parse(text).map_err(|error| Vec::from([Error::from(error)]))?;
        let mut faults = Faults::new();
        let root = Node::root(&json);
        root.expect_members(
            MEMBERS,
            "one of site, forms, qualify, destinations, sources, exports, privacy, spam, stages, files",
            &mut faults,
        );
        let public = Public::read(&root, &mut faults);
        let rules = json.member("qualify");
        let qualify = rules.map(|rules| read_rules(rules, &mut faults)).unwrap_or_default();
        let stages = stage::read(&root, &mut faults);
        let destinations = Destination::read_all(&root, &public, &stages, &mut faults);
        let sources = Source::read_all(&root, &public, &mut faults);
        let exports = Export::read_all(&root, &mut faults);
        let spam = Spam::read(&root, &public, &mut faults);
        let privacy = Privacy::read(&root, &mut faults);
        let files = Files::read(&root, &mut faults);
        if !faults.is_empty() {
            return Err(faults);
        }
        let hash = signature::hex(&signature::digest(text.as_bytes()));
        let rules = rules.map(Json::to_text).unwrap_or_default();
        let routes = json.member("destinations").map(Json::to_text).unwrap_or_default();
        let asks_for_customers = [&rules, &routes].iter().any(|text| text.contains(CUSTOMER));
        let rules_hash = signature::hex(&signature::digest(rules.as_bytes()));
        Ok(Self {
            public,
            qualify,
            destinations,
            sources,
            exports,
            spam,
            files,
            stages,
            privacy,
            asks_for_customers,
            json,
            hash,
            rules_hash,
        })
    }

    /// What a browser may have, read.
    pub fn public(&self) -> &Public {
        &self.public
    }

    /// What leads are worth.
    pub fn qualify(&self) -> &Qualify {
        &self.qualify
    }

    /// Where accepted leads go.
    pub fn destinations(&self) -> &[Destination] {
        &self.destinations
    }

    /// Where leads come from beside the forms of the site.
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// Where files of leads are brought by themselves.
    pub fn exports(&self) -> &[Export] {
        &self.exports
    }

    /// What is asked of leads before they count.
    pub fn spam(&self) -> &Spam {
        &self.spam
    }

    /// What files may come with a lead.
    pub fn files(&self) -> &Files {
        &self.files
    }

    /// Every name of a stage with what it stands for.
    pub fn stages(&self) -> &[(String, Stage)] {
        &self.stages
    }

    /// What a name of a stage stands for.
    pub fn stage(&self, name: &str) -> Option<Stage> {
        self.stages.iter().find(|(known, _)| known == name).map(|(_, stage)| *stage)
    }

    /// Whether a rule asks if somebody is a customer. Where none does, nobody is looked up.
    pub fn asks_for_customers(&self) -> bool {
        self.asks_for_customers
    }

    /// How long leads are kept.
    pub fn privacy(&self) -> &Privacy {
        &self.privacy
    }

    /// The SHA-256 of the text, in lower-case hexadecimal digits. It names this configuration for ever.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// The SHA-256 of the member `qualify` without white space. It names the rules, whatever else changes.
    pub fn rules_hash(&self) -> &str {
        &self.rules_hash
    }

    /// The version of a form: the first eight hexadecimal digits of the SHA-256 of its JSON without white space.
    pub fn form_version(&self, name: &str) -> Option<String> {
        let form = self.json.member("forms")?.member(name)?;
        let mut digits = signature::hex(&signature::digest(form.to_text().as_bytes()));
        digits.truncate(8);
        Some(digits)
    }

    /// The JSON that a browser may have: site without origins, forms, public rules, the version of each form, and which forms
    /// ask for work.
    pub fn public_json(&self) -> Json {
        let mut out = Json::Object(Vec::new());
        let mut site = Json::Object(Vec::new());
        for key in ["id", "name", "locale"] {
            if let Some(value) = self.json.member("site").and_then(|site| site.member(key)) {
                site.set(key, value.clone());
            }
        }
        out.set("site", site);
        if let Some(forms) = self.json.member("forms") {
            out.set("forms", forms.clone());
        }
        if let Some(rules) =
            self.json.member("qualify").and_then(|qualify| qualify.member("public"))
        {
            out.set("qualify", Json::object([("public", rules.clone())]));
        }
        let versions = self.public.forms.iter().filter_map(|form| {
            Some((form.name().to_owned(), Json::String(self.form_version(form.name())?)))
        });
        out.set("$versions", Json::Object(versions.collect()));
        if let Some(forms) = spam::public(&self.spam) {
            out.set("$work", forms);
        }
        out
    }
}

fn read_rules(rules: &Json, faults: &mut Faults) -> Qualify {
    Qualify::parse(rules).unwrap_or_else(|errors| {
        faults.extend(errors);
        Qualify::default()
    })
}
