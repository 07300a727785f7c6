//! What files may come with a lead: `"files": {"types": ["pdf", "jpeg"], "max_mb": 10, "max_files": 3, "hours": 24}`.

use alloc::{string::String, vec::Vec};

use crate::{
    check::magic::{FileKind, KINDS},
    time::Millis,
    wire::json::{Faults, Node},
};

/// The most megabytes of one file, and what counts where nothing is said.
const MAX_MB: u64 = 10;
/// The most files of one lead.
const MAX_FILES: u64 = 10;
const FILES: u64 = 3;
/// How long a file waits for its lead, in hours.
const HOURS: u64 = 24;
const USUAL: &[&str] = &["pdf", "png", "jpeg", "webp", "heic", "docx", "odt"];

/// What files are taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Files {
    /// Which kinds.
    pub kinds: Vec<FileKind>,
    /// The most bytes of one.
    pub max_bytes: u64,
    /// The most files of one lead.
    pub max_files: u64,
    /// How long one waits for its lead.
    pub wait: Millis,
}

impl Default for Files {
    fn default() -> Self {
        Self {
            kinds: USUAL.iter().filter_map(|name| kind(name)).collect(),
            max_bytes: MAX_MB << 20,
            max_files: FILES,
            wait: Millis::from_secs(HOURS * 3600),
        }
    }
}

impl Files {
    pub(super) fn read(root: &Node<'_>, faults: &mut Faults) -> Self {
        let mut out = Self::default();
        let Some(node) = root.get("files") else { return out };
        node.expect_members(
            &["types", "max_mb", "max_files", "hours"],
            "one of types, max_mb, max_files, hours",
            faults,
        );
        if let Some(list) = node.get("types") {
            out.kinds.clear();
            for item in list.items(faults) {
                match item.json().as_str().and_then(kind) {
                    Some(kind) => out.kinds.push(kind),
                    None => item.fault(
                        "one of pdf, png, jpeg, gif, webp, heic, tiff, docx, xlsx, pptx, odt, ods, zip",
                        faults,
                    ),
                }
            }
        }
        let mut count = |key, most, usual, expected| match node.get(key) {
            None => usual,
            Some(member) => {
                member.json().as_uint().filter(|n| (1..=most).contains(n)).unwrap_or_else(|| {
                    member.fault(expected, faults);
                    usual
                })
            }
        };
        out.max_bytes = count("max_mb", MAX_MB, MAX_MB, "a whole number from 1 to 10") << 20;
        out.max_files = count("max_files", MAX_FILES, FILES, "a whole number from 1 to 10");
        out.wait =
            Millis::from_secs(count("hours", 24 * 7, HOURS, "a whole number from 1 to 168") * 3600);
        out
    }

    /// What a file input may offer: media types and endings.
    pub fn accept(&self) -> String {
        let mut out = String::new();
        for kind in &self.kinds {
            if !out.is_empty() {
                out.push(',');
            }
            out.extend([kind.media, ",.", kind.name]);
        }
        out
    }
}

fn kind(name: &str) -> Option<FileKind> {
    KINDS.iter().find(|kind| kind.name == name).copied()
}

#[cfg(test)]
mod tests {
    use crate::config::Config;

    fn parse(files: &str) -> Result<Config, Vec<crate::Error>> {
        Config::parse(&alloc::format!(
            r#"{{"site":{{"id":"a"}},"forms":{{"f":{{"fields":[{{"name":"cv","type":"file"}}]}}}},"files":{files}}}"#
        ))
    }
    use alloc::vec::Vec;

    #[test]
    fn kinds_and_limits_are_read() {
        let config = parse(r#"{"types":["pdf"],"max_mb":2,"max_files":1,"hours":2}"#).unwrap();
        let files = config.files();
        assert_eq!((files.max_bytes, files.max_files, files.wait.0), (2 << 20, 1, 7_200_000));
        assert_eq!(files.accept(), "application/pdf,.pdf");
    }

    #[test]
    fn what_a_browser_would_run_cannot_be_allowed() {
        for files in
            [r#"{"types":["svg"]}"#, r#"{"types":["html"]}"#, r#"{"max_mb":11}"#, r#"{"max":1}"#]
        {
            assert!(parse(files).is_err(), "{files}");
        }
    }
}
