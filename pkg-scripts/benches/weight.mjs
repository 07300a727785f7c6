#!/usr/bin/env node
// What a form costs the page it stands on: bytes after brotli, when it can be used on a slow phone, and what Lighthouse says of a
// page with our script tag and without. Medians of one run.
//
//   pkg-scripts/bench weight
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { createServer as createSocket } from "node:net";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";
import { bytes, install, RIVALS, root } from "../rivals.mjs";

const FORMS = {
  "@formbricks/surveys": "1.99.0",
  "@formio/js": "5.6.0",
  "@hookform/resolvers": "7.0.7",
  "@typeform/embed": "6.1.1",
  "libphonenumber-js": RIVALS["libphonenumber-js"],
  lighthouse: "12.8.2",
  react: "19.3.1",
  "react-dom": "19.3.1",
  "react-hook-form": "7.92.0",
  "survey-core": "2.5.38",
  "survey-js-ui": "2.5.38",
  zod: RIVALS.zod,
};
const folder = fileURLToPath(new URL(".cache/weight/", root));
install(FORMS, folder);
const require = createRequire(root);
const { build } = require("esbuild");
const { chromium } = await import("playwright-core");
const CHROMIUM = process.env.LEADKIT_CHROMIUM ?? "/usr/bin/chromium";
const RUNS = 5;
/** A phone of the middle class on a slow connection, as Lighthouse imagines it. */
const CPU = 4;
const NETWORK = { offline: false, latency: 150, downloadThroughput: 204_800, uploadThroughput: 92_160 };

const median = (all) => all.toSorted((a, b) => a - b)[all.length >> 1];
const EMPTY = { ".woff": "empty", ".woff2": "empty", ".ttf": "empty", ".eot": "empty", ".svg": "empty" };

/** A form of another library as a page ships it. */
async function bundle(source) {
  const { outputFiles } = await build({
    stdin: { contents: bytes(`pkg-scripts/benches/forms/${source}`).toString(), resolveDir: folder, loader: "jsx" },
    outdir: "out",
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    jsx: "automatic",
    target: "es2022",
    define: { "process.env.NODE_ENV": '"production"' },
    // Fonts and pictures come later, if at all.
    loader: EMPTY,
    legalComments: "none",
    logLevel: "error",
  });
  return Object.fromEntries(outputFiles.map(({ path, contents }) => [`/app${extname(path)}`, contents]));
}

const OWN_FORM = `<form data-leadkit="contact" method="post" action="/v1/form/shop/contact">
<p><label for="full_name">Your name</label> <input id="full_name" name="full_name" required></p>
<p><label for="email">E-mail</label> <input id="email" name="email" type="email" required></p>
<p><label for="phone">Telephone</label> <input id="phone" name="phone" type="tel"></p>
<p><button>Send</button></p></form>`;
const TAG = '<script src="/kit/leadkit.js" data-endpoint="" data-site="shop" defer></script>';
const SITE = {
  site: { id: "shop", name: "Shop", locale: "en" },
  forms: {
    contact: {
      fields: [
        { name: "full_name", type: "name", required: true },
        { name: "email", type: "email", required: true },
        { name: "phone", type: "phone", country: "DE" },
      ],
    },
  },
};
const head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Contact</title>';
const page = (before, body) =>
  `<!doctype html><html lang="en">${head}${before}<body><main><h1>Contact</h1>${body}</main></body></html>`;
const far = `<p>${"Words of a page that is longer than a screen. ".repeat(400)}</p>`;

