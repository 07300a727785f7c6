// Small apps as a stranger builds them: the packed package is unpacked into node_modules, and esbuild bundles the app.

import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { basename, extname, join } from "node:path";
import { build } from "esbuild";

const root = new URL("../../../", import.meta.url).pathname;
/** Inside the checkout, so that the frameworks are found in its node_modules. */
const folder = join(root, "target/package/apps");
const require = createRequire(import.meta.url);

/** Packs pkg/ and unpacks it as an installation does. */
export function install() {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, "node_modules/leadkit"), { recursive: true });
  const packed = execFileSync("npm", ["pack", join(root, "pkg"), "--silent", "--pack-destination", folder], {
    cwd: folder,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const tarball = join(folder, packed.trim().split("\n").pop());
  execFileSync("tar", ["-xzf", tarball, "-C", join(folder, "node_modules/leadkit"), "--strip-components=1"]);
  cpSync(join(root, "tests/browser/apps"), folder, { recursive: true });
  return folder;
}

const svelte = {
  name: "svelte",
  setup(bundler) {
    bundler.onLoad({ filter: /\.svelte$/ }, async ({ path }) => {
      const { compile } = await import("svelte/compiler");
      const { js } = compile(readFileSync(path, "utf8"), { filename: basename(path), generate: "client" });
      return { contents: js.code, loader: "js", resolveDir: folder };
    });
  },
};

const vue = {
  name: "vue",
  setup(bundler) {
    bundler.onLoad({ filter: /\.vue$/ }, ({ path }) => {
      const { parse, compileScript } = require("vue/compiler-sfc");
      const { descriptor } = parse(readFileSync(path, "utf8"), { filename: basename(path) });
      const { content } = compileScript(descriptor, { id: "app", inlineTemplate: true });
      return { contents: content, loader: "js", resolveDir: folder };
    });
  },
};

const define = {
  "process.env.NODE_ENV": '"production"',
  __VUE_OPTIONS_API__: "false",
  __VUE_PROD_DEVTOOLS__: "false",
  __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: "false",
};

/** Bundles an app into a folder; the files that the package fetches by need lie where their addresses lead. */
export async function bundle(source) {
  const out = join(folder, "out", basename(source, extname(source)));
  await build({
    entryPoints: { app: join(folder, source) },
    outdir: join(out, "entry"),
    bundle: true,
    splitting: true,
    format: "esm",
    jsx: "automatic",
    conditions: ["browser"],
    logLevel: "error",
    plugins: [svelte, vue],
    define,
  });
  cpSync(join(folder, "node_modules/leadkit/kit"), join(out, "kit"), { recursive: true });
  return out;
}

/** Checks the types of the app against the declarations of the package. */
export function check(source) {
  const options = ["--noEmit", "--strict", "--skipLibCheck", "false", "--target", "es2022", "--module", "nodenext"];
  const more = [
    "--jsx",
    "react-jsx",
    "--types",
    "",
    "--exactOptionalPropertyTypes",
    "--lib",
    "es2022,dom,dom.iterable",
  ];
  return execFileSync(join(root, "node_modules/.bin/tsc"), [...options, ...more, source], {
    cwd: folder,
    encoding: "utf8",
  });
}

const TYPES = { ".js": "text/javascript", ".wasm": "application/wasm", ".json": "application/json" };

/** Serves an app under a strict policy. */
export async function serveApp(out, edge) {
  const policy = `default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self' ${edge}; form-action ${edge}`;
  const log = [];
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://app");
    log.push(pathname);
    if (pathname === "/") {
      const headers = { "content-type": "text/html; charset=utf-8", "content-security-policy": policy };
      return response.writeHead(200, headers).end(`<!doctype html><html lang="en"><title>app</title>
<body data-edge="${edge}"><div id="app"></div><script type="module" src="/entry/app.js"></script></body></html>`);
    }
    if (pathname === "/favicon.ico") return response.writeHead(204).end();
    try {
      const file = readFileSync(join(out, pathname));
      return response.writeHead(200, { "content-type": TYPES[extname(pathname)] ?? "text/plain" }).end(file);
    } catch {
      return response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = `http://localhost:${server.address().port}`;
  return { address, log, close: () => new Promise((resolve) => server.close(resolve).closeAllConnections()) };
}
