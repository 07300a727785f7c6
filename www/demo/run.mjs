// Starts the three parts of the demo: the edge, the shop on another origin, and a webhook receiver.

import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { start } from "./child.mjs";
import { edgeCommand } from "./edge-command.mjs";
import { freePort } from "./ports.mjs";
import { createReceiver } from "./receiver.mjs";
import { createShop } from "./site.mjs";

export const ROOT = fileURLToPath(new URL("../../", import.meta.url));
export const HOSTS = ["workerd", "node"];
const WISHES = { edge: 8787, shop: 4000, receiver: 4010 };
const READY_MS = 90_000;
const ASK_MS = 250;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** The token and the secret of the demo: made once, kept with its data, readable by nobody else. */
async function secretsIn(directory) {
  const path = join(directory, "secrets.json");
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch (error) {
    if (error.code !== "ENOENT")
      throw new Error(`${path} is not readable JSON; delete it to make new secrets`, { cause: error });
  }
  const secrets = {
    token: randomBytes(18).toString("base64url"),
    webhook: `whsec_${randomBytes(32).toString("base64")}`,
    receipt: randomBytes(18).toString("base64url"),
  };
  await writeFile(path, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  return secrets;
}

const listen = (server, port) =>
  new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });

const close = (server) =>
  new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  });

/** Asks until the edge answers, or throws with the last words of the child. */
async function ready(address, child, failed) {
  const until = Date.now() + READY_MS;
  while (Date.now() < until) {
    if (failed.reason !== null) throw failed.reason;
    // Wrangler waits for somebody to mend the code.
    if (child.tail().includes("Build failed")) throw new Error(`the edge could not be built:\n${child.tail()}`);
    try {
      const response = await fetch(`${address}/healthz`, { signal: AbortSignal.timeout(2000) });
      await response.body?.cancel();
      if (response.ok) return;
    } catch (error) {
      if (error.name !== "TypeError" && error.name !== "TimeoutError") throw error;
    }
    await pause(ASK_MS);
  }
  throw new Error(
    `the edge did not answer at ${address}/healthz within ${READY_MS / 1000} s. It last said:\n${child.tail()}`,
  );
}

/**
 * Starts everything and answers with the addresses, the token, and `stop()`.
 *
 * `host` is `workerd` or `node`, `directory` keeps database and secrets, `print` gets lines of the receiver,
 * `onExit` is told when the edge ends on its own.
 */
export async function startDemo({ host, directory, wishes = {}, print = () => undefined, onExit = () => undefined }) {
  await mkdir(directory, { recursive: true });
  const secrets = await secretsIn(directory);
  const used = new Set();
  const ports = {};
  for (const [name, wish] of Object.entries({ ...WISHES, ...wishes })) ports[name] = await freePort(wish, used);
  const address = (name) => `http://localhost:${ports[name]}`;

  const config = JSON.parse(await readFile(new URL("leadkit.json", import.meta.url), "utf8"));
  config.site.origins = [address("shop")];
  const configPath = join(directory, "leadkit.json");
  await writeFile(configPath, `${JSON.stringify(config, null, 2)}\n`);

  const failed = { reason: null };
  let child;
  const startEdge = async () => {
    const { command, args, env } = await edgeCommand({
      host,
      root: ROOT,
      directory,
      configPath,
      port: ports.edge,
      secrets,
      crm: `http://127.0.0.1:${ports.receiver}/`,
    });
    child = start(command, args, {
      cwd: ROOT,
      env,
      onExit: (code, tail) => {
        failed.reason = new Error(`the edge on ${host} ended (${code}). It last said:\n${tail}`);
        onExit(failed.reason);
      },
    });
    await ready(address("edge"), child, failed);
  };

  const shop = createShop({ config, edge: address("edge") });
  const receiver = createReceiver(secrets.webhook, print);
  const stop = async () => {
    await Promise.all([child?.stop(), close(shop), close(receiver)]);
  };
  try {
    await Promise.all([listen(shop, ports.shop), listen(receiver, ports.receiver)]);
    await startEdge();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    edge: address("edge"),
    inbox: `${address("edge")}/inbox`,
    shop: address("shop"),
    receiver: address("receiver"),
    token: secrets.token,
    config,
    stop,
    /** Ends the edge at once, as a power cut would, and starts it again on the same database. */
    async crash() {
      await child.kill();
      await startEdge();
    },
  };
}
