// How the edge is started on each host.

import { join } from "node:path";

/** The command, its arguments and its environment for the edge on `host`. */
export function edgeCommand({ host, root, directory, configPath, port, secrets, crm }) {
  const env = {
    LEADKIT_ADMIN_TOKEN: secrets.token,
    LEADKIT_ALLOW_PRIVATE: "1",
    WEBHOOK_SECRET: secrets.webhook,
    CRM_URL: crm,
  };
  if (host === "node") {
    const args = ["serve", "--config", configPath, "--port", String(port), "--db", join(directory, "leadkit.db")];
    return { command: join(root, "pkg-scripts/leadkit"), args, env };
  }
}
