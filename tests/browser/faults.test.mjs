// The faults that every engine can have: each is only told to open a page, which asks the test what to do. So the same
// code runs in Chromium, Firefox and WebKit, and no driver of one of them stands between.
// LEADKIT_FAULTS says how often each fault comes.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { after, test } from "node:test";
import { collect } from "./support/collector.mjs";
import { CONFIG, QUICK } from "./support/site.mjs";

const ROUNDS = Number(process.env.LEADKIT_FAULTS ?? 1);
const KIT = new URL("../../pkg/kit/", import.meta.url);
const TYPES = { ".js": "text/javascript", ".wasm": "application/wasm", ".pack": "application/octet-stream" };
const MINI_BROWSERS = ["4.1", "4.0"].map((version) => `/usr/lib/x86_64-linux-gnu/webkit2gtk-${version}/MiniBrowser`);
const QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"];
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const ENGINES = {
  Chromium: (url, profile) => [
    process.env.LEADKIT_CHROMIUM ?? "/usr/bin/chromium",
    ["--headless", "--no-sandbox", "--disable-gpu", ...QUIET, `--user-data-dir=${profile}`, url],
  ],
  Firefox: (url, profile) => {
    const quiet = ["app.update.enabled", "toolkit.telemetry.enabled", "browser.startup.homepage_override.enabled"];
    writeFileSync(join(profile, "user.js"), quiet.map((name) => `user_pref("${name}", false);\n`).join(""));
    return ["firefox-esr", ["--headless", "--no-remote", "--profile", profile, url]];
  },
  WebKit: (url) => [
    "xvfb-run",
    ["--auto-servernum", MINI_BROWSERS.find((path) => existsSync(path)) ?? "MiniBrowser", url],
  ],
};

/** The page: does what it is told, one thing after the other, and says what came of it. */
const AGENT = `
const run = async ({ edge, outbox, config }) => {
  for (;;) {
    const told = await fetch("/next").then((answer) => answer.json()).catch(() => undefined);
    if (told === undefined) return;
    if (told.go !== undefined) { location.assign(told.go); return; }
    try {
      const done = await new (Object.getPrototypeOf(run).constructor)("leadkit", "options", "input", told.code)(
        (await import("/kit/core.js")).leadkit, { endpoint: edge, site: "shop", config, outbox }, told.input);
      await fetch("/done", { method: "POST", body: JSON.stringify({ done: done ?? null }) });
    } catch (error) {
      await fetch("/done", { method: "POST", body: JSON.stringify({ error: String(error && error.stack || error) }) });
    }
  }
};
fetch("/options").then((answer) => answer.json()).then(run);
`;
const PAGE = `<!doctype html><meta charset="utf-8"><title>faults</title><script type="module" src="/agent.js"></script>`;

const table = [];
const running = new Set();
after(() => {
  for (const stop of running) stop();
  console.log(["| engine, fault | sent | stored | copies | requests | early | preflights |", ...table].join("\n"));
});

