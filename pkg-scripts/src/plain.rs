//! The same module as plain JavaScript, for browsers that refuse Wasm (a CSP without `'wasm-unsafe-eval'`, Lockdown Mode).
//!
//! `wasm2js` of binaryen makes JavaScript of the module; the glue of `wasm-bindgen` stays, and finds a `WebAssembly` of our
//! own where it looks for the platform's. The glue's check for a stale view of the memory must be rewritten: a buffer of
//! plain JavaScript is never detached, so that after growth the glue would read and write the old one.

use core::fmt::Write as _;
use std::path::Path;

use anyhow::{Context as _, Result, bail};

use crate::artefact::{FEATURES, SMALL, outfile};
use crate::bindgen::Bound;
use crate::run::{Checkout, read_text, run, write};

/// What stands before the function that `wasm2js` makes. The two classes are all that the glue uses of `WebAssembly`.
const PLATFORM: &str = "
const WebAssembly = {
  Module: class {},
  Instance: class { constructor(_, imports) { this.exports = asmFunc(imports); } },
};
";

/// The name of the plain file of an artefact.
pub fn file_name(artefact: &str) -> String {
    format!("{artefact}-plain.js")
}

/// Makes the plain file of a bound module.
pub fn build(checkout: &Checkout, bound: &Bound, scratch: &Path, shipped: &Path) -> Result<()> {
    let lowered = scratch.join("lowered.wasm");
    let mut lower = checkout.npm_command("wasm-opt")?;
    lower.arg(scratch.join("bound.wasm")).arg("-o").arg(&lowered).args(FEATURES);
    lower.args(["--llvm-memory-copy-fill-lowering", "--llvm-nontrapping-fptoint-lowering"]);
    lower.args(["--signext-lowering", "--strip-debug", "--strip-producers"]).args(SMALL);
    run(lower.arg("--strip-target-features"))?;

    let script = scratch.join("wasm2js.js");
    let mut translate = checkout.npm_command("wasm2js")?;
    translate.arg(&lowered).arg("-o").arg(&script);
    run(translate.args(["--mvp-features", "--enable-mutable-globals", "-Oz"]))?;

    let whole = scratch.join("whole.js");
    let module = module_function(&read_text(&script)?)?;
    write(&whole, format!("{module}{PLATFORM}{}", with_fresh_views(&bound.glue)?))?;
    // `export *` leaves out the default export, which would fetch a Wasm file.
    let entry = scratch.join("plain.js");
    write(&entry, "export * from \"./whole.js\";\n")?;
    let mut bundle = checkout.npm_command("esbuild")?;
    bundle.arg(&entry).args(["--bundle", "--minify", "--format=esm", "--target=es2020"]);
    run(bundle.args(["--log-level=warning", "--legal-comments=none"]).arg(outfile(shipped)))
}

/// Cuts `function asmFunc(imports) { ... }` and what it needs out of the ES module that `wasm2js` writes.
fn module_function(script: &str) -> Result<String> {
    let end = script.find("var retasmFunc = ").context("wasm2js writes its module differently")?;
    let mut out = String::new();
    for line in script.get(..end).unwrap_or_default().lines() {
        if !line.starts_with("import ") {
            writeln!(out, "{line}")?;
        }
    }
    if !out.contains("function asmFunc(imports)") {
        bail!("wasm2js names its module function differently");
    }
    Ok(out)
}

/// Rewrites every check of the glue whether a view of the memory is stale.
fn with_fresh_views(glue: &str) -> Result<String> {
    let mut out = String::with_capacity(glue.len());
    for line in glue.lines() {
        if let Some(view) = stale_check(line) {
            writeln!(out, "if ({view} === null || {view}.buffer !== wasm.memory.buffer) {{")?;
        } else {
            writeln!(out, "{line}")?;
        }
    }
    if out.contains(".byteLength === 0") || out.contains(".detached") {
        bail!(
            "wasm-bindgen checks its views differently: adapt the rewriting, or memory is corrupted silently"
        );
    }
    Ok(out)
}

/// The view that a line of the glue checks: `if (VIEW === null || VIEW.byteLength === 0) {` or the longer form of a
/// `DataView`.
fn stale_check(line: &str) -> Option<&str> {
    let (view, check) = line.trim().strip_prefix("if (")?.split_once(" === null || ")?;
    let check = check.strip_prefix(view)?;
    let known =
        check == ".byteLength === 0) {" || check.starts_with(".buffer.detached === true || ");
    (known && check.ends_with('{')).then_some(view)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stale_view_is_noticed_by_its_buffer() {
        let glue = "if (cachedA === null || cachedA.byteLength === 0) {\nreturn;";
        assert_eq!(
            with_fresh_views(glue).unwrap(),
            "if (cachedA === null || cachedA.buffer !== wasm.memory.buffer) {\nreturn;\n"
        );
        let glue = "if (d === null || d.buffer.detached === true || (d.buffer.detached === undefined && d.buffer !== wasm.memory.buffer)) {";
        assert_eq!(
            with_fresh_views(glue).unwrap(),
            "if (d === null || d.buffer !== wasm.memory.buffer) {\n"
        );
    }

    #[test]
    fn a_check_of_an_unknown_form_fails_the_build() {
        assert!(with_fresh_views("return cachedA.byteLength === 0 ? 1 : 2;").is_err());
    }
}
