// Starts what the edge's bench measures, and reads what its processes have cost.
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

export const ROOT = fileURLToPath(new URL("../../", import.meta.url));
export const CACHE = `${ROOT}.cache/edge-bench/`;
const PEERS = { hono: "4.13.19", "@hono/node-server": "2.1.8", zod: "4.6.7", "libphonenumber-js": "1.13.16" };
/** Ticks of the processor's clock in a second. */
const TICKS = 100;

/** Installs the peers at pinned versions, and bundles them as one would for an edge. */
export async function install() {
  mkdirSync(CACHE, { recursive: true });
  const version = (name) => {
    const file = `${CACHE}node_modules/${name}/package.json`;
    return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")).version : undefined;
  };
  const wanted = Object.entries(PEERS).filter(([name, pinned]) => version(name) !== pinned);
  if (wanted.length > 0) {
    const options = { cwd: CACHE, stdio: ["ignore", "ignore", "inherit"] };
    const names = wanted.map(([name, pinned]) => `${name}@${pinned}`);
    const flags = ["--prefix", ".", "--no-save", "--no-package-lock", "--loglevel=error"];
    execFileSync("npm", ["install", ...flags, ...names], options);
  }
  await build({
    entryPoints: [`${ROOT}pkg-scripts/edge/peer.mjs`],
    outfile: `${CACHE}peer.bundle.mjs`,
    bundle: true,
    format: "esm",
    target: "es2022",
    nodePaths: [`${CACHE}node_modules`],
    logLevel: "silent",
  });
  return createRequire(CACHE);
}

/** Starts a process and waits until it tells where it listens. */
export async function start(args, env = {}) {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout });
  const url = await new Promise((resolve, reject) => {
    lines.on("line", (line) => {
      const found = /listens on (http:\S+)/.exec(line)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.once("exit", (code) => reject(new Error(`${args.join(" ").slice(0, 80)} ended with ${code}`)));
  });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  return {
    url,
    pid: () => runtimeOf(child.pid),
    async stop() {
      child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), 5000);
      await ended;
      clearTimeout(timer);
    },
  };
}

/** The process that does the work: workerd is a child of the one that started it. */
function runtimeOf(pid) {
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    const children = readFileSync(`/proc/${pid}/task/${task}/children`, "utf8").trim();
    for (const child of children.split(" ").filter(Boolean)) {
      if (readFileSync(`/proc/${child}/comm`, "utf8").startsWith("workerd")) return Number(child);
    }
  }
  return pid;
}

/** Seconds of the processor that a process has used. */
export function cpu(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

/** Bytes of memory that a process has in use. */
export function memory(pid) {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) * 1024;
}

/** Waits until a process has nothing more to do. */
export async function quiet(pid) {
  let last = cpu(pid);
  for (let calm = 0; calm < 3; ) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    const used = cpu(pid);
    calm = used - last < 0.011 ? calm + 1 : 0;
    last = used;
  }
}

/** The second process, which sends. */
export function loader() {
  const child = spawn(process.execPath, [`${ROOT}pkg-scripts/edge/load.mjs`], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async send(order) {
      child.stdin.write(`${JSON.stringify(order)}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error("the process that sends has ended");
      return JSON.parse(value);
    },
    stop: () => child.stdin.end(),
  };
}
