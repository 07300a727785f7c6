//! The entries of the package: what `exports` maps, and from which file of `www/entry` each one comes.

/// One subpath of the package.
pub struct Entry {
    /// As in `exports`.
    pub subpath: &'static str,
    /// The file of `www/entry`, without its ending. An entry whose file is not there is left out.
    pub source: &'static str,
}

/// The ES modules that one may import.
pub const ALL: &[Entry] = &[
    Entry { subpath: ".", source: "index" },
    Entry { subpath: "./full", source: "full" },
    Entry { subpath: "./inline", source: "inline" },
    Entry { subpath: "./react", source: "react" },
    Entry { subpath: "./vue", source: "vue" },
    Entry { subpath: "./svelte", source: "svelte" },
    Entry { subpath: "./touch", source: "touch" },
    Entry { subpath: "./edge", source: "edge" },
    Entry { subpath: "./cloudflare", source: "cloudflare" },
    Entry { subpath: "./node", source: "node" },
    Entry { subpath: "./deno", source: "deno" },
    Entry { subpath: "./bun", source: "bun" },
];

/// A file that is bundled by esbuild, because a browser loads it without a build step, or because it holds a library that the
/// package brings along.
pub struct Bundle {
    /// The compiled module below `pkg/`, or the TypeScript below the root where nothing else imports it.
    pub source: &'static str,
    /// The file below `pkg/`.
    pub target: &'static str,
    /// `iife` for a classic script, `esm` for a module.
    pub format: &'static str,
}

/// Everything that is bundled. A bundle whose source is not there is left out.
pub const BUNDLES: &[Bundle] = &[
    Bundle { source: "pkg/entry/script.js", target: "kit/leadkit.js", format: "iife" },
    Bundle { source: "pkg/entry/core.js", target: "kit/core.js", format: "esm" },
    Bundle { source: "www/browser/extras/extras.ts", target: "kit/extras.js", format: "esm" },
    Bundle { source: "www/browser/extras/files.ts", target: "kit/files.js", format: "esm" },
    Bundle { source: "www/browser/extras/partial.ts", target: "kit/partial.js", format: "esm" },
    Bundle { source: "www/browser/touch/touch.ts", target: "kit/touch.js", format: "esm" },
    Bundle { source: "pkg/entry/kit-modules.js", target: "kit/modules.js", format: "esm" },
    Bundle { source: "www/browser/work/work.ts", target: "kit/work.js", format: "esm" },
    Bundle { source: "www/browser/work/worker.ts", target: "kit/work-worker.js", format: "esm" },
    Bundle { source: "www/edge/parquet.ts", target: "edge/parquet.js", format: "esm" },
    Bundle { source: "www/browser/kiosk/kiosk.ts", target: "kit/kiosk.js", format: "esm" },
    Bundle { source: "www/browser/kiosk/worker.ts", target: "kit/kiosk-worker.js", format: "iife" },
    Bundle { source: "www/inbox/main.ts", target: "inbox/inbox.js", format: "esm" },
];
