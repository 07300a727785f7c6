// The demo without an edge: its pages are sound HTML, and its receiver believes nobody without a signature.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Webhook } from "standardwebhooks";
import { start } from "../../www/demo/child.mjs";
import { freePort } from "../../www/demo/ports.mjs";
import { createReceiver } from "../../www/demo/receiver.mjs";
import { createShop } from "../../www/demo/site.mjs";
import { PAGES } from "../../www/demo/words.mjs";

const config = JSON.parse(readFileSync(new URL("../../www/demo/leadkit.json", import.meta.url), "utf8"));
const MAIN = new URL("../../www/demo/main.mjs", import.meta.url);
const EDGE = "http://edge.invalid:1";
const SECRET = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
const printed = [];
const servers = [];
let shop;
let receiver;

function listen(server) {
  servers.push(server);
  return new Promise((resolve) =>
    server.listen(0, "127.0.0.1", () => resolve(`http://127.0.0.1:${server.address().port}`)),
  );
}

before(async () => {
  shop = await listen(createShop({ config, edge: EDGE }));
  receiver = await listen(createReceiver(SECRET, (line) => printed.push(line)));
});

after(() => {
  for (const server of servers) {
    server.close();
    server.closeAllConnections();
  }
});

const everyPage = Object.values(PAGES).flatMap((slugs) =>
  Object.entries(slugs).map(([language, slug]) => `/${language}/${slug}`),
);

test("every page is there, links only to what is there, and has nothing inline and nothing foreign", async () => {
  const wanted = new Set(everyPage);
  for (const path of wanted) {
    const response = await fetch(shop + path);
    const text = await response.text();
    assert.equal(response.status, 200, path);
    assert.match(response.headers.get("content-security-policy"), /^default-src 'none'/);
    assert.doesNotMatch(
      text.replace(/<pre[\s\S]*?<\/pre>/, ""),
      /\sstyle=|<style|\son[a-z]+=|<script(?![^>]*\ssrc=)|undefined|\[object/,
      path,
    );
    for (const [, target] of text.matchAll(/(?:href|src)="([^"]+)"/g)) {
      if (target.startsWith("/")) wanted.add(target);
      else if (target.startsWith("?")) wanted.add(path.split("?")[0] + target.replaceAll("&amp;", "&"));
      else
        assert.ok(
          /^#/.test(target) ||
            /^\/v1\/(form|kiosk)\//.test(target.replace(EDGE, "")) ||
            /^\/kit\/leadkit\.(js|css)$/.test(target.replace(EDGE, "")),
          target,
        );
    }
  }
  assert.ok([...wanted].some((path) => path.endsWith(".svg")));
});

test("a form posts every field of its configuration to the edge, with a label each", async () => {
  for (const name of Object.keys(config.forms).filter((form) => form in PAGES)) {
    const text = await (await fetch(`${shop}/de/${PAGES[name].de}?plain`)).text();
    assert.ok(text.includes(`<form data-leadkit="${name}" method="post" action="${EDGE}/v1/form/modehaus/${name}">`));
    assert.ok(!text.includes('<script src="http'), "the plain page has no script of the edge");
    for (const field of config.forms[name].fields) {
      assert.ok(text.includes(` name="${field.name}"`), field.name);
      if (["choice", "consent"].includes(field.type)) continue;
      assert.ok(text.includes(`<label for="${field.name}">`), field.name);
    }
  }
});

test("the first page follows the language of the browser", async () => {
  for (const [accepted, path] of [
    ["de-AT,de;q=0.9,en;q=0.8", "/de/"],
    ["fr,en;q=0.5", "/en/"],
    ["ja", "/en/"],
  ]) {
    const response = await fetch(shop, { redirect: "manual", headers: { "accept-language": accepted } });
    assert.equal(response.headers.get("location"), path);
  }
});

