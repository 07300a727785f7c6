// The examples of docs/proxy.md, as they stand there: nginx, a Worker on workerd, and the rules for Next.js, each before a real edge.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { admin, batch, item, post } from "./client.mjs";
import { config, ORIGIN, start, until } from "./runtime.mjs";

const ROOT = new URL("../../", import.meta.url);
const TEXT = readFileSync(new URL("docs/proxy.md", ROOT), "utf8");
const OF_WRANGLER = createRequire(createRequire(import.meta.url).resolve("wrangler"));
const HOST = "https://leads.example";

/** The examples of a language, in their order. */
const examples = (language) =>
  [...TEXT.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, "gs"))].map(([, code]) => code);

let edge;
before(async () => {
  edge = await start("node", { config: { ...config(), spam: { address_header: "x-forwarded-for" } } });
});
after(() => edge?.stop());

/** What a page does, through a proxy: the files, the configuration, a lead, a plain form; and not the owner's part. */
async function works(address) {
  const script = await fetch(`${address}/kit/leadkit.js`);
  assert.deepEqual([script.status, script.headers.get("content-type")], [200, "text/javascript; charset=utf-8"]);
  assert.equal(await script.text(), readFileSync(new URL("pkg/kit/leadkit.js", ROOT), "utf8"));
  const wasm = new Uint8Array(await (await fetch(`${address}/kit/embed.wasm`)).arrayBuffer());
  assert.equal(wasm.length, readFileSync(new URL("pkg/kit/embed.wasm", ROOT)).length);
  assert.equal((await (await fetch(`${address}/v1/site/shop`)).json()).site.id, "shop");
  const lead = item();
  const { status, body } = await post(address, batch([lead]));
  assert.deepEqual([status, body.r], [200, [{ id: lead.id, s: "ok" }]]);
  assert.equal((await admin(edge.url, `leads/shop/${lead.id}`)).body.id, lead.id);
  const form = new URLSearchParams({ email: "ada@example.com", ok: "true" });
  const options = { method: "POST", body: form, redirect: "manual", headers: { origin: ORIGIN } };
  const sent = await fetch(`${address}/v1/form/shop/contact`, options);
  assert.equal(sent.status, 303);
  assert.match(sent.headers.get("location"), /\/v1\/form\/shop\/contact\/thanks/);
  assert.notEqual((await admin(address, "leads?site=shop")).status, 200, "the owner's part is not on the site");
}

test("nginx passes on what a page needs", async () => {
  const unpacked = execFileSync(new URL("pkg-scripts/unpack", ROOT).pathname, ["nginx"], { encoding: "utf8" }).trim();
  const folder = mkdtempSync(join(tmpdir(), "leadkit-"));
  const port = await new Promise((resolve) => {
    const socket = createServer().listen(0, "127.0.0.1", () => {
      const { port } = socket.address();
      socket.close(() => resolve(port));
    });
  });
  const [location] = examples("nginx");
  const rule = location.replace(`proxy_pass ${HOST}`, `proxy_pass ${edge.url}`);
  const paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  );
  const server = `server { listen 127.0.0.1:${port}; access_log off; ${rule} }`;
  writeFileSync(
    join(folder, "nginx.conf"),
    `daemon off; pid ${folder}/pid; error_log stderr; events {}\nhttp { ${paths.join(" ")}\n${server} }`,
  );
  mkdirSync(join(folder, "logs"));
  const options = { stdio: ["ignore", "ignore", "pipe"] };
  const nginx = spawn(join(unpacked, "usr/sbin/nginx"), ["-p", folder, "-c", join(folder, "nginx.conf")], options);
  const said = [];
  nginx.stderr.on("data", (chunk) => said.push(String(chunk)));
  const gone = new Promise((resolve) => nginx.once("exit", resolve));
  try {
    const address = `http://127.0.0.1:${port}`;
    await until(
      () =>
        fetch(`${address}/kit/leadkit.css`).then(
          ({ ok }) => ok,
          () => said.join("").includes("emerg"),
        ),
      "nginx",
    );
    assert.doesNotMatch(said.join(""), /emerg/);
    await works(address);
  } finally {
    nginx.kill("SIGTERM");
    await gone;
    rmSync(folder, { recursive: true, force: true });
  }
});

test("a Worker passes on what a page needs", async () => {
  const { Miniflare } = await import(OF_WRANGLER.resolve("miniflare"));
  const [script] = examples("js");
  const worker = new Miniflare({
    modules: true,
    script: script.replace(HOST, edge.url),
    compatibilityDate: "2025-01-01",
  });
  try {
    await works((await worker.ready).href.replace(/\/$/, ""));
  } finally {
    await worker.dispose();
  }
});

test("the rules for Next.js lead to the same addresses and leave the owner's part out", async () => {
  const [, code] = examples("js");
  const { default: next } = await import(`data:text/javascript,${encodeURIComponent(code)}`);
  // The same library reads them in Next.js.
  const { match, compile } = await import(OF_WRANGLER.resolve("path-to-regexp"));
  const rules = (await next.rewrites()).map(({ source, destination }) => (path) => {
    const found = match(source)(path);
    const { pathname } = new URL(destination);
    return found && HOST + compile(pathname, { validate: false })(found.params);
  });
  const led = (path) => rules.map((rule) => rule(path)).find(Boolean);
  for (const path of [
    "/v1/leads",
    "/v1/form/shop/contact",
    "/v1/challenge/shop/contact",
    "/kit/leadkit.js",
    "/kit/words/de.json",
  ])
    assert.equal(led(path), HOST + path);
  for (const path of ["/v1/admin/leads", "/inbox", "/contact"]) assert.equal(led(path), undefined);
});
