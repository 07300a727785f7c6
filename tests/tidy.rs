//! The house rules of STYLE that no compiler checks: layers, sizes, what every file must and must not hold.
//!
//! A rule that fails names file, line and what to do. All files that git tracks or would track are read.

#![expect(
    clippy::string_slice,
    reason = "the texts are our own files; a panic names the file to look at"
)]

extern crate alloc;

use alloc::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The layers of `src/`, from the bottom. A module imports from its own layer and below.
const LAYERS: &[&[&str]] = &[
    &["time", "random", "map", "error", "report", "lead", "wire"],
    &[
        "form",
        "check",
        "rule",
        "qualify",
        "consent",
        "abuse",
        "attribution",
        "render",
        "config",
        "verdict",
    ],
    &["outbox", "intake", "transfer", "source", "nurture", "learn"],
    &["adapter"],
];
const MACHINES: usize = 2;
const RUST_LINES: usize = 500;
const TYPESCRIPT_LINES: usize = 300;
const ENTRY_LINES: usize = 20;

struct File {
    path: String,
    text: String,
}

impl File {
    fn is(&self, ending: &str) -> bool {
        self.path.ends_with(ending)
    }

    fn below(&self, folder: &str) -> bool {
        self.path.starts_with(folder)
    }

    /// The module of `src/` that the file belongs to: `src/wire/json.rs` is of `wire`.
    fn module(&self) -> Option<&str> {
        let inside = self.path.strip_prefix("src/")?;
        let first = inside.split('/').next()?;
        Some(first.strip_suffix(".rs").unwrap_or(first)).filter(|name| *name != "lib")
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every text file of the checkout, except what git ignores.
fn files() -> Vec<File> {
    let listed = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output();
    let listed = listed.ok().filter(|listed| listed.status.success());
    assert!(listed.is_some(), "git lists the files of the checkout, and could not");
    let listed = listed.map(|listed| listed.stdout).unwrap_or_default();
    let names: BTreeSet<String> =
        String::from_utf8_lossy(&listed).lines().map(str::to_owned).collect();
    let read = |path: String| {
        let text = fs::read_to_string(root().join(&path)).ok()?;
        Some(File { path, text })
    };
    names.into_iter().filter_map(read).collect()
}

#[track_caller]
fn nothing_in(complaints: &[String]) {
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&module))
}

#[test]
fn every_module_of_the_core_has_a_layer() {
    let known = |file: &File| file.module().is_none_or(|module| layer(module).is_some());
    let complaint =
        |file: File| format!("{}: name the layer of its module in tests/tidy.rs", file.path);
    nothing_in(&files().into_iter().filter(|file| !known(file)).map(complaint).collect::<Vec<_>>());
}

#[test]
fn imports_point_down_and_machines_and_adapters_stay_apart() {
    let mut complaints = Vec::new();
    for file in files().iter().filter(|file| file.is(".rs")) {
        let Some(module) = file.module() else { continue };
        let Some(own) = layer(module) else { continue };
        for (line, path) in imports(&code(&file.text)) {
            let mut names = path.split("::");
            let target = names.next().unwrap_or_default();
            let wrong = match layer(target) {
                Some(other) if other > own => Some("imports point down"),
                Some(MACHINES) if own == MACHINES && target != module => {
                    Some("machines do not import each other")
                }
                _ if target == "adapter" && own == LAYERS.len() - 1 => {
                    let own_folder = file.path.split('/').nth(2).unwrap_or_default();
                    let other = names.next().unwrap_or_default();
                    (own_folder != "mod.rs" && other != own_folder)
                        .then_some("adapters never import each other")
                }
                _ => None,
            };
            if let Some(rule) = wrong {
                complaints.push(format!("{}:{line}: uses crate::{path}: {rule}", file.path));
            }
        }
    }
    nothing_in(&complaints);
}