test("what is not there is a page that says so, and no file of the folder is given away", async () => {
  for (const path of ["/en/nothing", "/de/nichts", "/leadkit.json", "/art/..%2fsite.mjs", "/art/nothing.svg", "/xx/"]) {
    const response = await fetch(shop + path);
    assert.equal(response.status, 404, path);
    assert.match(await response.text(), /There is no such page|Diese Seite gibt es nicht/);
  }
});

function send(body, signed, id = "lead:crm") {
  const at = new Date();
  const signature = new Webhook(SECRET).sign(id, at, signed);
  const headers = {
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(at / 1000)),
    "webhook-signature": signature,
  };
  return fetch(receiver, { method: "POST", body, headers });
}

test("the receiver takes what is signed and refuses what was changed", async () => {
  const body = JSON.stringify({ type: "lead.created", data: { values: { full_name: "Ada\u001b[2J" } } });
  assert.equal((await send(body, body)).status, 200);
  assert.equal((await send(body.replace("Ada", "Eve"), body)).status, 401);
  assert.equal((await fetch(receiver, { method: "POST", body })).status, 401);
  assert.equal((await send("x".repeat((1 << 20) + 1), body)).status, 413);
  const received = await (await fetch(`${receiver}/received`)).json();
  assert.deepEqual(
    received.map(({ id, again }) => ({ id, again })),
    [{ id: "lead:crm", again: false }],
  );
  assert.ok(printed.some((line) => line.startsWith('signature valid: "lead.created"')));
  assert.ok(!printed.join("").includes("\u001b"), "control characters reached the terminal");
});

test("the receiver notices a webhook that was sent again", async () => {
  const body = JSON.stringify({ type: "lead.created", data: {} });
  await send(body, body, "twice");
  await send(body, body, "twice");
  const received = await (await fetch(`${receiver}/received`)).json();
  assert.deepEqual(
    received.filter(({ id }) => id === "twice").map(({ again }) => again),
    [false, true],
  );
});

const pause = () => new Promise((resolve) => setTimeout(resolve, 20));

/** Whether a process runs; one that ended and waits for its parent to notice does not. */
function runs(pid) {
  const { stdout } = spawnSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" });
  return stdout.trim() !== "" && !stdout.startsWith("Z");
}

test("a port that is taken is passed over, and no port is given twice", async () => {
  const { port } = servers[0].address();
  const used = new Set();
  const first = await freePort(port, used);
  const second = await freePort(port, used);
  assert.ok(first > port && second > first);
});

test("what the demo started ends with everything that it started itself", async () => {
  const child = start("bash", ["-c", "sleep 600 & echo $!; wait"], { onExit: () => assert.fail("it was told to end") });
  while (child.tail() === "") await pause();
  const grandchild = Number(child.tail());
  assert.ok(runs(grandchild));
  await child.stop();
  for (let tries = 0; runs(grandchild); tries += 1) {
    assert.ok(tries < 100, "the grandchild still runs");
    await pause();
  }
});

test("the last words of what ended by itself are told", async () => {
  const words = await new Promise((resolve) => {
    void start("bash", ["-c", "echo the database is locked >&2; exit 3"], {
      onExit: (code, tail) => resolve([code, tail]),
    });
  });
  assert.deepEqual(words, [3, "the database is locked"]);
  const missing = await new Promise((resolve) => {
    void start("leadkit-is-not-here", [], { onExit: (code, tail) => resolve([code, tail]) });
  });
  assert.match(missing[1], /ENOENT/);
});

test("the command explains itself and refuses what it does not know", () => {
  const run = (...args) => spawnSync(process.execPath, [fileURLToPath(MAIN), ...args], { encoding: "utf8" });
  assert.match(run("--help").stdout, /pkg-scripts\/demo --host node/);
  for (const [args, words] of [
    [["--host", "mars"], "--host takes workerd or node"],
    [["--port", "80"], "--port takes a number from 1024 to 65000"],
    [["--wrong"], "Unknown option '--wrong'"],
  ]) {
    const { status, stderr } = run(...args);
    assert.equal(status, 1);
    assert.ok(stderr.startsWith("pkg-scripts/demo: ") && stderr.includes(words), stderr);
  }
});
