// What the benches of checks compare with, installed at pinned versions into .cache/rivals.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";

/** The packages, by name. */
export const RIVALS = {
  "@zootools/email-spell-checker": "1.12.0",
  "google-libphonenumber": "3.2.47",
  jsvat: "2.5.4",
  "libphonenumber-js": "1.13.16",
  validator: "13.15.35",
  valibot: "1.5.0",
  zod: "4.6.7",
};
export const root = new URL("../", import.meta.url);
export const cache = fileURLToPath(new URL(".cache/rivals/", root));

/** Installs what is not there. */
export function install(packages = RIVALS, folder = cache) {
  if (Object.keys(packages).every((name) => existsSync(`${folder}node_modules/${name}`))) return;
  mkdirSync(folder, { recursive: true });
  const options = { cwd: folder, stdio: ["ignore", "ignore", "inherit"] };
  const wanted = Object.entries(packages).map(([name, version]) => `${name}@${version}`);
  const quiet = ["--no-save", "--no-package-lock", "--ignore-scripts", "--loglevel=error"];
  execFileSync("npm", ["install", "--prefix", ".", ...quiet, ...wanted], options);
}

/** Imports a package as a page's bundler would. */
export const load = (name) => import(pathToFileURL(createRequire(cache).resolve(name)).href);

export const bytes = (path) => readFileSync(new URL(path, root));
export const json = (path) => JSON.parse(bytes(path).toString());

/** The ASCII form of a host by the platform, or nothing. */
export function ascii(host) {
  try {
    return new URL(`http://${host}`).hostname;
  } catch {
    return undefined;
  }
}
