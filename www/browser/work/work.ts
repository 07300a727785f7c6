// Proof of work: a challenge in, what the form sends out. Nobody has to look, listen or wait in front of it.
import { LeadkitError } from "../../shared/error.js";
import { type Parameters, searchPbkdf2 } from "./pbkdf2.js";
import { loadSolver, type Pace, search } from "./solver.js";

/** A challenge of ALTCHA, version 1 or 2, as the edge made it. */
export interface Challenge {
  readonly maxnumber?: number;
  readonly parameters?: Parameters;
}

/** Where the module is, and how to stop. */
export interface WorkOptions {
  /** The folder of the kit, such as `https://leads.example/kit/`; without it the folder of this file. */
  readonly kit?: URL;
  readonly signal?: AbortSignal;
}

/** What the Worker is told, and what it tells. */
export interface WorkOrder {
  readonly text: string;
  readonly most: number;
}
export type WorkResult = { readonly payload: string } | { readonly failed: string };

/** A slice on the page's own thread is shorter than a frame. */
const SLICE_MS = 8;
const LAST = 0xffff_ffff;

/** Solves a challenge in a Worker, or in slices on the page where a Worker is refused. Resolves with what the form sends. */
export async function work(challenge: Challenge, options: WorkOptions = {}): Promise<string> {
  const { kit = new URL(".", import.meta.url), signal } = options;
  const stopped = () => signal?.throwIfAborted();
  stopped();
  if (challenge.parameters?.algorithm === "PBKDF2/SHA-256") {
    const solution = await searchPbkdf2(challenge.parameters, stopped);
    return btoa(JSON.stringify({ challenge, solution }).replace(/[^\0-\x7f]/g, escaped));
  }
  const order = { text: JSON.stringify(challenge), most: challenge.parameters ? LAST : (challenge.maxnumber ?? LAST) };
  const worker = start(new URL("work-worker.js", kit));
  if (worker) {
    const result = await told(worker, order, signal).finally(() => worker.terminate());
    stopped();
    if (result && "payload" in result) return result.payload;
    if (result?.failed === "work.unknown")
      throw new LeadkitError("work.unknown", "the challenge cannot be solved here");
  }
  const pace: Pace = { sliceMs: SLICE_MS, pause: () => pause().then(stopped) };
  return search(await loadSolver(kit), order.text, order.most, pace);
}

interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL: (url: string) => string },
  ): { createScriptURL(url: string): string };
}

/** The address of a Worker as pages want it that demand trusted types; the name is what their policy has to allow. */
let trust: ((url: string) => string) | undefined;
function trusted(url: URL): string {
  try {
    const { trustedTypes } = globalThis as { readonly trustedTypes?: TrustedTypes };
    const policy = trust ? undefined : trustedTypes?.createPolicy("leadkit", { createScriptURL: (text) => text });
    if (policy) trust = (text) => policy.createScriptURL(text);
  } catch {
    // It is not allowed; a page that demands nothing takes the address all the same.
  }
  return trust?.(url.href) ?? url.href;
}

/** A Worker; nothing where the page's policy, its origin or the browser refuses one. */
function start(url: URL): Worker | undefined {
  try {
    return new Worker(trusted(url), { type: "module" });
  } catch {
    return undefined;
  }
}

/** What the Worker found; nothing where it was refused after all, failed or was stopped. */
function told(worker: Worker, order: WorkOrder, signal: AbortSignal | undefined): Promise<WorkResult | undefined> {
  return new Promise((resolve) => {
    const nothing = () => resolve(undefined);
    worker.addEventListener("message", ({ data }: MessageEvent<WorkResult>) => resolve(data), { once: true });
    worker.addEventListener("error", nothing, { once: true });
    worker.addEventListener("messageerror", nothing, { once: true });
    signal?.addEventListener("abort", nothing, { once: true });
    worker.postMessage(order);
  });
}

/** Lets the page paint and answer; a message is quicker than a timer, which browsers hold back. */
function pause(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(0);
  });
}

const escaped = (char: string) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** Says in one word why the Worker failed. */
export const reason = (error: unknown): string => (error instanceof LeadkitError ? error.code : "work.failed");
