//! Builds the npm package of Leadkit into `pkg/`.
//!
//! Run by `pkg-scripts/build` in the root of a checkout, where the wasm target and the npm packages are installed.
//! Each Wasm artefact is one row of [`artefact::ALL`]; each entry of the package is one row of [`entry::ALL`].

extern crate alloc;

mod artefact;
mod bindgen;
mod entry;
mod package;
mod plain;
mod run;
mod section;
mod silence;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};

use crate::artefact::Artefact;
use crate::run::Checkout;

const USAGE: &str = "\
usage: pkg-scripts/build [--only-wasm | --only-js] [--quick] [ARTEFACT...]

Builds the npm package into pkg/. With names, only those Wasm artefacts are compiled.
  --only-wasm   compile the Wasm artefacts, leave the JavaScript as it is
  --only-js     compile the TypeScript against the Wasm that was built before
  --quick       for working on the code: not optimised across crates, not for shipping, three times as fast
Artefacts:";

struct Order {
    artefacts: Vec<&'static Artefact>,
    wasm: bool,
    js: bool,
    quick: bool,
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if words.iter().any(|word| word == "--help" || word == "-h") {
        println!("{USAGE}");
        for artefact in artefact::ALL {
            println!("  {:<12}{}", artefact.name, artefact.purpose);
        }
        return ExitCode::SUCCESS;
    }
    match order(&words).and_then(|order| build(&order)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("build failed: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn order(words: &[String]) -> Result<Order> {
    let mut order = Order { artefacts: Vec::new(), wasm: true, js: true, quick: false };
    for word in words {
        match word.as_str() {
            "--only-wasm" => order.js = false,
            "--only-js" => order.wasm = false,
            "--quick" => order.quick = true,
            name => match artefact::ALL.iter().find(|artefact| artefact.name == name) {
                Some(artefact) => order.artefacts.push(artefact),
                None => {
                    bail!("there is no artefact \"{name}\"; pkg-scripts/build --help names them")
                }
            },
        }
    }
    if order.artefacts.is_empty() {
        order.artefacts = artefact::ALL.iter().collect();
    }
    Ok(order)
}

fn build(order: &Order) -> Result<()> {
    let root: PathBuf = std::env::current_dir().context("the current folder")?;
    let checkout = Checkout::at(root)?;
    if order.wasm {
        artefact::build_all(&checkout, &order.artefacts, order.quick)?;
    }
    if order.js {
        package::build(&checkout)?;
    }
    Ok(())
}
