// Starts the edge of pkg/ on a real runtime, as a process of its own that a test may kill.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** How long a runtime may take to answer for the first time, in milliseconds. */
const START_MS = 60_000;

/** How long a runtime may take to end before it is killed, in milliseconds. */
const STOP_MS = 10_000;

export const TOKEN = "test-token";
export const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
export const ORIGIN = "http://shop.example";

/** The runtimes that the suite runs on, or those that LEADKIT_RUNTIMES names. */
export const RUNTIMES = process.env.LEADKIT_RUNTIMES?.split(",") ?? ["node", "workerd", "deno", "bun"];
/** The two that differ most, for what takes long. */
export const TWO_RUNTIMES = RUNTIMES.filter((name) => name === "node" || name === "workerd");

/** How each runtime that runs programs is started. */
export const COMMANDS = {
  node: [process.execPath],
  workerd: [process.execPath],
  deno: [join(ROOT, "node_modules/.bin/deno"), "run", "--allow-all", "--quiet"],
  bun: [join(ROOT, "node_modules/.bin/bun")],
};

/** The configuration of the tests; `hook` is where its destinations lead. */
export function config(hook = "http://127.0.0.1:1") {
  return {
    site: { id: "shop", name: "Shop & Co", locale: "en", origins: [ORIGIN] },
    forms: {
      contact: {
        title: { en: "Contact", de: "Kontakt" },
        fields: [
          { name: "full_name", type: "name", label: { en: "Your name", de: "Ihr Name" } },
          { name: "email", type: "email", required: true, label: { en: "E-mail", de: "E-Mail" } },
          { name: "size", type: "choice", multiple: true, options: [{ value: "s" }, { value: "m" }] },
          { name: "message", type: "text", multiline: true },
          { name: "ok", type: "consent", purpose: "contact", required: true, text: { en: "Contact me", de: "Ja" } },
          { name: "news", type: "consent", purpose: "newsletter", text: { en: "Write to me" } },
        ],
      },
      booking: {
        fields: [{ name: "email", type: "email", required: true }],
        thanks: { url: "https://shop.example/thanks" },
      },
      measure: {
        fields: [
          { name: "piece", type: "choice", options: ["coat", "dress"], prefill: "piece" },
          { name: "email", type: "email", required: true, prefill: "email" },
          { name: "ok", type: "consent", purpose: "contact", required: true, text: { en: "Contact me" } },
        ],
        steps: [
          { title: { en: "What" }, fields: ["piece"] },
          { title: { en: "Who" }, fields: ["email", "ok"] },
        ],
      },
    },
    qualify: {
      private: {
        scores: { fit: {} },
        rules: [{ id: "wrote", score: "fit", points: 5, when: { "!!": { var: "values.message" } } }],
        filters: [{ id: "junk", disposition: "spam", when: { in: ["casino", { var: "values.message" }] } }],
      },
    },
    destinations: {
      crm: { type: "webhook", url: `${hook}/crm`, secret: { env: "WEBHOOK_SECRET" }, purpose: "contact" },
      mail: { type: "webhook", url: `${hook}/mail`, purpose: "newsletter" },
      women: { type: "webhook", url: `${hook}/women`, when: { "==": [{ var: "values.full_name" }, "Ada"] } },
    },
  };
}

const running = new Set();
// A test that fails leaves its runtime, and the others would wait for it.
after(() => Promise.all([...running].map(({ signal }) => signal("SIGKILL"))));

/** Starts a runtime. `folder` is kept between starts if it is given. */
export async function start(runtime, options = {}) {
  const own = options.folder === undefined;
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), "leadkit-"));
  const text = JSON.stringify(options.config ?? config(options.hook));
  writeFileSync(join(folder, "leadkit.json"), text);
  const env = {
    LEADKIT_ADMIN_TOKEN: TOKEN,
    LEADKIT_ALLOW_PRIVATE: "1",
    WEBHOOK_SECRET: SECRET,
    ...options.env,
  };
  const args =
    runtime === "workerd"
      ? [join(ROOT, "tests/edge/workerd.mjs"), folder, JSON.stringify(env), String(options.objects ?? 1)]
      : [
          join(ROOT, "pkg/cli/main.js"),
          ...["serve", "--config", join(folder, "leadkit.json")],
          ...(options.ownDatabase ? [] : ["--db", join(folder, "leads.db")]),
          ...["--port", "0", "--objects", String(options.objects ?? 1), ...(options.args ?? [])],
        ];
  // A group of its own, so that a kill reaches the runtime that the process has started.
  const [command, ...flags] = [...(options.wrap ?? []), ...COMMANDS[runtime]];
  const child = spawn(command, [...flags, ...args], {
    env: { PATH: process.env.PATH, HOME: folder, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const lines = [];
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const url = await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${runtime} did not start:\n${lines.join("\n")}`)), START_MS);
    const read = (chunk) => {
      for (const line of String(chunk).split("\n").filter(Boolean)) {
        lines.push(line);
        const found = /listens on (http:\S+)/.exec(line)?.[1];
        if (found !== undefined) {
          clearTimeout(timer);
          resolve(found);
        }
      }
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    void ended.then(() => {
      clearTimeout(timer);
      reject(new Error(`${runtime} ended:\n${lines.join("\n")}`));
    });
  });
  const signal = async (name) => {
    try {
      process.kill(-child.pid, name);
    } catch {
      // It has ended already.
    }
    await ended;
  };
  running.add({ signal });
  return {
    url,
    folder,
    pid: child.pid,
    lines,
    /** As a power cut does. */
    kill: () => signal("SIGKILL"),
    /** As an upgrade does: what is under way is answered. */
    async stop() {
      const timer = setTimeout(() => void signal("SIGKILL"), STOP_MS);
      await signal("SIGTERM");
      clearTimeout(timer);
      if (own) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Waits until `check` gives something. */
export async function until(check, what, ms = 15_000) {
  const end = Date.now() + ms;
  for (;;) {
    const found = await check();
    if (found) return found;
    if (Date.now() > end) throw new Error(`waited too long for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
