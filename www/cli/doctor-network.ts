// What `leadkit doctor` says about clocks and about the way to destinations. Connects, and sends no request to any of them.
import { lookup } from "node:dns/promises";
import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { Finding } from "./doctor.js";
import type { Site } from "./doctor-config.js";

/** How long an answer may take, in milliseconds. */
const PATIENCE_MS = 10_000;
/** A difference of clocks that nobody notices, and one that breaks signatures, in milliseconds. The header counts seconds. */
const SKEW_MS = { warning: 5_000, fault: 60_000 } as const;

/** Compares the clock of this machine with the `Date` header of the edge. */
export async function clock(edge: string | undefined): Promise<Finding> {
  const say = (state: Finding["state"], says: string): Finding => ({ check: "clock", state, says });
  if (edge === undefined) return say("skipped", "The clock was not compared; name the edge with --edge.");
  try {
    const before = Date.now();
    const response = await fetch(new URL("/healthz", edge), { signal: AbortSignal.timeout(PATIENCE_MS) });
    const after = Date.now();
    await response.body?.cancel();
    if (!response.ok) return say("fault", `The edge answers with ${response.status}: it cannot store leads.`);
    const told = Date.parse(response.headers.get("date") ?? "");
    if (Number.isNaN(told)) return say("warning", "The edge does not tell the time, so no clock was compared.");
    // The header leaves out parts of a second, and the answer took its time.
    const skew = Math.max(0, before - (told + 999), told - after);
    const seconds = Math.ceil(skew / 1000);
    if (skew > SKEW_MS.fault)
      return say("fault", `The clocks differ by ${seconds} seconds: signatures will be refused.`);
    if (skew > SKEW_MS.warning) return say("warning", `The clocks differ by ${seconds} seconds.`);
    return say("ok", "The edge answers, and its clock agrees with that of this machine.");
  } catch {
    return say("fault", "The edge does not answer.");
  }
}

/** Tries a connection to the host of each destination that has an address of its own. */
export async function destinations(
  sites: readonly Site[],
  env: NodeJS.ProcessEnv,
  allowed: (address: string) => boolean,
): Promise<Finding[]> {
  const all = sites.flatMap(({ id, config }) =>
    Object.entries(config.destinations ?? {}).map(([name, settings]) => ({ to: `${id}/${name}`, settings })),
  );
  const look = async ({ to, settings }: (typeof all)[number]): Promise<Finding> => {
    const say = (state: Finding["state"], says: string): Finding => ({
      check: "destination",
      state,
      says: `${to}${says}`,
    });
    const text = textOf(settings["url"], env);
    if (text === undefined) return say("skipped", " has no address of its own and was not tried.");
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url === undefined) return say("fault", " has an address that is none.");
    if (url.protocol !== "https:" && env["LEADKIT_ALLOW_PRIVATE"] !== "1") {
      return say("fault", " has an address without HTTPS and gets nothing.");
    }
    const fault = await reach(url, allowed);
    return fault === undefined ? say("ok", " can be reached.") : say("fault", ` ${fault}.`);
  };
  return Promise.all(all.map(look));
}

function textOf(setting: unknown, env: NodeJS.ProcessEnv): string | undefined {
  if (typeof setting === "string") return setting;
  const { env: name } = (setting ?? {}) as { env?: unknown };
  return typeof name === "string" ? env[name] : undefined;
}

/** Why a connection cannot be made; nothing if it can. */
async function reach(url: URL, allowed: (address: string) => boolean): Promise<string | undefined> {
  const secure = url.protocol === "https:";
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const port = url.port === "" ? (secure ? 443 : 80) : Number(url.port);
  const addresses = await lookup(host, { all: true }).catch(() => []);
  const [first] = addresses;
  if (first === undefined) return "has a host that is not known";
  if (!addresses.every(({ address }) => allowed(address))) return "is inside a private network and gets nothing";
  return new Promise((resolve) => {
    const end = (why?: string) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(why);
    };
    const socket: Socket = secure
      ? connectTls({ host: first.address, port, ...(isIP(host) === 0 && { servername: host }) }, () => end())
      : connectTcp({ host: first.address, port }, () => end());
    const timer = setTimeout(() => end("does not answer in time"), PATIENCE_MS);
    socket.once("error", ({ code }: NodeJS.ErrnoException) => end(`cannot be reached (${code ?? "unknown"})`));
  });
}
