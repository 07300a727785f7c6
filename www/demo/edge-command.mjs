// How the edge is started on each host.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";

/** The command, its arguments and its environment for the edge on `host`, listening on `port` of this machine. */
export async function edgeCommand({ host, root, directory, configPath, port, secrets, crm }) {
  const values = {
    LEADKIT_ADMIN_TOKEN: secrets.token,
    LEADKIT_SECRET: secrets.receipt ?? secrets.webhook,
    LEADKIT_ALLOW_PRIVATE: "1",
    WEBHOOK_SECRET: secrets.webhook,
    CRM_URL: crm,
  };
  if (host === "node") {
    const args = ["serve", "--config", configPath, "--port", String(port), "--db", join(directory, "leadkit.db")];
    return { command: join(root, "pkg-scripts/leadkit"), args, env: values };
  }
  const config = await writeWorker({ root, directory, configPath, values });
  const args = ["dev", "--config", config, "--ip", "127.0.0.1", "--port", String(port), "--inspector-port", "0"];
  args.push("--persist-to", join(directory, "state"), "--show-interactive-dev-session=false");
  return {
    command: join(root, "node_modules/.bin/wrangler"),
    args,
    // The demo asks nobody on the internet, neither for a place nor for statistics.
    env: {
      CLOUDFLARE_CF_FETCH_ENABLED: "false",
      WRANGLER_SEND_METRICS: "false",
      WRANGLER_HIDE_BANNER: "true",
      NO_COLOR: "1",
    },
  };
}

/** Writes the project of the worker beside its data: that of `www/edge`, with another leadkit.json. */
async function writeWorker({ root, directory, configPath, values }) {
  const project = {
    name: "leadkit",
    main: join(root, "www/edge/worker.mjs"),
    compatibility_date: "2026-04-01",
    alias: { "leadkit-config": configPath },
    durable_objects: { bindings: [{ name: "LEADKIT", class_name: "LeadkitObject" }] },
    migrations: [{ tag: "v1", new_sqlite_classes: ["LeadkitObject"] }],
    r2_buckets: [{ binding: "FILES", bucket_name: "leadkit-files" }],
    assets: { directory: join(root, "pkg"), binding: "ASSETS", run_worker_first: true, html_handling: "none" },
  };
  const path = join(directory, "wrangler.json");
  await writeFile(path, `${JSON.stringify(project, null, 2)}\n`);
  const lines = Object.entries(values).map(([name, value]) => `${name}="${value}"\n`);
  await writeFile(join(directory, ".dev.vars"), lines.join(""), { mode: 0o600 });
  return path;
}
