// A site whose pages load the package from their own origin, and a browser to visit them with.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { chromium } from "playwright-core";

const PKG = new URL("../../../pkg/", import.meta.url);
const CHROMIUM = process.env.LEADKIT_CHROMIUM ?? "/usr/bin/chromium";
const QUIET = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const TYPES = {
  ".css": "text/css",
  ".js": "text/javascript",
  ".json": "application/json",
  ".wasm": "application/wasm",
};

export const CONFIG = {
  site: { id: "shop", name: "Shop", locale: "en" },
  forms: {
    contact: {
      fields: [
        { name: "full_name", type: "name", required: true, label: { en: "Your name", de: "Ihr Name" } },
        { name: "email", type: "email", required: true },
        { name: "topic", type: "choice", options: [{ value: "advice" }, { value: "order" }] },
        {
          name: "number",
          type: "text",
          required: true,
          max_length: 8,
          show_if: { "==": [{ var: "values.topic" }, "order"] },
        },
        { name: "privacy", type: "consent", purpose: "contact", required: true, text: { en: "Yes", de: "Ja" } },
      ],
      thanks: { text: { en: "Thank you, we have it.", de: "Danke, wir haben es." } },
    },
  },
  $versions: { contact: "1f2e3d4c" },
};

export const FORM = `<form data-leadkit="contact">
  <p class="field"><label for="full_name">Your name</label> <input id="full_name" name="full_name" required autocomplete="name"></p>
  <p class="field"><label for="email">E-mail</label> <input id="email" name="email" type="email" required></p>
  <p class="field"><label for="topic">Topic</label>
    <select id="topic" name="topic"><option value="">–</option><option value="advice">Advice</option><option value="order">Order</option></select></p>
  <p class="field"><label for="number">Order number</label> <input id="number" name="number"></p>
  <p class="field"><label><input type="checkbox" name="privacy" required> <span>Shop may use what I wrote to answer me.</span></label></p>
  <p><button>Send</button></p>
</form>`;

/** Spans that make a test short; the code path is the same. */
export const QUICK = {
  backoffFirstMs: 100,
  backoffLastMs: 1_000,
  backoffHiddenMs: 1_000,
  leaseMs: 3_000,
  timeoutMs: 2_000,
};

/** Serves pages. `pages` maps a path to `{ body, headers }`, or to `{ take }`, which gets what is posted there. */
export async function serve(pages) {
  const log = [];
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://site");
    log.push(pathname);
    // The folder of browsers' files, as a customer serves it, and the whole package for code without a bundler.
    if (/^\/(kit|pkg)\//.test(pathname)) {
      try {
        const file = readFileSync(new URL(pathname.replace(/^\/(pkg\/)?/, ""), PKG));
        return response.writeHead(200, { "content-type": TYPES[extname(pathname)] ?? "text/plain" }).end(file);
      } catch {
        return response.writeHead(404).end();
      }
    }
    const page = pages[pathname];
    if (page?.take) {
      const chunks = [];
      request.on("data", (chunk) => chunks.push(chunk));
      request.on("end", () => page.take(Buffer.concat(chunks).toString()));
      return response.writeHead(204).end();
    }
    if (!page) return response.writeHead(404, { "content-type": "text/html" }).end("<title>nothing here</title>");
    return response.writeHead(200, { "content-type": "text/html; charset=utf-8", ...page.headers }).end(page.body);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = `http://localhost:${server.address().port}`;
  return { address, log, close: () => new Promise((resolve) => server.close(resolve).closeAllConnections()) };
}

/** A page with the script tag. */
export const page = (edge, body = FORM, { lang = "en", headers = {} } = {}) => ({
  headers,
  body: `<!doctype html><html lang="${lang}"><title>shop</title>
<script src="/kit/leadkit.js" data-endpoint="${edge}" data-site="shop" defer></script>
<body><h1>Shop</h1>${body}</body></html>`,
});

/** A page without the script tag, for the JS API. */
export const BARE = {
  body: `<!doctype html><html lang="en"><title>bare</title><body><h1>Bare</h1></body></html>`,
  headers: {},
};

/** Starts Chromium with a profile that outlives it, so that a test can kill it and come back. */
export async function profile() {
  const folder = await mkdtemp(join(tmpdir(), "leadkit-"));
  return {
    folder,
    open: () => chromium.launchPersistentContext(folder, { executablePath: CHROMIUM, args: QUIET }),
    /** Ends every process of the browser at once, as a power cut does. */
    kill() {
      const found = spawnSync("pgrep", ["-f", "--", `user-data-dir=${folder}`], { encoding: "utf8" });
      for (const pid of found.stdout.split("\n").filter(Boolean)) {
        try {
          process.kill(Number(pid), "SIGKILL");
        } catch {
          // A child may be gone with its parent.
        }
      }
    },
  };
}

export const launch = () => chromium.launch({ executablePath: CHROMIUM, args: QUIET });

/** Opens a kit in a page and leaves it in `window.kit`, with its events in `window.seen`. */
export async function kit(tab, edge, outbox = QUICK, config = CONFIG) {
  await tab.evaluate(
    async ({ edge, outbox, config }) => {
      const { leadkit } = await import("/kit/core.js");
      window.kit = await leadkit({ endpoint: edge, site: "shop", config, outbox });
      window.seen = [];
      for (const type of ["kept", "received", "refused", "waiting", "dropped"]) {
        window.kit.on(type, (event) => window.seen.push(event));
      }
    },
    { edge, outbox, config },
  );
}

/** Submits leads through the kit of a page and waits until all are kept. */
export const submit = (tab, count, size = 20) =>
  tab.evaluate(
    async ({ count, size }) => {
      const values = { full_name: "Ada", email: "ada@example.com", message: "x".repeat(size) };
      const all = Array.from({ length: count }, () => window.kit.submit({ form: "contact", values }));
      return (await Promise.all(all)).map(({ id, kept }) => ({ id, kept }));
    },
    { count, size },
  );
