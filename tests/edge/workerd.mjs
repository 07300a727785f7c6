// Runs the worker of pkg/ in workerd until it is told to end: workerd.mjs FOLDER ENV OBJECTS
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { Miniflare, Response } from "miniflare";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const [folder, env, objects] = process.argv.slice(2);
const site = readFileSync(join(folder, "leadkit.json"), "utf8");

const worker = `
import { leadkit } from "./pkg/entry/cloudflare.js";
const { handler, LeadkitObject } = leadkit({ sites: [${JSON.stringify(site)}], objects: ${Number(objects)} });
export default handler;
export { LeadkitObject };
`;
const bundle = await build({
  stdin: { contents: worker, resolveDir: ROOT },
  bundle: true,
  write: false,
  format: "esm",
  target: "es2022",
  external: ["cloudflare:workers", "cloudflare:sockets", "*.wasm"],
  logLevel: "silent",
});

const miniflare = new Miniflare({
  modules: [
    { type: "ESModule", path: "entry/worker.mjs", contents: bundle.outputFiles[0].text },
    { type: "CompiledWasm", path: "wasm/edge.wasm", contents: readFileSync(join(ROOT, "pkg/wasm/edge.wasm")) },
  ],
  compatibilityDate: "2026-04-01",
  host: "127.0.0.1",
  port: 0,
  durableObjects: { LEADKIT: { className: "LeadkitObject", useSQLite: true } },
  durableObjectsPersist: join(folder, "objects"),
  bindings: JSON.parse(env),
  r2Buckets: ["FILES"],
  r2Persist: join(folder, "files"),
  serviceBindings: {
    async ASSETS(request) {
      const content = await readFile(join(ROOT, "pkg", new URL(request.url).pathname)).catch(() => undefined);
      return content === undefined ? new Response(null, { status: 404 }) : new Response(content);
    },
  },
  handleRuntimeStdio(stdout, stderr) {
    stdout.pipe(process.stdout);
    stderr.pipe(process.stderr);
  },
});
const url = await miniflare.ready;
console.log(`workerd listens on ${url.origin}`);
process.once("SIGTERM", () => {
  void miniflare.dispose().then(() => process.exit(0));
});
