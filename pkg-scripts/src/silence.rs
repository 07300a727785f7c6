//! Takes the words out of panics.
//!
//! The embed traps without a word, but the compiler does not see that nobody reads the sentence: code that would format it,
//! its tables and the names of files stay linked through pointers that are never called. Here their bodies become traps,
//! and `wasm-opt` removes what nothing leads to any more.

use alloc::collections::BTreeSet;

use walrus::{
    FunctionId, FunctionKind, LocalFunction, Module,
    ir::{Call, Instr, InstrLocId, Unreachable, Visitor, dfs_in_order},
};

/// Parts of the names of functions that format. They are called through pointers only, by the function below.
const FORMATS: &[&str] = &["4core3fmt", "3fmtB", "Debug3fmt", "Display3fmt", "5Debug", "7Display"];
/// What calls those pointers. Where it is linked, something does format, and only panics are touched.
const WRITE: &str = "4core3fmt5write";
/// Parts of the names of functions that never return: a panic.
const PANICS: &[&str] = &[
    "4core9panicking",
    "slice_error_fail",
    "slice_index_fail",
    "13unwrap_failed",
    "13expect_failed",
    "17rust_begin_unwind",
    "19begin_panic_handler",
    "20rust_panic_with_hook",
];
/// The start of the names of files of the standard library.
const SOURCE: &[u8] = b"/rustc/";

/// Makes traps of what panics would say. Where a module formats besides, its formatting stays.
pub fn silence(module: &mut Module) {
    let is = |id: FunctionId, parts: &[&str]| {
        let name = module.funcs.get(id).name.as_deref().unwrap_or_default();
        parts.iter().any(|part| name.contains(part))
    };
    let ids: Vec<FunctionId> = module.funcs.iter_local().map(|(id, _)| id).collect();
    let formats_itself = ids.iter().any(|id| is(*id, &[WRITE]));
    let panics: BTreeSet<FunctionId> = ids.iter().copied().filter(|id| is(*id, PANICS)).collect();
    let formats: BTreeSet<FunctionId> =
        ids.iter().copied().filter(|id| !formats_itself && is(*id, FORMATS)).collect();
    // A function that code of our own calls by its name is no sentence of a panic.
    let called: BTreeSet<FunctionId> = module
        .funcs
        .iter_local()
        .filter(|(id, _)| !panics.contains(id) && !formats.contains(id))
        .flat_map(|(_, function)| calls(function))
        .collect();
    let mute = formats.difference(&called).chain(&panics);
    for id in mute.copied().collect::<Vec<_>>() {
        if let FunctionKind::Local(function) = &mut module.funcs.get_mut(id).kind {
            let entry = function.entry_block();
            let body = &mut function.block_mut(entry).instrs;
            body.clear();
            body.push((Instr::Unreachable(Unreachable {}), InstrLocId::default()));
        }
    }
    let data: Vec<_> = module.data.iter().map(walrus::Data::id).collect();
    for id in data {
        blank(&mut module.data.get_mut(id).value);
    }
}

fn calls(function: &LocalFunction) -> Vec<FunctionId> {
    struct Calls(Vec<FunctionId>);
    impl Visitor<'_> for Calls {
        fn visit_call(&mut self, call: &Call) {
            self.0.push(call.func);
        }
    }
    let mut calls = Calls(Vec::new());
    dfs_in_order(&mut calls, function, function.entry_block());
    calls.0
}

/// Blanks the names of files of the standard library.
fn blank(data: &mut [u8]) {
    let mut at = 0;
    while let Some(found) = find(data.get(at..).unwrap_or_default(), SOURCE) {
        let start = at + found;
        let rest = data.get_mut(start..).unwrap_or_default();
        let length = find(rest, b".rs").map_or(SOURCE.len(), |end| end + 3);
        rest.iter_mut().take(length).for_each(|byte| *byte = 0);
        at = start + length;
    }
}

fn find(data: &[u8], wanted: &[u8]) -> Option<usize> {
    data.windows(wanted.len()).position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use walrus::FunctionBuilder;

    fn add(module: &mut Module, name: &str, callee: Option<FunctionId>) -> FunctionId {
        let mut builder = FunctionBuilder::new(&mut module.types, &[], &[]);
        builder.name(name.to_owned());
        if let Some(callee) = callee {
            builder.func_body().call(callee);
        }
        builder.finish(Vec::new(), &mut module.funcs)
    }

    fn is_mute(module: &Module, id: FunctionId) -> bool {
        let function = module.funcs.get(id).kind.unwrap_local();
        matches!(
            function.block(function.entry_block()).instrs.first(),
            Some((Instr::Unreachable(_), _))
        )
    }

    #[test]
    fn sentences_become_traps_and_what_is_called_by_name_stays() {
        let mut module = Module::default();
        let used = add(&mut module, "_ZN4core3fmt4used", None);
        let ours = add(&mut module, "ours", Some(used));
        let pad = add(&mut module, "_ZN4core3fmt3pad", Some(ours));
        let panic = add(&mut module, "_RN4core9panicking5panic", Some(pad));
        silence(&mut module);
        let mute = [used, ours, pad, panic].map(|id| is_mute(&module, id));
        assert_eq!(mute, [false, false, true, true]);
    }

    #[test]
    fn a_module_that_formats_goes_on_formatting() {
        let mut module = Module::default();
        let pad = add(&mut module, "_ZN4core3fmt3pad", None);
        let panic = add(&mut module, "_RN4core9panicking5panic", Some(pad));
        add(&mut module, "_ZN4core3fmt5write", None);
        silence(&mut module);
        assert!(is_mute(&module, panic));
        assert!(!is_mute(&module, pad));
    }

    #[test]
    fn names_of_files_of_the_standard_library_are_blanked() {
        let mut data = *b"ab/rustc/1/x.rscd";
        blank(&mut data);
        assert_eq!(&data, b"ab\0\0\0\0\0\0\0\0\0\0\0\0\0cd");
    }
}