/** A browser that can be killed and started again with its profile. */
async function visit(engine) {
  const edge = await collect(CONFIG);
  const profile = mkdtempSync(join(tmpdir(), "leadkit-faults-"));
  let waiting, told, order, child;
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://page");
    const json = (value) => response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value));
    if (pathname === "/options") return json({ edge: edge.address, outbox: QUICK, config: CONFIG });
    if (pathname === "/next") {
      if (order !== undefined) {
        const next = order;
        order = undefined;
        return json(next);
      }
      waiting = json;
      request.on("close", () => {
        if (waiting === json) waiting = undefined;
      });
      return undefined;
    }
    if (pathname === "/done") {
      told?.(JSON.parse(Buffer.concat(await Array.fromAsync(request)).toString()));
      return response.writeHead(204).end();
    }
    if (pathname === "/agent.js") return response.writeHead(200, { "content-type": "text/javascript" }).end(AGENT);
    const path = new URL(pathname.slice("/kit/".length), KIT);
    if (pathname.startsWith("/kit/") && existsSync(path)) {
      return response
        .writeHead(200, { "content-type": TYPES[extname(pathname)] ?? "text/plain" })
        .end(readFileSync(path));
    }
    return response.writeHead(200, { "content-type": "text/html" }).end(PAGE);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = `http://localhost:${server.address().port}`;
  const give = (next) => {
    if (waiting === undefined) order = next;
    else waiting(next);
    waiting = undefined;
  };
  const person = {
    edge,
    open() {
      const [program, args] = ENGINES[engine](`${address}/`, profile);
      const env = { ...process.env, WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1", MOZ_HEADLESS: "1", HOME: profile };
      child = spawn(program, args, { stdio: "ignore", detached: true, env });
      child.once("error", (error) => told?.({ error: String(error) }));
    },
    kill() {
      try {
        process.kill(-child.pid, "SIGKILL");
      } catch {
        // It is gone already.
      }
      waiting = undefined;
    },
    /** Runs the body of a function in the page, with the kit, its options and an input. */
    async run(code, input) {
      const done = new Promise((resolve) => {
        told = resolve;
      });
      give({ code, input });
      const { error, done: result } = await done;
      if (error !== undefined) throw new Error(error);
      return result;
    },
    go: (path) => give({ go: path }),
    async close() {
      person.kill();
      running.delete(person.kill);
      await new Promise((resolve) => server.close(resolve).closeAllConnections());
      await edge.close();
      await pause(200);
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  running.add(person.kill);
  person.open();
  return person;
}

const OPEN = `window.kit ??= await leadkit(options);`;
/** Submits so many leads, and waits until they are kept. */
const SUBMIT = `${OPEN}
const values = { full_name: "Ada", email: "ada@example.com" };
const all = Array.from({ length: input }, () => window.kit.submit({ form: "contact", values }));
return (await Promise.all(all)).map(({ kept }) => kept);`;

/** Each fault sends some leads and gives how many. */
const FAULTS = {
  "navigate after the submit": async ({ run, go }) => {
    await run(SUBMIT, 5);
    go("/other");
    await run(OPEN);
    return 5;
  },
  "503 for a while": async ({ edge, run }) => {
    edge.mode = 503;
    await run(SUBMIT, 10);
    while (edge.requests.length === 0) await pause(10);
    edge.mode = "ok";
    return 10;
  },
  "Retry-After": async ({ edge, run }) => {
    edge.mode = 429;
    edge.headers = { "retry-after": "2" };
    await run(SUBMIT, 5);
    while (edge.requests.length === 0) await pause(10);
    edge.asked = edge.requests[0].at + 2_000;
    edge.mode = "ok";
    await run(SUBMIT, 2);
    await run("await window.kit.flush()");
    return 7;
  },
  "stored but the answer is lost": async ({ edge, run }) => {
    edge.mode = "ackdrop";
    await run(SUBMIT, 10);
    while (edge.requests.length < 2) await pause(10);
    edge.mode = "ok";
    return 10;
  },
  "edge down, navigate, return": async ({ edge, run, go }) => {
    edge.mode = "down";
    await run(SUBMIT, 10);
    go("/other");
    await run("return 1");
    edge.mode = "ok";
    await run(OPEN);
    return 10;
  },
  "SIGKILL after the submit resolved": async ({ edge, run, kill, open }) => {
    edge.mode = "down";
    const kept = await run(SUBMIT, 5);
    assert.deepEqual(kept, Array(5).fill("disk"));
    kill();
    await pause(500);
    edge.mode = "ok";
    open();
    await run(OPEN);
    return 5;
  },
  "the database is deleted under the page": async ({ run }) => {
    await run(SUBMIT, 1);
    await run(`await new Promise((resolve) => { indexedDB.deleteDatabase("leadkit.shop").onsuccess = resolve; });`);
    await run(SUBMIT, 2);
    return 3;
  },
  "fetch throws at once": async ({ run }) => {
    await run(`${OPEN} window.real = window.fetch; window.fetch = (url, ...rest) => {
      if (String(url).includes("/v1/leads")) throw new TypeError("not today");
      return window.real(url, ...rest);
    };`);
    await run(SUBMIT, 3);
    await run("window.fetch = window.real;");
    return 3;
  },
};

for (const engine of Object.keys(ENGINES)) {
  for (const [fault, play] of Object.entries(FAULTS)) {
    for (let round = 1; round <= ROUNDS; round += 1) {
      test(`${engine}: ${fault}${ROUNDS > 1 ? `, round ${round}` : ""}`, { timeout: 120_000 }, async () => {
        const person = await visit(engine);
        const { edge } = person;
        try {
          const sent = await play(person);
          assert.equal(await edge.until(sent, 60_000), sent, `${edge.stored.size} of ${sent} arrived`);
          const early = edge.requests.slice(1).filter(({ at }) => at < (edge.asked ?? 0)).length;
          const cells = [
            sent,
            edge.stored.size,
            edge.copies - edge.stored.size,
            edge.requests.length,
            early,
            edge.preflights,
          ];
          table.push(`| ${engine}, ${fault} | ${cells.join(" | ")} |`);
          assert.equal(early, 0, "a request came too early");
          assert.equal(edge.preflights, 0);
        } finally {
          await person.close();
        }
      });
    }
  }
}
