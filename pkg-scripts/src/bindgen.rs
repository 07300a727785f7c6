//! `wasm-bindgen`, as a library of the same version as the crate uses.

use anyhow::{Context as _, Result, bail};
use wasm_bindgen_cli_support::Bindgen;

use crate::silence;

const START: &str = "__wbindgen_start";

/// What `wasm-bindgen` makes of a compiled module.
pub struct Bound {
    /// The module without the custom sections that only `wasm-bindgen` reads.
    pub wasm: Vec<u8>,
    /// The glue: an ES module for every platform.
    pub glue: String,
    /// The declarations of the glue.
    pub types: String,
}

/// Makes the glue of one module.
///
/// `mute` takes out what its panics would say; see [`crate::silence`].
pub fn bind(name: &str, compiled: Vec<u8>, mute: bool) -> Result<Bound> {
    let mut bindgen = Bindgen::new();
    bindgen.web(true)?;
    // After a trap the memory may be anything: `__wbg_reset_state` makes a new instance.
    bindgen.reset_state_function(true);
    bindgen.typescript(true).omit_default_module_path(true);
    bindgen.input_bytes(name, compiled);
    let mut output = bindgen.generate_output()?;
    if mute {
        silence::silence(output.wasm_mut());
    }
    let wasm = output.wasm_mut().emit_wasm();
    let starts = output.wasm().exports.iter().any(|export| export.name == START);
    let glue = if starts { output.js().to_owned() } else { without_start(output.js())? };
    let types = output.ts().context("wasm-bindgen made no declarations")?.to_owned();
    Ok(Bound { wasm, glue, types })
}

/// Without reference types there is nothing to start, and no export for it; `__wbg_reset_state` calls it all the same.
fn without_start(glue: &str) -> Result<String> {
    let call = format!("wasm.{START}();\n");
    if !glue.contains(&call) {
        bail!("wasm-bindgen starts its module differently: see what __wbg_reset_state calls");
    }
    Ok(glue.replace(&call, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reset_does_not_call_a_start_that_is_not_exported() {
        let glue = "wasm = instance.exports;\nwasm.__wbindgen_start();\n}";
        assert_eq!(without_start(glue).unwrap(), "wasm = instance.exports;\n}");
        assert!(without_start("wasm = instance.exports;").is_err());
    }
}