#[test]
fn browser_and_edge_scripts_share_only_what_is_shared() {
    let apart = [
        ("www/shared/", ["browser", "edge", "cli", "inbox"].as_slice()),
        ("www/browser/", ["edge", "cli", "inbox", "wasm"].as_slice()),
        ("www/edge/", ["browser", "cli", "inbox", "kit"].as_slice()),
        ("www/cli/", ["browser", "inbox", "kit"].as_slice()),
        ("www/inbox/", ["browser", "edge", "cli"].as_slice()),
    ];
    let mut complaints = Vec::new();
    for (folder, strangers) in apart {
        for file in files().iter().filter(|file| file.is(".ts") && file.below(folder)) {
            for stranger in strangers {
                if file.text.contains(&format!("../{stranger}/")) {
                    complaints.push(format!("{}: imports from {stranger}/", file.path));
                }
            }
        }
    }
    nothing_in(&complaints);
}

#[test]
fn entries_hold_no_logic() {
    let complaints: Vec<String> = files()
        .iter()
        .filter(|file| file.below("www/entry/") && file.text.lines().count() > ENTRY_LINES)
        .map(|file| format!("{}: more than {ENTRY_LINES} lines: move it down", file.path))
        .collect();
    nothing_in(&complaints);
}

#[test]
fn the_core_uses_std_only_in_adapters_and_tests() {
    let mut complaints = Vec::new();
    for file in files().iter().filter(|file| file.is(".rs") && file.below("src/")) {
        if file.below("src/adapter/") || file.is("/tests.rs") || file.path.contains("/tests/") {
            continue;
        }
        for (number, line) in code(&file.text).lines().enumerate() {
            if line.trim_start().starts_with("#[cfg(test)]") {
                break;
            }
            if word_at(line, "std::").is_some() {
                complaints.push(format!("{}:{}: `std` in the core", file.path, number + 1));
            }
        }
    }
    nothing_in(&complaints);
}

#[test]
fn files_are_short_enough_to_be_read() {
    let mut complaints = Vec::new();
    for file in files() {
        let test = file.below("tests/") && file.is(".mjs");
        let limit = if file.is(".rs") || test {
            RUST_LINES
        } else if file.is(".ts") || file.is(".mjs") {
            TYPESCRIPT_LINES
        } else {
            continue;
        };
        let lines = file.text.lines().count();
        if lines > limit {
            complaints.push(format!("{}: {lines} lines, at most {limit}", file.path));
        }
    }
    nothing_in(&complaints);
}

#[test]
fn every_rust_file_says_what_it_is_for() {
    let silent = |file: &File| file.is(".rs") && !file.text.starts_with("//!");
    let complaint =
        |file: File| format!("{}: open with `//!`: what it decides, what it does not", file.path);
    nothing_in(&files().into_iter().filter(silent).map(complaint).collect::<Vec<_>>());
}

#[test]
fn nothing_is_left_for_later() {
    let words = ["TODO", "FIXME", "todo!", "unimplemented!", "#[ignore"];
    search(&words, "finish it, or leave it out", |file| !file.is("package-lock.json"));
}

#[test]
fn no_file_names_a_machine() {
    let paths = ["tmp", "work", "root", "home", "Users"].map(|name| format!("/{name}/"));
    // Published test data is kept as it was published.
    search(&paths.each_ref().map(String::as_str), "a path of one machine", |file| {
        !file.below("tests/conformance/")
    });
}

#[test]
fn no_file_names_a_registry() {
    let hosts =
        ["registry.npmjs.org", "registry.yarnpkg.com", "index.crates.io", "static.crates.io"];
    let hosts =
        hosts.iter().chain(&["files.pythonhosted.org", "deb.debian.org", "proxy.golang.org"]);
    search(&hosts.copied().collect::<Vec<_>>(), "the host of a registry", |_| true);
    for file in files().iter().filter(|file| file.is("package-lock.json")) {
        assert!(!file.text.contains("\"resolved\""), "{}: run pkg-scripts/lock.mjs", file.path);
    }
}

