// The demo without an edge: its pages are sound HTML, and its receiver believes nobody without a signature.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { Webhook } from "standardwebhooks";
import { createReceiver } from "../../www/demo/receiver.mjs";
import { createShop } from "../../www/demo/site.mjs";
import { PAGES } from "../../www/demo/words.mjs";

const config = JSON.parse(readFileSync(new URL("../../www/demo/leadkit.json", import.meta.url), "utf8"));
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
      else assert.ok(target.startsWith("#") || target === `${EDGE}/kit/leadkit.js`, target);
    }
  }
  assert.ok([...wanted].some((path) => path.endsWith(".svg")));
});

test("a form posts every field of its configuration to the edge, with a label each", async () => {
  for (const name of Object.keys(config.forms)) {
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
