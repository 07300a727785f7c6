//! The Wasm artefacts: what each is for, and how one is made from the crate.

use core::hash::{Hash as _, Hasher as _};
use core::num::NonZero;
use core::sync::atomic::{AtomicUsize, Ordering};
use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use anyhow::{Context as _, Result};

use crate::run::{Checkout, read, run, step, write};
use crate::{bindgen, plain, section};

/// One Wasm module of the package.
pub struct Artefact {
    /// The name of its files, and of its cargo profile.
    pub name: &'static str,
    /// The folder of the package that holds it: `kit` is what a browser may load, `wasm` what a server runs.
    pub folder: &'static str,
    /// One line for `--help`.
    pub purpose: &'static str,
    feature: &'static str,
    /// `opt-level` of the crate: `"z"` where bytes count, `3` where time does.
    opt_level: &'static str,
    /// What `wasm-opt` aims at.
    wasm_opt: &'static [&'static str],
    /// Whether it may use 128-bit vectors.
    simd: bool,
    /// Whether the same module is also made as plain JavaScript, for where Wasm is refused.
    plain: bool,
}

/// Small on the wire. A large function that is inlined into its only caller makes fewer bytes, but more after brotli.
/// Nothing lies in the first KB of the memory (it is the far end of the stack), so addresses fold into loads and stores.
pub const SMALL: &[&str] = &[
    "-Oz",
    "--one-caller-inline-max-function-size=30",
    "--low-memory-unused",
    "--reorder-functions",
];
const FAST: &[&str] = &["-O3"];

/// Everything that `pkg-scripts/build` compiles.
pub const ALL: &[Artefact] = &[
    Artefact {
        name: "embed",
        folder: "kit",
        purpose: "the core in the browser, also as plain JavaScript",
        feature: "browser",
        opt_level: "\"z\"",
        wasm_opt: SMALL,
        simd: false,
        plain: true,
    },
    Artefact {
        name: "judge",
        folder: "kit",
        purpose: "the verdict in the browser, also as plain JavaScript",
        feature: "judge",
        opt_level: "\"z\"",
        wasm_opt: SMALL,
        simd: false,
        plain: true,
    },
    Artefact {
        name: "phone",
        folder: "kit",
        purpose: "the phone check in the browser, also as plain JavaScript",
        feature: "phone",
        opt_level: "\"z\"",
        wasm_opt: SMALL,
        simd: false,
        plain: true,
    },
    Artefact {
        name: "formats",
        folder: "kit",
        purpose: "the checks that not every form needs, in the browser, also as plain JavaScript",
        feature: "formats",
        opt_level: "\"z\"",
        wasm_opt: SMALL,
        simd: false,
        plain: true,
    },
    Artefact {
        name: "full",
        folder: "kit",
        purpose: "every check and the public verdict on JavaScript values, as one module",
        feature: "full",
        opt_level: "\"z\"",
        wasm_opt: SMALL,
        simd: false,
        plain: false,
    },
    Artefact {
        name: "edge",
        folder: "wasm",
        purpose: "the fetch handler of the edge",
        feature: "edge",
        opt_level: "3",
        wasm_opt: FAST,
        simd: false,
        plain: false,
    },
    Artefact {
        name: "cli",
        folder: "wasm",
        purpose: "the command line",
        feature: "cli",
        opt_level: "3",
        wasm_opt: FAST,
        simd: false,
        plain: false,
    },
    Artefact {
        name: "pow",
        folder: "kit",
        purpose: "proof of work in the browser",
        feature: "pow",
        opt_level: "3",
        wasm_opt: FAST,
        simd: false,
        plain: true,
    },
    Artefact {
        name: "pow-simd",
        folder: "kit",
        purpose: "the same with 128-bit vectors, where the browser has them",
        feature: "pow",
        opt_level: "3",
        wasm_opt: FAST,
        simd: true,
        plain: false,
    },
];

/// The Wasm features that every browser of the last five years has, and that the lowering passes of [`plain`] remove.
pub const FEATURES: &[&str] = &[
    "--mvp-features",
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
];

/// Makes some artefacts, as many at a time as there are processors: most of the time each keeps only one busy.
pub fn build_all(checkout: &Checkout, artefacts: &[&Artefact], quick: bool) -> Result<()> {
    let workers = thread::available_parallelism().map_or(1, NonZero::get).min(artefacts.len());
    let next = AtomicUsize::new(0);
    let work = || -> Result<()> {
        while let Some(artefact) = artefacts.get(next.fetch_add(1, Ordering::Relaxed)) {
            build(checkout, artefact, quick)
                .with_context(|| format!("artefact \"{}\"", artefact.name))?;
        }
        Ok(())
    };
    thread::scope(|scope| {
        let running: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        running.into_iter().try_for_each(|worker| match worker.join() {
            Ok(result) => result,
            Err(panic) => std::panic::resume_unwind(panic),
        })
    })
}

