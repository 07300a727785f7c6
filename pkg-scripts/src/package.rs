//! The JavaScript of the package: TypeScript compiled, files for browsers bundled, `package.json` written.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use serde_json::{Map, Value, json};

use crate::artefact::outfile;
use crate::entry;
use crate::run::{Checkout, read_text, remove_folder, run, step, write};

/// The folders of `pkg/` that `tsc` fills. They are emptied first, so that nothing stays that has no source.
const COMPILED: &[&str] = &["browser", "cli", "edge", "entry", "shared"];
/// Configurations of `tsc`; each decides what its folders may see. One whose folders are not there is left out.
const CONFIGURATIONS: &[(&str, &[&str])] = &[
    ("tsconfig.shared.json", &["www/shared"]),
    ("tsconfig.browser.json", &["www/browser"]),
    ("tsconfig.edge.json", &["www/edge", "www/cli"]),
    ("tsconfig.pages.json", &["www/inbox", "www/demo"]),
];
/// Files that go into the package as they are: from, to.
const COPIED: &[(&str, &str)] = &[
    ("README.md", "README.md"),
    ("LICENSE-MIT", "LICENSE-MIT"),
    ("LICENSE-APACHE", "LICENSE-APACHE"),
    ("CHANGELOG.md", "CHANGELOG.md"),
    ("www/schema/leadkit.schema.json", "schema.json"),
    ("src/check/phone/formats.bin", "kit/phone.pack"),
    ("src/check/pack/countries.txt", "kit/countries.txt"),
    ("src/check/pack/disposable.pack", "kit/disposable.pack"),
    ("src/check/pack/free.pack", "kit/free.pack"),
    ("src/check/pack/index.json", "kit/packs.json"),
];
/// Folders of `www/` whose files that are no TypeScript go into the package: from, to.
const ASSETS: &[(&str, &str)] = &[
    ("inbox", "inbox"),
    ("kit", "kit"),
    ("browser/messages", "kit/messages"),
    ("browser/words", "kit/words"),
];
const COMMAND_LINE: &str = "cli/main";

/// Makes everything of the package that is not Wasm.
pub fn build(checkout: &Checkout) -> Result<()> {
    copy(checkout)?;
    // The hashes of the files that are there are part of the code.
    run(checkout.node().arg("pkg-scripts/manifest.mjs")).context("manifest")?;
    step("tsc", || compile(checkout))?;
    step("esbuild", || bundle(checkout))?;
    run(checkout.node().arg("pkg-scripts/integrity.mjs")).context("integrity")?;
    write(&checkout.package("package.json"), manifest(checkout)?)
}

fn compile(checkout: &Checkout) -> Result<()> {
    for folder in COMPILED {
        remove_folder(&checkout.package(folder))?;
    }
    for (configuration, folders) in CONFIGURATIONS {
        if folders.iter().any(|folder| has_typescript(&checkout.path(folder))) {
            let mut tsc = checkout.npm_command("tsc")?;
            run(tsc.args(["--project", configuration])).context(*configuration)?;
        }
    }
    Ok(())
}

fn has_typescript(folder: &Path) -> bool {
    fs::read_dir(folder).is_ok_and(|entries| {
        entries.flatten().any(|entry| {
            let path = entry.path();
            path.extension().is_some_and(|ending| ending == "ts") || has_typescript(&path)
        })
    })
}

fn bundle(checkout: &Checkout) -> Result<()> {
    for bundle in entry::BUNDLES {
        let source = checkout.path(bundle.source);
        if source.is_file() {
            let mut esbuild = checkout.npm_command("esbuild")?;
            // A browser that cannot read a module leaves the form to plain HTML; the script tag has to be read by more.
            let target = if bundle.format == "esm" { "es2022" } else { "es2020" };
            esbuild.arg(source).args(["--bundle", "--minify", &format!("--target={target}")]);
            esbuild.args(["--legal-comments=none", "--log-level=warning"]);
            // What extras fetch by need lies beside them.
            esbuild.args(["--external:./files.js", "--external:./partial.js"]);
            esbuild.arg(format!("--format={}", bundle.format));
            run(esbuild.arg(outfile(&checkout.package(bundle.target))))?;
        }
    }
    Ok(())
}

fn copy(checkout: &Checkout) -> Result<()> {
    for (from, to) in COPIED {
        let from = checkout.path(from);
        if from.is_file() {
            write(&checkout.package(to), fs::read(&from)?)?;
        }
    }
    for (from, to) in ASSETS {
        let from = checkout.path("www").join(from);
        for entry in fs::read_dir(&from).into_iter().flatten() {
            let path = entry?.path();
            let code = path.extension().is_none_or(|ending| ending == "ts");
            if let (false, true, Some(name)) = (code, path.is_file(), path.file_name()) {
                write(&checkout.package(to).join(name), fs::read(&path)?)?;
            }
        }
    }
    Ok(())
}

/// `package.json` of the package. It names only what is there.
fn manifest(checkout: &Checkout) -> Result<String> {
    let own: Value = serde_json::from_str(&read_text(&checkout.path("package.json"))?)?;
    let mut exports = Map::new();
    for entry in entry::ALL {
        let module = format!("entry/{}.js", entry.source);
        if checkout.package(&module).is_file() {
            let types = format!("./entry/{}.d.ts", entry.source);
            exports.insert(
                entry.subpath.into(),
                json!({ "types": types, "default": format!("./{module}") }),
            );
        }
    }
    for (subpath, file) in [
        ("./leadkit.js", "kit/leadkit.js"),
        ("./leadkit.css", "kit/leadkit.css"),
        ("./schema.json", "schema.json"),
        ("./package.json", "package.json"),
    ] {
        if file == "package.json" || checkout.package(file).is_file() {
            exports.insert(subpath.into(), format!("./{file}").into());
        }
    }
    let mut manifest = json!({
        "name": "leadkit",
        "version": env!("CARGO_PKG_VERSION"),
        "description": "Lead capture, qualification and transfer: one core for the browser and the edge",
        "license": "MIT OR Apache-2.0",
        "type": "module",
        "sideEffects": ["./kit/leadkit.js", "./entry/script.js"],
        "exports": exports,
    });
    if checkout.package(format!("{COMMAND_LINE}.js")).is_file() {
        manifest["bin"] = json!({ "leadkit": format!("./{COMMAND_LINE}.js") });
        manifest["engines"] = json!({ "node": ">=22" });
    }
    // Only the entries for Node, Deno and Bun keep leads in libSQL and send by SMTP with a library, and only a wrapper needs its framework.
    for (name, oldest) in [
        ("@libsql/client", None),
        ("libsql", None),
        ("nodemailer", None),
        ("react", Some(">=18")),
        ("vue", Some(">=3.3")),
    ] {
        if let Some(version) = own["devDependencies"][name].as_str() {
            let range = oldest.map_or_else(|| format!("^{version}"), str::to_owned);
            manifest["peerDependencies"][name] = range.into();
            manifest["peerDependenciesMeta"][name] = json!({ "optional": true });
        }
    }
    Ok(format!("{}\n", serde_json::to_string_pretty(&manifest)?))
}
