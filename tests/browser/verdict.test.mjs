// Chromium, Firefox and WebKit judge as the native core, byte for byte, by Wasm and by plain JavaScript.
// Each engine is only told to open a page; the page judges and sends back what it found.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { after, before, test } from "node:test";
import { CONFIG, difference, leads, parts, SAMPLE, verdicts } from "../verdict/corpus.mjs";

const KIT = new URL("../../pkg/kit/", import.meta.url);
const TYPES = { ".js": "text/javascript", ".wasm": "application/wasm" };
const MINI_BROWSERS = ["4.1", "4.0"].map((version) => `/usr/lib/x86_64-linux-gnu/webkit2gtk-${version}/MiniBrowser`);

const chromium = (url, profile) => [
  process.env.LEADKIT_CHROMIUM ?? "/usr/bin/chromium",
  [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
  ].concat(["--disable-sync", "--no-first-run", `--user-data-dir=${profile}`, url]),
];

const firefox = (url, profile) => {
  const quiet = ["app.update.enabled", "toolkit.telemetry.enabled", "browser.startup.homepage_override.enabled"];
  writeFileSync(join(profile, "user.js"), quiet.map((name) => `user_pref("${name}", false);\n`).join(""));
  return ["firefox-esr", ["--headless", "--no-remote", "--profile", profile, url]];
};

const webkit = (url) => [
  "xvfb-run",
  ["--auto-servernum", MINI_BROWSERS.find((path) => existsSync(path)) ?? "MiniBrowser", url],
];

const PAGE = `<!doctype html><meta charset="utf-8"><title>judging</title><script type="module" src="/judge.js"></script>`;

const SCRIPT = `
const glue = new URL(location).searchParams.get("glue");
try {
  const { config, leads } = await (await fetch("/input")).json();
  const core = await import("/kit/" + glue);
  if (glue === "judge.js") await core.default({ module_or_path: "/kit/judge.wasm" });
  else core.initSync();
  const judge = new core.Judge(config);
  const found = leads.map((lead) => judge.judge(...lead));
  await fetch("/found", { method: "POST", body: JSON.stringify({ found, agent: navigator.userAgent }) });
} catch (error) {
  await fetch("/found", { method: "POST", body: JSON.stringify({ found: [String(error)], agent: navigator.userAgent }) });
}
`;

let lines, expected, server, address, told;

before(async () => {
  lines = leads(SAMPLE);
  expected = verdicts(SAMPLE, "judge-bare");
  const input = JSON.stringify({ config: CONFIG, leads: lines.map(parts) });
  const fixed = {
    "/judge": ["text/html", PAGE],
    "/judge.js": ["text/javascript", SCRIPT],
    "/input": ["application/json", input],
  };
  server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://page");
    if (pathname === "/found") {
      const chunks = await Array.fromAsync(request);
      told?.(JSON.parse(Buffer.concat(chunks).toString()));
      return response.writeHead(204).end();
    }
    const [type, body] = fixed[pathname] ?? [TYPES[extname(pathname)], file(pathname)];
    return body === undefined
      ? response.writeHead(404).end()
      : response.writeHead(200, { "content-type": type }).end(body);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  address = `http://localhost:${server.address().port}`;
});
after(() => server?.close());

function file(pathname) {
  const path = new URL(pathname.slice("/kit/".length), KIT);
  return pathname.startsWith("/kit/") && existsSync(path) ? readFileSync(path) : undefined;
}

for (const [engine, command, agent] of [
  ["Chromium", chromium, /Chrome\//],
  ["Firefox", firefox, /Firefox\//],
  ["WebKit", webkit, /AppleWebKit\/(?!.*Chrome)/],
]) {
  for (const glue of ["judge.js", "judge-plain.js"]) {
    test(`${engine} judges as the native core, by ${glue}`, async () => {
      const profile = mkdtempSync(join(tmpdir(), "leadkit-"));
      const [program, args] = command(`${address}/judge?glue=${glue}`, profile);
      const heard = new Promise((resolve) => {
        told = resolve;
      });
      const env = { ...process.env, WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1", MOZ_HEADLESS: "1", HOME: profile };
      const browser = spawn(program, args, { stdio: "ignore", detached: true, env });
      const failed = new Promise((_, reject) => browser.once("error", reject));
      try {
        const answer = await Promise.race([heard, failed]);
        assert.match(answer.agent, agent);
        assert.equal(difference(lines, expected, answer.found), undefined);
        assert.equal(answer.found.length, SAMPLE);
      } finally {
        if (browser.pid !== undefined) process.kill(-browser.pid, "SIGKILL");
        await new Promise((resolve) => setTimeout(resolve, 200));
        rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
      }
    });
  }
}
