// Counterparts from PyPI: programs and servers that a test runs beside the edge.
import { execFile, execFileSync, spawn } from "node:child_process";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";

const SCRIPT = fileURLToPath(new URL("../../pkg-scripts/python", import.meta.url));
/** How long a server may take to answer for the first time, in milliseconds. */
const START_MS = 90_000;

/** The interpreter that has the packages of tests/requirements.txt. */
export function interpreter() {
  return execFileSync(SCRIPT, { encoding: "utf8" }).trim();
}

/** Runs a program and gives what it prints, read as JSON. */
export function python(program, ...args) {
  return new Promise((resolve, reject) => {
    execFile(interpreter(), ["-c", program, ...args], { maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      if (error) reject(new Error(`${error.message}\n${stderr}`));
      else resolve(JSON.parse(stdout));
    });
  });
}

/** A port that was free a moment ago. */
export function freePort() {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Starts `python -m …` as a server and waits until its address answers. `args` gets the port. */
export async function serve(args, env = {}) {
  const port = await freePort();
  const child = spawn(interpreter(), args(port), {
    env: { PATH: process.env.PATH, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const url = `http://127.0.0.1:${port}`;
  const end = Date.now() + START_MS;
  for (;;) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer !== undefined) break;
    if (child.exitCode !== null || Date.now() > end) {
      child.kill("SIGKILL");
      throw new Error(`the server did not start:\n${output}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    url,
    async stop() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
