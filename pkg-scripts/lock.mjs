// Writes package-lock.json anew from package.json: `node pkg-scripts/lock.mjs`, with the network.
// Without download addresses, so that any registry serves it, and with the platform packages of optional dependencies
// that the registry at hand may not have: without them `npm ci` refuses the lock on every machine.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";

const FILE = "package-lock.json";
const PLATFORM = /(android|darwin|linux|win32|freebsd|openbsd|netbsd|sunos|aix)-(\w+)(?:-(musl|msvc|gnu|glibc))?$/;

execFileSync("npm", ["install", "--package-lock-only", "--no-progress"], { stdio: ["ignore", "inherit", "inherit"] });

const lock = JSON.parse(readFileSync(FILE, "utf8"));
const packages = new Map(Object.entries(lock.packages));
const names = new Set([...packages.keys()].map((path) => path.split("node_modules/").at(-1)));

for (const entry of [...packages.values()]) {
  delete entry.resolved;
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const platform = PLATFORM.exec(name);
    if (names.has(name) || !platform) continue;
    const [, os, cpu, variant] = platform;
    const libc = os === "linux" ? { libc: [variant === "musl" ? "musl" : "glibc"] } : {};
    const license = entry.license;
    packages.set(`node_modules/${name}`, {
      version,
      cpu: [cpu],
      dev: true,
      ...libc,
      license,
      optional: true,
      os: [os],
    });
    names.add(name);
  }
}

lock.packages = Object.fromEntries([...packages].sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(FILE, `${JSON.stringify(lock, null, 2)}\n`);
