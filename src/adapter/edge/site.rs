//! The configurations that this instance holds. A cache: after a reset the platform configures it again.

use alloc::{borrow::ToOwned, collections::BTreeMap, rc::Rc, string::String, vec::Vec};

use super::head::Head;
use crate::{
    check::Packs,
    config::{Config, Setting},
    lead::FormRef,
    transfer::Lane,
    wire::{envelope::Fault, json::Json, step::Response},
};

std::thread_local! {
    static PACKS: Rc<Packs> = Rc::new(Packs::embedded());
}

/// The packs of the package, read once in the life of an instance.
pub fn packs() -> Rc<Packs> {
    PACKS.with(Rc::clone)
}

/// The configurations by site, and earlier ones by their hash.
#[derive(Clone, Debug, Default)]
pub struct Sites {
    current: BTreeMap<String, Rc<Site>>,
    earlier: BTreeMap<String, Rc<Config>>,
}

/// A site in force.
#[derive(Debug)]
pub struct Site {
    /// Its configuration.
    pub config: Config,
    /// The text of the configuration, which is stored under its hash.
    pub text: String,
}

impl Site {
    /// The id.
    pub fn id(&self) -> &str {
        &self.config.public().site().id
    }

    /// Its destinations as transfer sees them.
    pub fn lanes(&self) -> Vec<Lane<'_>> {
        let destinations = self.config.destinations().iter();
        let lanes = destinations.flat_map(|one| one.lanes.iter().map(move |lane| (lane, one)));
        lanes
            .map(|(name, destination)| Lane {
                name,
                kind: &destination.kind,
                settings: &destination.settings,
                forms: self.config.public().forms(),
            })
            .collect()
    }

    /// The names of the environment that its settings ask for.
    pub fn asks(&self) -> Vec<String> {
        let mut names = Vec::new();
        for destination in self.config.destinations() {
            collect(&destination.settings, &mut names);
        }
        for source in self.config.sources() {
            collect(&source.settings, &mut names);
        }
        for export in self.config.exports() {
            collect(&export.settings, &mut names);
        }
        for check in &self.config.spam().checks {
            names.extend(match &check.secret {
                Setting::Env(name) => Some(name.clone()),
                Setting::Plain(_) => None,
            });
        }
        names
    }

    /// The forms with their versions.
    pub fn versions(&self) -> Vec<(String, String)> {
        let forms = self.config.public().forms().iter();
        forms
            .filter_map(|form| {
                Some((form.name().to_owned(), self.config.form_version(form.name())?))
            })
            .collect()
    }

    /// Whether a page of this origin may send leads: one that is listed, or one that this deployment serves.
    pub fn allows(&self, head: &Head) -> bool {
        head.origin().is_none_or(|origin| {
            head.same_origin()
                || self.config.public().site().origins.iter().any(|own| own == origin)
        })
    }
}

fn collect(settings: &Json, names: &mut Vec<String>) {
    for (_, value) in settings.as_object().unwrap_or_default() {
        match value.member("env").and_then(Json::as_str) {
            Some(name) => names.push(name.to_owned()),
            None => collect(value, names),
        }
    }
}

impl Sites {
    /// Puts a configuration in force.
    pub fn set(&mut self, site: Site) {
        self.current.insert(site.id().to_owned(), Rc::new(site));
    }

    /// The site of this id.
    ///
    /// # Errors
    /// There is none.
    pub fn site(&self, id: &str) -> Result<Rc<Site>, Fault> {
        self.current.get(id).cloned().ok_or(Fault::Site)
    }

    /// All sites by their ids.
    pub fn all(&self) -> impl Iterator<Item = &Rc<Site>> {
        self.current.values()
    }

    /// An earlier configuration, read once.
    pub fn earlier(&mut self, text: &str) -> Option<Rc<Config>> {
        let hash = crate::wire::signature::hex(&crate::wire::signature::digest(text.as_bytes()));
        if let Some(known) = self.earlier.get(&hash) {
            return Some(Rc::clone(known));
        }
        let config = Rc::new(Config::parse(text).ok()?);
        self.earlier.insert(hash, Rc::clone(&config));
        Some(config)
    }

    /// An earlier configuration that was read before.
    pub fn by_hash(&self, hash: &str) -> Option<Rc<Config>> {
        self.earlier.get(hash).cloned()
    }

    /// Adds what browsers ask of an answer to another origin. An origin that no site lists gets nothing.
    pub fn with_cors(&self, response: Response, head: &Head) -> Response {
        let response = response.with("vary", "origin");
        let listed = |origin: &&str| {
            self.all()
                .any(|site| site.config.public().site().origins.iter().any(|own| own == origin))
        };
        match head.origin().filter(listed) {
            Some(origin) => response
                .with("access-control-allow-origin", origin)
                .with("access-control-expose-headers", "retry-after"),
            None => response,
        }
    }
}

/// Whether a form reference names a version that is not the one in force.
pub fn is_earlier(site: &Site, form: &FormRef) -> bool {
    form.version.is_some() && site.config.form_version(&form.name) != form.version
}
