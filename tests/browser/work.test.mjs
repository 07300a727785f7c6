// Proof of work in Chromium: in a Worker, in slices where a Worker is refused, as plain JavaScript where Wasm is refused.

import assert from "node:assert/strict";
import { createHash, pbkdf2Sync } from "node:crypto";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { BARE, launch, serve } from "./support/site.mjs";

let browser, site, tab;

const under = (policy) => ({ ...BARE, headers: { "content-security-policy": policy } });

before(async () => {
  browser = await launch();
});
after(() => browser.close());

beforeEach(async () => {
  site = await serve({
    "/": BARE,
    "/slices": under("script-src 'self' 'wasm-unsafe-eval'; worker-src 'none'"),
    "/plain": under("script-src 'self'; worker-src 'none'"),
  });
  tab = await browser.newPage();
});
afterEach(async () => {
  await tab.close();
  await site.close();
});

const hex = (bytes) => Buffer.from(bytes).toString("hex");
const sha256 = (data) => createHash("sha256").update(data).digest();
const salt = "a1b2c3d4e5f60718293a4b5c?expires=1900000000&";
const numbered = (number, maxnumber = 100_000) => ({
  algorithm: "SHA-256",
  challenge: hex(sha256(salt + number)),
  maxnumber,
  salt,
  signature: "00",
});

function countered(algorithm, cost, counter) {
  const [nonce, seed] = [Buffer.from("0123456789abcdef"), Buffer.from("fedcba9876543210")];
  const password = Buffer.concat([nonce, Buffer.from([0, 0, counter >> 8, counter & 255])]);
  let key = algorithm === "SHA-256" ? Buffer.concat([seed, password]) : pbkdf2Sync(password, seed, cost, 32, "sha256");
  for (let round = 0; algorithm === "SHA-256" && round < cost; round += 1) key = sha256(key);
  const parameters = {
    algorithm,
    cost,
    keyLength: 32,
    keyPrefix: hex(key).slice(0, 32),
    nonce: hex(nonce),
    salt: hex(seed),
  };
  return { challenge: { parameters, signature: "ü" }, derivedKey: hex(key) };
}

async function solved(path, challenge) {
  await tab.goto(site.address + path);
  const payload = await tab.evaluate(async (challenge) => {
    const { work } = await import("/kit/work.js");
    return await work(challenge);
  }, challenge);
  return JSON.parse(Buffer.from(payload, "base64").toString());
}

for (const [path, loaded, spared] of [
  ["/", ["/kit/work-worker.js", "/kit/pow-simd.wasm"], ["/kit/pow-plain.js"]],
  ["/slices", ["/kit/pow-simd.wasm"], ["/kit/work-worker.js", "/kit/pow-plain.js"]],
  ["/plain", ["/kit/pow-plain.js"], ["/kit/work-worker.js"]],
]) {
  test(`both versions are solved on ${path}`, async () => {
    const challenge = numbered(43_210);
    assert.deepEqual(await solved(path, challenge), { ...challenge, number: 43_210 });
    for (const file of loaded) assert.ok(site.log.includes(file), `${file} was not loaded: ${site.log}`);
    for (const file of spared) assert.ok(!site.log.includes(file), `${file} was loaded`);
    const second = countered("SHA-256", 3, 700);
    const solution = { counter: 700, derivedKey: second.derivedKey };
    assert.deepEqual(await solved(path, second.challenge), { challenge: second.challenge, solution });
  });
}

test("PBKDF2 is solved by the platform, without a module", async () => {
  const { challenge, derivedKey } = countered("PBKDF2/SHA-256", 100, 30);
  assert.deepEqual(await solved("/", challenge), { challenge, solution: { counter: 30, derivedKey } });
  assert.ok(!site.log.some((file) => file.endsWith(".wasm")));
});

test("what cannot be solved is an error with a code, and a search can be stopped", async () => {
  for (const path of ["/", "/slices"]) {
    await tab.goto(site.address + path);
    const codes = await tab.evaluate(
      async ([never, scrypt]) => {
        const { work } = await import("/kit/work.js");
        const code = (error) => error.code ?? error.name;
        const stop = AbortSignal.timeout(200);
        return [
          await work(scrypt).catch(code),
          await work({ ...never, maxnumber: 1000 }).catch(code),
          await work({ ...never, maxnumber: 4e9 }, { signal: stop }).catch((error) => error.name),
        ];
      },
      [{ ...numbered(0), challenge: "00".repeat(32) }, { parameters: { algorithm: "SCRYPT" } }],
    );
    assert.deepEqual(codes, ["work.unknown", "work.unknown", "TimeoutError"]);
  }
});
