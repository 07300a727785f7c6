// Checks proof of work against altcha-lib in both directions: their challenges solved by us and verified by both, ours
// solved by them and verified by both, for version 1 and for version 2 with SHA-256 and PBKDF2.
//
//   pkg-scripts/build --only-wasm pow pow-simd && node tests/pow/altcha.mjs
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { install, load, ours } from "./rivals.mjs";

install();
const v1 = await load("altcha-lib/v1");
const v2 = await load("altcha-lib");
const kdf = {
  "SHA-256": (await load("altcha-lib/algorithms/sha")).deriveKey,
  "PBKDF2/SHA-256": (await load("altcha-lib/algorithms/pbkdf2")).deriveKey,
};
const secret = "a secret of the edge: ü";
const expires = Math.floor(Date.now() / 1000) + 600;
const root = new URL("../../", import.meta.url).pathname;

function native(lines) {
  const input = lines.map((line) => JSON.stringify({ secret, now: Date.now(), ...line })).join("\n");
  const command = ["run", "-q", "-p", "leadkit", "--example", "pow_lines"];
  const run = spawnSync("cargo", command, { cwd: root, input, encoding: "utf8", stdio: ["pipe", "pipe", "inherit"] });
  assert.equal(run.status, 0);
  return run.stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}

const modules = [];
for (const name of ["pow", "pow-simd"]) {
  const module = await ours(name);
  if (module === undefined) console.log(`SKIPPED: ${name} is not built; pkg-scripts/build --only-wasm ${name}`);
  else modules.push([name, module]);
}

/** Solves a challenge with every build of ours, in slices, and natively; the answers must be the same. */
function solvedByUs(challenge) {
  const text = JSON.stringify(challenge);
  const [answer] = native([{ op: "solve", challenge }]);
  assert.equal(typeof answer, "string");
  for (const [name, module] of modules) {
    let found = -1;
    for (let from = 0; found === -1 && from < 1e7; from += 777) found = module.solve(text, from, 777);
    assert.ok(found >= 0, name);
    assert.equal(module.answer(text, found), answer, name);
  }
  return answer;
}

const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64");
const decode = (text) => JSON.parse(Buffer.from(text, "base64").toString());
let checks = 0;

async function verifiedByTheirs(answer) {
  const payload = decode(answer);
  if (payload.solution === undefined) return await v1.verifySolution(answer, secret);
  const { challenge, solution } = payload;
  const deriveKey = kdf[challenge.parameters.algorithm];
  return (await v2.verifySolution({ challenge, solution, deriveKey, hmacSignatureSecret: secret })).verified;
}

async function verifiedByBoth(what, answer) {
  const [mine] = native([{ op: "verify", payload: answer }]);
  assert.equal(typeof mine.key, "string", `${what}: ours says ${mine.error}`);
  assert.equal(await verifiedByTheirs(answer), true, `${what}: theirs`);
  checks += 1;
  console.log(`ok ${what}`);
}

for (const number of [0, 7, 100, 12_345, 99_999]) {
  const made = { hmacKey: secret, number, maxnumber: 100_000, expires: new Date(expires * 1000), params: { a: "b c" } };
  await verifiedByBoth(`v1 theirs, number ${number}, solved by us`, solvedByUs(await v1.createChallenge(made)));
}
const [mineV1] = native([{ op: "make_v1", salt: "0123456789ab", number: 4711, max: 10_000, expires }]);
const { number } = await v1.solveChallenge(mineV1.challenge, mineV1.salt, mineV1.algorithm, mineV1.maxnumber).promise;
assert.equal(number, 4711);
await verifiedByBoth("v1 ours, solved by them", encode({ ...mineV1, number }));
await verifiedByBoth("v1 ours, solved by us", solvedByUs(mineV1));

for (const options of [
  { counter: 321 },
  { keyPrefix: "00" },
  { keyPrefix: "0aB" },
  { counter: 9, data: { z: 1, a: "ü" } },
]) {
  const made = {
    algorithm: "SHA-256",
    cost: 5,
    deriveKey: kdf["SHA-256"],
    hmacSignatureSecret: secret,
    expiresAt: expires,
  };
  const challenge = await v2.createChallenge({ ...made, ...options });
  await verifiedByBoth(`v2 theirs, ${JSON.stringify(options)}, solved by us`, solvedByUs(challenge));
}
for (const algorithm of ["SHA-256", "PBKDF2/SHA-256"]) {
  for (const goal of [{ counter: 60 }, { prefix: "0" }]) {
    const order = {
      op: "make_v2",
      nonce: "0123456789abcdef",
      salt: "fedcba9876543210",
      algorithm,
      cost: 7,
      expires,
      ...goal,
    };
    const [challenge] = native([order]);
    const solution = await v2.solveChallenge({ challenge, deriveKey: kdf[algorithm] });
    await verifiedByBoth(
      `v2 ours, ${algorithm}, ${JSON.stringify(goal)}, solved by them`,
      encode({ challenge, solution }),
    );
    if (algorithm === "SHA-256") await verifiedByBoth("  the same solved by us", solvedByUs(challenge));
    else for (const [, module] of modules) assert.equal(module.solve(JSON.stringify(challenge), 0, 10), -2);
  }
}
const slow = { algorithm: "PBKDF2/SHA-256", cost: 50, deriveKey: kdf["PBKDF2/SHA-256"], expiresAt: expires };
const theirs = await v2.createChallenge({
  ...slow,
  counter: 40,
  hmacSignatureSecret: secret,
  hmacKeySignatureSecret: "k",
});
const solution = await v2.solveChallenge({ challenge: theirs, deriveKey: slow.deriveKey });
await verifiedByBoth("v2 theirs, PBKDF2 with a key signature, solved by them", encode({ challenge: theirs, solution }));

const wrong = { challenge: theirs, solution: { ...solution, counter: solution.counter + 1 } };
const both = { hmacSignatureSecret: secret, hmacKeySignatureSecret: "k", deriveKey: slow.deriveKey };
assert.equal((await v2.verifySolution({ ...wrong, ...both })).verified, true);
assert.deepEqual(native([{ op: "verify", payload: encode(wrong) }]), [{ error: "pow.solution" }]);
console.log("ok a wrong counter with the right key: accepted by theirs (key signature), refused by ours");
console.log(`${checks} solutions verified by both, with ${modules.length} Wasm builds and natively`);