#[test]
fn the_architecture_names_every_folder() {
    let Ok(map) = fs::read_to_string(root().join("ARCHITECTURE.md")) else { return };
    let mut folders = BTreeSet::new();
    for file in files().iter().filter(|file| file.below("src/") || file.below("www/")) {
        let mut names = file.path.split('/');
        let (top, name) = (names.next().unwrap_or_default(), names.next().unwrap_or_default());
        if names.next().is_some() {
            folders.insert(format!("{top}/{name}"));
        }
    }
    let unnamed: Vec<String> = folders
        .into_iter()
        .filter(|folder| {
            let name = Path::new(folder).file_name().unwrap_or_default().to_string_lossy();
            !map.contains(folder.as_str()) && !map.contains(&format!("{name}/"))
        })
        .map(|folder| format!("ARCHITECTURE.md: {folder} is not named"))
        .collect();
    nothing_in(&unnamed);
}

/// Complains about every whole word or path of `needles` in the files that `wanted` takes. This file is not searched.
#[track_caller]
fn search(needles: &[&str], rule: &str, wanted: impl Fn(&File) -> bool) {
    let mut complaints = Vec::new();
    for file in files().iter().filter(|file| !file.is("tests/tidy.rs") && wanted(file)) {
        for (number, line) in file.text.lines().enumerate() {
            for needle in needles.iter().filter(|needle| word_at(line, needle).is_some()) {
                complaints.push(format!("{}:{}: {needle}: {rule}", file.path, number + 1));
            }
        }
    }
    nothing_in(&complaints);
}

/// Where `needle` begins in `line` and no longer word or path does.
fn word_at(line: &str, needle: &str) -> Option<usize> {
    let inside = |c: char| c.is_alphanumeric() || "_-./:".contains(c);
    line.match_indices(needle).map(|(at, _)| at).find(|&at| {
        let before = line[..at].chars().next_back();
        let after = line[at + needle.len()..].chars().next();
        let open_end = needle.ends_with(|c: char| !c.is_alphanumeric());
        !before.is_some_and(inside)
            && (open_end || !after.is_some_and(|c| c.is_alphanumeric() || c == '_'))
    })
}

/// Every `crate::` path in the code, with the line where it begins; groups are taken apart at their first level.
fn imports(code: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let line = code[..at].lines().count().max(1);
        let rest = &code[at + "crate::".len()..];
        if let Some(group) = rest.strip_prefix('{') {
            found.extend(members(group).into_iter().map(|path| (line, path)));
        } else {
            found.push((line, path_of(rest)));
        }
    }
    found
}

fn members(group: &str) -> Vec<String> {
    let mut depth = 0;
    let mut found = vec![String::new()];
    for c in group.chars() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => found.push(String::new()),
            _ => {}
        }
        if let (true, Some(member)) = (c != ',' || depth > 0, found.last_mut()) {
            member.push(c);
        }
    }
    found.iter().map(|member| path_of(member.trim())).filter(|path| !path.is_empty()).collect()
}

fn path_of(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || matches!(c, '_' | ':')).collect()
}

/// The text without comments and without what stands in strings; lines stay where they are.
fn code(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let skipped = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if c == '"' {
            string_length(rest)
        } else if rest.starts_with("r#\"") {
            rest.find("\"#").map_or(rest.len(), |end| end + 2)
        } else if rest.starts_with("'\"'") {
            3
        } else {
            0
        };
        if skipped == 0 {
            out.push(c);
            rest = &rest[c.len_utf8()..];
        } else {
            out.extend(rest[..skipped].matches('\n'));
            rest = &rest[skipped..];
        }
    }
    out
}

/// The length of the string that `text` begins with, with both quotes.
fn string_length(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        if c == '"' && !escaped {
            return at + 1;
        }
        escaped = c == '\\' && !escaped;
    }
    text.len()
}

#[test]
fn the_checks_see_what_they_must_see() {
    let text = "// crate::a\nuse crate::{b::C, d::{E, F}};\nlet x = \"crate::g \\\" crate::h\"; crate::i::j();";
    let found: Vec<String> = imports(&code(text)).into_iter().map(|(_, path)| path).collect();
    assert_eq!(found, ["b::C", "d::", "i::j"]);
    assert!(word_at("see /tmp/x", "/tmp/").is_some());
    assert!(word_at("https://shop.example/work/", "/work/").is_none());
    assert!(word_at("a TODO here", "TODO").is_some());
    assert!(word_at("mastodon TODOS", "TODO").is_none());
    assert!(word_at("core::x std::y", "std::").is_some());
}