/// Compiles an artefact, or only makes sure that nothing changed since the last time.
fn build(checkout: &Checkout, artefact: &Artefact, quick: bool) -> Result<()> {
    let step = |what: &str, work: &dyn Fn() -> Result<()>| {
        step(&format!("{}: {what}", artefact.name), work)
    };
    step("cargo rustc", &|| compile(checkout, artefact, quick))?;

    let profile = Path::new("target/wasm32-unknown-unknown").join(artefact.name);
    let compiled = read(&checkout.path(profile.join("leadkit.wasm")))?;
    let stamp_file = checkout.scratch(format!("{}.stamp", artefact.name));
    let stamp = stamp(&compiled);
    let folder = checkout.package(artefact.folder);
    let shipped = folder.join(format!("{}.wasm", artefact.name));
    if shipped.is_file() && fs::read_to_string(&stamp_file).is_ok_and(|old| old == stamp) {
        println!("{}: nothing changed since the last build", artefact.name);
        return Ok(());
    }

    let stripped =
        if artefact.plain { section::without_new_features(&compiled)? } else { compiled };
    let bound =
        bindgen::bind(artefact.name, stripped, artefact.folder == "kit").context("wasm-bindgen")?;
    let scratch = checkout.scratch(artefact.name);
    let bound_file = scratch.join("bound.wasm");
    write(&bound_file, &bound.wasm)?;
    let glue = scratch.join("glue.js");
    write(&glue, &bound.glue)?;
    minify(checkout, &glue, &folder.join(format!("{}.js", artefact.name)))?;
    write(&types_file(checkout, artefact, artefact.name), &bound.types)?;
    step("wasm-opt", &|| {
        let mut command = checkout.npm_command("wasm-opt")?;
        command.arg(&bound_file).arg("-o").arg(&shipped);
        command.args(if quick { &[] } else { artefact.wasm_opt });
        command.args(["--strip-debug", "--strip-producers", "--strip-target-features"]);
        if artefact.plain {
            command.args(FEATURES);
        }
        if artefact.simd {
            command.arg("--enable-simd");
        }
        run(&mut command)
    })?;
    if artefact.plain {
        let name = plain::file_name(artefact.name);
        step("the same as plain JavaScript", &|| {
            plain::build(checkout, &bound, &scratch, &folder.join(&name))
        })?;
        write(&types_file(checkout, artefact, name.trim_end_matches(".js")), &bound.types)?;
    }
    write(&stamp_file, stamp)
}

fn compile(checkout: &Checkout, artefact: &Artefact, quick: bool) -> Result<()> {
    let profile = artefact.name;
    let mut command = checkout.cargo();
    // Only a `cdylib`: with an `rlib` beside it, Cargo leaves link-time optimisation out without a word.
    command.args(["rustc", "--quiet", "--locked", "--package", "leadkit", "--lib"]);
    command.args(["--crate-type", "cdylib"]);
    command.args(["--target", "wasm32-unknown-unknown", "--features", artefact.feature]);
    // A profile of its own, because two builds with different features would overwrite each other's leadkit.wasm.
    command.args(["--profile", profile]);
    command.arg("--config").arg(format!("profile.{profile}.inherits=\"release\""));
    command.arg("--config").arg(format!("profile.{profile}.opt-level={}", artefact.opt_level));
    if quick {
        let settings = ["lto=false", "codegen-units=16", "incremental=true"];
        for setting in settings {
            command.arg("--config").arg(format!("profile.{profile}.{setting}"));
        }
    }
    // Panic messages name files; those of dependencies would name the folders of whoever builds.
    let mut flags = format!("--remap-path-prefix={}=cargo", cargo_home().display());
    if artefact.plain {
        // Copies by the byte loops of the compiler are larger; the lowering passes of `plain` know these instructions.
        flags.push_str("\u{1f}-Ctarget-cpu=mvp\u{1f}-Ctarget-feature=+bulk-memory");
    }
    if artefact.simd {
        flags.push_str("\u{1f}-Ctarget-feature=+simd128");
    }
    command.env("CARGO_ENCODED_RUSTFLAGS", flags);
    command.env("CARGO_TARGET_DIR", checkout.path("target"));
    run(&mut command)
}

fn minify(checkout: &Checkout, glue: &Path, shipped: &Path) -> Result<()> {
    let mut esbuild = checkout.npm_command("esbuild")?;
    esbuild.arg(glue).args(["--minify", "--target=es2020", "--log-level=warning"]);
    run(esbuild.args(["--format=esm", "--legal-comments=none"]).arg(outfile(shipped)))
}

/// The argument of esbuild that says where the result goes.
pub fn outfile(path: &Path) -> String {
    format!("--outfile={}", path.display())
}

fn cargo_home() -> PathBuf {
    let home = || PathBuf::from(std::env::var_os("HOME").unwrap_or_default()).join(".cargo");
    std::env::var_os("CARGO_HOME").map_or_else(home, PathBuf::from)
}

/// Where the generated declarations lie for `tsc`; they are not shipped, because they leak how the glue works.
fn types_file(checkout: &Checkout, artefact: &Artefact, name: &str) -> PathBuf {
    checkout.scratch("types").join(artefact.folder).join(format!("{name}.d.ts"))
}

/// Changes when the compiled module or this tool changes.
fn stamp(compiled: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    compiled.hash(&mut hasher);
    if let Ok(tool) = std::env::current_exe().and_then(fs::read) {
        tool.hash(&mut hasher);
    }
    format!("{:016x}", hasher.finish())
}
