// What `leadkit doctor` says about configurations and the secrets that they name.
import type { Core } from "../edge/core.js";
import type { Finding } from "./doctor.js";

/** A configuration that holds. */
export interface Site {
  readonly id: string;
  readonly config: Config;
  /** The names of the environment that its settings ask for. */
  readonly asks: readonly string[];
}

/** What is read of `leadkit.json`. */
export interface Config {
  readonly destinations?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly sources?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** Fewer characters than these can be guessed. */
const SHORTEST_SECRET = 16;
/** A token that opens everything is worth more. */
const SHORTEST_TOKEN = 24;

/** Puts a configuration in force as the edge does. */
export function configuration(core: Core, path: string, text: string): { found: Finding; site?: Site } {
  const configured = JSON.parse(core.configure(text)) as
    | { readonly site: string; readonly env: readonly string[] }
    | { readonly errors: readonly { readonly message: string }[] };
  if ("errors" in configured) {
    const [first] = configured.errors;
    const says = `${path} has ${configured.errors.length} faults, first: ${first?.message ?? ""}. Run leadkit lint ${path}.`;
    return { found: { check: "config", state: "fault", says } };
  }
  const says = `${path} describes the site ${configured.site}.`;
  const site = { id: configured.site, config: JSON.parse(text) as Config, asks: [...new Set(configured.env)] };
  return { found: { check: "config", state: "ok", says }, site };
}

/** Whether every secret is there and long enough. Never tells a secret. */
export function secrets(sites: readonly Site[], env: NodeJS.ProcessEnv): Finding[] {
  const out: Finding[] = [];
  const add = (state: Finding["state"], says: string) => out.push({ check: "secret", state, says });
  const admin = env["LEADKIT_ADMIN_TOKEN"] ?? "";
  const entries = (env["LEADKIT_TOKENS"] ?? "").split(/[\s,]+/).filter(Boolean);
  const right = (entry: string) => /^[^:]+:(metrics|read|edit|admin):[0-9a-f]{64}$/i.test(entry);
  const wrong = entries.filter((entry) => !right(entry)).length;
  if (wrong > 0)
    add("fault", `LEADKIT_TOKENS has ${wrong} entries that are not name:role:hash; make them by leadkit token.`);
  const people = entries.some((entry) => right(entry) && !entry.includes(":metrics:"));
  if (admin === "" && !people) add("fault", "LEADKIT_ADMIN_TOKEN is not set, so nobody can open the Inbox.");
  else if (admin !== "" && admin.length < SHORTEST_TOKEN) add("fault", short("LEADKIT_ADMIN_TOKEN", SHORTEST_TOKEN));
  const secret = env["LEADKIT_SECRET"] ?? "";
  if (secret === "") add("warning", "LEADKIT_SECRET is not set, so receipts are not signed.");
  else if (secret.length < SHORTEST_SECRET) add("fault", short("LEADKIT_SECRET", SHORTEST_SECRET));
  const metrics = env["LEADKIT_METRICS_TOKEN"] ?? "";
  if (metrics !== "" && metrics === admin) {
    add("warning", "LEADKIT_METRICS_TOKEN is the token of the Inbox: who reads numbers can read leads.");
  } else if (metrics !== "" && metrics.length < SHORTEST_SECRET) {
    add("fault", short("LEADKIT_METRICS_TOKEN", SHORTEST_SECRET));
  }
  if (env["LEADKIT_ALLOW_PRIVATE"] === "1") {
    add("warning", "LEADKIT_ALLOW_PRIVATE is set, so destinations may be inside this network.");
  }
  for (const { id, asks, config } of sites) {
    const signing = named(config, /(secret|token|key|password)$/);
    for (const name of asks) {
      const value = env[name] ?? "";
      if (value === "") add("fault", `${name} is not set, but the site ${id} needs it.`);
      else if (signing.has(name) && value.length < SHORTEST_SECRET) add("fault", short(name, SHORTEST_SECRET));
    }
  }
  if (out.length === 0) add("ok", "Every secret is set and long enough.");
  return out;
}

function short(name: string, least: number): string {
  return `${name} has fewer than ${least} characters and can be guessed.`;
}

/** The names of the environment under settings of such names. */
function named(config: Config, which: RegExp): Set<string> {
  const out = new Set<string>();
  const walk = (value: unknown, key: string): void => {
    if (typeof value !== "object" || value === null) return;
    const { env } = value as { env?: unknown };
    if (typeof env === "string" && which.test(key)) out.add(env);
    for (const [name, inner] of Object.entries(value)) walk(inner, name);
  };
  walk(config.destinations, "");
  walk(config.sources, "");
  return out;
}
