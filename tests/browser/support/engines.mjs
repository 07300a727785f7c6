// Three engines that are told to open a page and to report to it. No protocol steers them, so each is the browser that people have.

import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const MINI_BROWSERS = ["4.1", "4.0"].map((version) => `/usr/lib/x86_64-linux-gnu/webkit2gtk-${version}/MiniBrowser`);
const CHROMIUM = process.env.LEADKIT_CHROMIUM ?? "/usr/bin/chromium";
const QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"];

const chromium = (url, profile) => [
  CHROMIUM,
  ["--headless", "--no-sandbox", "--disable-gpu", ...QUIET, `--user-data-dir=${profile}`, url],
];

const firefox = (url, profile) => {
  const quiet = ["app.update.enabled", "toolkit.telemetry.enabled", "browser.startup.homepage_override.enabled"];
  writeFileSync(join(profile, "user.js"), quiet.map((name) => `user_pref("${name}", false);\n`).join(""));
  return ["firefox-esr", ["--headless", "--no-remote", "--profile", profile, url]];
};

const webkit = (url) => [
  "xvfb-run",
  ["--auto-servernum", MINI_BROWSERS.find((path) => existsSync(path)) ?? "MiniBrowser", url],
];

/** The engines by name. */
export const ENGINES = [
  { name: "Chromium", command: chromium },
  { name: "Firefox", command: firefox },
  { name: "WebKit", command: webkit },
];

/** Opens a page in an engine, ends the engine when `told` settles, and gives what it settled with. */
export async function opened({ command }, url, told) {
  const profile = mkdtempSync(join(tmpdir(), "leadkit-"));
  const [program, args] = command(url, profile);
  const env = { ...process.env, WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1", MOZ_HEADLESS: "1", HOME: profile };
  const browser = spawn(program, args, { stdio: "ignore", detached: true, env });
  const failed = new Promise((_, reject) => browser.once("error", reject));
  const gone = new Promise((resolve) => browser.once("exit", resolve));
  try {
    return await Promise.race([told, failed]);
  } finally {
    if (browser.pid !== undefined) process.kill(-browser.pid, "SIGKILL");
    await gone;
    rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}
