//! The files of a plain form: named by their hashes in the values, kept beside the lead.

use alloc::{borrow::ToOwned, format, string::String, vec::Vec};

use super::{ROUTE, Sent};
use crate::{
    adapter::edge::{
        file,
        head::{Head, Upload},
    },
    intake::file as files,
    wire::{
        envelope::Fault,
        json::Json,
        step::{Effect, Step},
    },
};

impl Sent {
    /// The files of file fields: each is refused, or named in the value of its field.
    pub(super) fn take_files(&mut self, head: &Head) -> Result<(), Fault> {
        let most = usize::try_from(self.site.config.files().max_files).unwrap_or(1);
        let names: Vec<String> = file::fields(self.form()?).map(ToOwned::to_owned).collect();
        for name in names {
            let own = head.uploads.iter().filter(|upload| upload.field == name);
            let mut hashes = String::new();
            for upload in own {
                let full = self.uploads.len() >= most;
                let code = if full {
                    Some("file.too_many")
                } else {
                    file::refusal(&self.site, head, upload)
                };
                if let Some(code) = code {
                    self.refused.get_or_insert((name.clone(), code));
                    continue;
                }
                if !hashes.is_empty() {
                    hashes.push(' ');
                }
                hashes.push_str(&upload.hash);
                self.uploads.push(upload.clone());
            }
            if !hashes.is_empty() {
                self.content.extend_from_slice(format!("\n{name}={hashes}").as_bytes());
                self.values.set(&name, Json::String(hashes));
            }
        }
        Ok(())
    }

    /// The first step for the files: a row for each. The bytes come after.
    pub(super) fn file_rows(&self, head: &Head, id: &str) -> Step {
        let row =
            |upload: &Upload| file::row(&self.site, head, id, &upload.field, upload, &upload.name);
        Step::Do {
            effects: self.uploads.iter().map(row).collect(),
            state: Json::object([
                ("route", Json::str(ROUTE)),
                ("at", Json::str("filed")),
                ("id", Json::str(id)),
            ]),
        }
    }

    /// The second step: the bytes of those files that found room.
    pub(super) fn file_bytes(&self, head: &Head, id: &str, results: &Json) -> Step {
        let results = results.as_array().unwrap_or_default();
        let there = self.uploads.iter().zip(results).filter(|(_, result)| file::is_there(result));
        let effects = there.filter_map(|(upload, _)| {
            let place = head.uploads.iter().position(|other| other == upload)?;
            Some(Effect::Put { key: files::key(self.site.id(), id, &upload.hash), place })
        });
        Step::Do {
            effects: effects.collect(),
            state: Json::object([
                ("route", Json::str(ROUTE)),
                ("at", Json::str("put")),
                ("id", Json::str(id)),
            ]),
        }
    }
}