const files = {
  "/with": page(TAG, far + OWN_FORM),
  "/without": page("", far + OWN_FORM),
  "/leadkit": page(TAG, OWN_FORM),
};
files["/v1/site/shop"] = JSON.stringify(SITE);
const TYPES = {
  ".js": "text/javascript",
  ".css": "text/css",
  ".wasm": "application/wasm",
  ".json": "application/json",
};
const packed = new Map();
const log = [];
const server = createServer((request, response) => {
  const { pathname } = new URL(request.url, "http://page");
  log.push(pathname);
  try {
    if (!packed.has(pathname)) {
      const body = files[pathname] ?? bytes(`pkg${pathname}`);
      packed.set(pathname, brotliCompressSync(body));
    }
  } catch {
    return response.writeHead(404).end();
  }
  const type =
    pathname === "/v1/site/shop" ? "application/json" : (TYPES[extname(pathname)] ?? "text/html; charset=utf-8");
  return response.writeHead(200, { "content-type": type, "content-encoding": "br" }).end(packed.get(pathname));
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const address = `http://localhost:${server.address().port}`;

/** A port that is free. */
const freePort = () =>
  new Promise((resolve) => {
    const socket = createSocket().listen(0, "127.0.0.1", () => {
      const { port } = socket.address();
      socket.close(() => resolve(port));
    });
  });
const port = await freePort();
const browser = await chromium.launch({
  executablePath: CHROMIUM,
  args: ["--no-sandbox", `--remote-debugging-port=${port}`],
});

/** When a field is there, and when what checks it is. */
async function usable(path, ready) {
  const times = { seen: [], checked: [] };
  for (let run = 0; run < RUNS; run += 1) {
    const context = await browser.newContext();
    const tab = await context.newPage();
    const session = await context.newCDPSession(tab);
    tab.on("pageerror", (error) => console.error(path, String(error)));
    await session.send("Network.enable");
    await session.send("Network.emulateNetworkConditions", NETWORK);
    await session.send("Emulation.setCPUThrottlingRate", { rate: CPU });
    await tab.goto(address + path, { waitUntil: "commit" });
    const seen = await tab.waitForFunction(() => {
      const input = document.querySelector("#app :is(input, textarea), form input");
      return input?.checkVisibility() && performance.now();
    });
    times.seen.push(await seen.jsonValue());
    if (ready) {
      await tab.focus("input");
      times.checked.push(await (await tab.waitForFunction(ready, undefined, { polling: "raf" })).jsonValue());
    } else times.checked.push(times.seen.at(-1));
    await context.close();
  }
  return { seen: median(times.seen), checked: median(times.checked) };
}

const row = (cells) =>
  console.log(cells.map((cell, at) => (at === 0 ? String(cell).padEnd(46) : String(cell).padStart(13))).join(""));
const kilo = (size) => size.toLocaleString("en");
const milli = (time) => `${Math.round(time).toLocaleString("en")} ms`;

row(["name, e-mail and telephone with their checks", "bytes, page", "bytes, all", "field seen", "checked"]);
log.length = 0;
const own = await usable("/leadkit", () => document.forms[0].noValidate && performance.now());
const size = (path) => packed.get(path).length;
const fetched = [...new Set(log)].filter((path) => path.startsWith("/kit/") && packed.has(path));
const all = fetched.reduce((sum, path) => sum + size(path), 0);
row(["leadkit", kilo(size("/kit/leadkit.js")), kilo(all), milli(own.seen), milli(own.checked)]);

for (const [name, source, hosted] of [
  ["react-hook-form, zod, libphonenumber-js", "hook.jsx"],
  ["@formbricks/surveys", "formbricks.js"],
  ["survey-js-ui", "survey.js"],
  ["@formio/js", "formio.js"],
  ["@typeform/embed (its form comes on top)", "typeform.js", true],
]) {
  const parts = await bundle(source);
  for (const path of ["/app.js", "/app.css"]) packed.delete(path);
  Object.assign(files, parts);
  const style = parts["/app.css"] ? '<link rel="stylesheet" href="/app.css">' : "";
  files["/app"] = page(style, '<div id="app"></div><script type="module" src="/app.js"></script>');
  packed.delete("/app");
  const total = Object.values(parts).reduce((sum, content) => sum + brotliCompressSync(content).length, 0);
  const time = hosted ? undefined : await usable("/app");
  row([
    name,
    kilo(total),
    kilo(total),
    ...(time ? [milli(time.seen), milli(time.checked)] : ["elsewhere", "elsewhere"]),
  ]);
}
console.log(`
Bytes after brotli 11: what the page loads by itself, and with what comes at the first focus. Times on a slow phone (processor ${CPU} times
slower, ${NETWORK.latency} ms, 1.6 Mbit/s), medians of ${RUNS}: a field can be typed into; what is typed is checked. Ours stands in the page's HTML.`);

const { default: lighthouse } = await import(createRequire(folder).resolve("lighthouse"));
const AUDITS = ["total-blocking-time", "cumulative-layout-shift", "first-contentful-paint", "largest-contentful-paint"];
/** A picture of the whole page makes the window as high as the page: then the form is in it. */
const SETTINGS = { port, onlyAudits: AUDITS, disableFullPageScreenshot: true, logLevel: "error" };
const results = { without: [], with: [] };
log.length = 0;
for (let run = 0; run < 3; run += 1) {
  for (const path of ["without", "with"]) {
    const { lhr } = await lighthouse(`${address}/${path}`, SETTINGS);
    results[path].push(lhr.audits);
  }
}
/** The least: what others do on this machine only adds. */
const value = (path, audit) => Math.min(...results[path].map((audits) => audits[audit].numericValue));
console.log("");
row(["Lighthouse, the least of 3", "without tag", "with tag"]);
for (const audit of AUDITS) {
  const [before, after] = ["without", "with"].map((path) => value(path, audit));
  const write = audit.startsWith("cumulative") ? (number) => number.toFixed(3) : milli;
  row([audit.replaceAll("-", " "), write(before), write(after)]);
}
const early = [...new Set(log)].filter((path) => path.startsWith("/kit/") || path.startsWith("/v1/"));
row(["fetched while nobody comes near the form", "", early.join(" ")]);
await browser.close();
server.close().closeAllConnections();

const faults = [];
if (value("with", "cumulative-layout-shift") > value("without", "cumulative-layout-shift"))
  faults.push("the layout shifts");
if (value("with", "total-blocking-time") > value("without", "total-blocking-time"))
  faults.push("the main thread is blocked");
if (early.join() !== "/kit/leadkit.js") faults.push("something is fetched too early");
if (faults.length > 0) console.error(faults.join(", "));
process.exitCode = faults.length > 0 ? 1 : 0;
