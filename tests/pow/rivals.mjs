// The packages that proof of work is compared with, installed on demand into .cache/pow, and our own Wasm modules.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const root = new URL("../../", import.meta.url);
const folder = new URL(".cache/pow/", root);
const PACKAGES = { "altcha-lib": "2.8.0", "@mcaptcha/pow-wasm": "0.1.0-rc2", "friendly-challenge": "0.9.20" };

/** Installs what is missing. */
export function install() {
  const missing = Object.entries(PACKAGES).filter(([name, version]) => {
    const file = new URL(`node_modules/${name}/package.json`, folder);
    return !existsSync(file) || JSON.parse(readFileSync(file, "utf8")).version !== version;
  });
  if (missing.length === 0) return;
  mkdirSync(folder, { recursive: true });
  const wanted = missing.map(([name, version]) => `${name}@${version}`);
  execFileSync("npm", ["install", "--silent", "--no-save", "--prefix", folder.pathname, ...wanted], {
    stdio: "inherit",
  });
}

const require = createRequire(new URL("x.js", folder));

/** An installed ES module. */
export const load = (name) => import(pathToFileURL(require.resolve(name)));

/** An installed CommonJS module. */
export const loadCommon = (name) => require(name);

/** The path of a file of an installed package. */
export const file = (path) => new URL(`node_modules/${path}`, folder);

/** One of our modules, `pow` or `pow-simd`; undefined where `pkg-scripts/build` has not made it. */
export async function ours(name) {
  const wasm = new URL(`pkg/kit/${name}.wasm`, root);
  if (!existsSync(wasm)) return undefined;
  const module = await import(new URL(`pkg/kit/${name}.js`, root));
  module.initSync({ module: readFileSync(wasm) });
  return module;
}
