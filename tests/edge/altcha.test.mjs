// Proof of work between the edge and altcha-lib, which is installed on demand: their solver at our challenges, their
// challenges and our module at the edge, and their word on what our module made of ours.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import { install, load, ours } from "../pow/rivals.mjs";
import { admin, batch, good, item, post } from "./client.mjs";
import { config, start, TWO_RUNTIMES } from "./runtime.mjs";

const SECRET = "a secret of this deployment";
const KEY = createHmac("sha256", SECRET).update("leadkit work\nshop\ncontact").digest("hex");

install();
const v1 = await load("altcha-lib/v1");
const v2 = await load("altcha-lib");
const deriveKeys = {
  "SHA-256": (await load("altcha-lib/algorithms/sha")).deriveKey,
  "PBKDF2/SHA-256": (await load("altcha-lib/algorithms/pbkdf2")).deriveKey,
};
const module = await ours("pow-simd");

const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64");
const decode = (text) => JSON.parse(Buffer.from(text, "base64").toString());
const soon = () => Math.floor(Date.now() / 1000) + 600;

/** The solution of altcha-lib. */
async function theirs(challenge) {
  if (challenge.parameters === undefined) {
    const { number } = await v1.solveChallenge(challenge.challenge, challenge.salt, "SHA-256", challenge.maxnumber)
      .promise;
    return encode({ ...challenge, number });
  }
  const deriveKey = deriveKeys[challenge.parameters.algorithm];
  return encode({ challenge, solution: await v2.solveChallenge({ challenge, deriveKey }) });
}

/** The solution of our module; it leaves PBKDF2 to the platform. */
function mine(challenge) {
  const text = JSON.stringify(challenge);
  const found = module.solve(text, 0, 4_000_000);
  return found < 0 ? undefined : module.answer(text, found);
}

/** A challenge of altcha-lib under the key of the form. */
function made(format, algorithm) {
  if (format === "v1")
    return v1.createChallenge({ hmacKey: KEY, number: 777, maxnumber: 2000, expires: new Date(soon() * 1000) });
  const deriveKey = deriveKeys[algorithm];
  return v2.createChallenge({
    algorithm,
    cost: 10,
    counter: 70,
    deriveKey,
    hmacSignatureSecret: KEY,
    expiresAt: soon(),
  });
}

async function verified(answer) {
  const { challenge, solution } = decode(answer);
  if (solution === undefined) return v1.verifySolution(answer, KEY);
  const deriveKey = deriveKeys[challenge.parameters.algorithm];
  return (await v2.verifySolution({ challenge, solution, deriveKey, hmacSignatureSecret: KEY })).verified;
}

for (const runtime of TWO_RUNTIMES) {
  for (const [format, algorithm] of [
    ["v1", "SHA-256"],
    ["v2", "SHA-256"],
    ["v2", "PBKDF2/SHA-256"],
  ]) {
    test(`${runtime}: ${format} with ${algorithm}`, async () => {
      const spam = { work: { forms: ["contact"], format, algorithm, effort: 2000 } };
      const edge = await start(runtime, { config: { ...config(), spam }, env: { LEADKIT_SECRET: SECRET } });
      try {
        const ask = async () => (await fetch(`${edge.url}/v1/challenge/shop/contact`)).json();
        const answers = [await theirs(await ask()), mine(await ask()), await theirs(await made(format, algorithm))];
        answers.push(mine(decode(encode(await made(format, algorithm)))));
        const right = answers.filter((answer) => answer !== undefined);
        assert.equal(right.length, algorithm === "SHA-256" ? 4 : 2);
        for (const altcha of right) {
          assert.equal(await verified(altcha), true);
          const lead = item({ ...good, altcha });
          await post(edge.url, batch([lead]));
          const { body } = await admin(edge.url, `leads/shop/${lead.id}`);
          assert.deepEqual([body.verdict.disposition, body.seen], ["accept", { work: "done" }]);
        }
      } finally {
        await edge.stop();
      }
    });
  }
}
