/** Leadkit on Cloudflare: a worker that routes, and Durable Objects that keep. */
import { type Core, startCore } from "./core.js";
import { Driver } from "./driver.js";
import type { Blobs, Host, Inbound, Outbound } from "./host.js";
import { type ObjectClass, objectClass, type ShardObject } from "./object.js";

/** The bindings of the worker; all else are values of the environment that the configuration names. */
export interface LeadkitEnv {
  /** The namespace of `LeadkitObject`. */
  readonly LEADKIT: {
    idFromName(name: string): unknown;
    get(id: unknown): ShardObject;
  };
  /** The bucket of the files that come with leads. Without it none are taken. */
  readonly FILES?: Bucket;
  /** The files of the package: `kit` and `inbox`. Without it neither is served. */
  readonly ASSETS?: { fetch(request: string): Promise<Response> };
}

/** What is asked of an R2 bucket. */
export interface Bucket {
  put(key: string, bytes: Uint8Array): Promise<unknown>;
  get(key: string): Promise<{ readonly body: ReadableStream } | null>;
  delete(keys: string[]): Promise<void>;
}

/** What a deployment consists of. */
export interface LeadkitOptions {
  /** The text of `leadkit.json` of each site. */
  readonly sites: readonly string[];
  /** How many objects hold the shards of each site; 1 unless load asks for more. Never fewer than before. */
  readonly objects?: number;
}

/** What keeps a worker alive after its answer. */
export interface LeadkitContext {
  waitUntil(promise: Promise<unknown>): void;
}

/** A worker for `export default`, and the class that it needs beside it. */
export interface LeadkitWorker {
  readonly handler: {
    fetch(request: Request, env: LeadkitEnv, context: LeadkitContext): Promise<Response>;
    scheduled(event: unknown, env: LeadkitEnv): Promise<void>;
  };
  readonly LeadkitObject: ObjectClass<LeadkitEnv>;
}

/** Makes a worker of these sites. */
export function createWorker(module: WebAssembly.Module, options: LeadkitOptions): LeadkitWorker {
  const core: Core = startCore(module);
  const LeadkitObject = objectClass<LeadkitEnv>({
    core,
    driver: (env, own) => new Driver(core, workerHost(env, own), options),
    log,
  });
  let driver: Driver | undefined;
  const handler = {
    async fetch(request: Request, env: LeadkitEnv, context: LeadkitContext): Promise<Response> {
      if (driver === undefined) {
        driver = new Driver(core, workerHost(env), options);
        context.waitUntil(wakeAll(driver, env, (name) => name.endsWith("/index")));
      }
      return driver.fetch(request, request.headers.get("cf-connecting-ip") ?? "");
    },
    /** A cron finds what no alarm and no request has found. */
    async scheduled(_event: unknown, env: LeadkitEnv): Promise<void> {
      driver ??= new Driver(core, workerHost(env), options);
      await wakeAll(driver, env, () => true);
    },
  };
  return { handler, LeadkitObject };
}

async function wakeAll(driver: Driver, env: LeadkitEnv, which: (name: string) => boolean): Promise<void> {
  const names = driver.objects().filter(which);
  await Promise.allSettled(names.map((name) => stub(env, name).arm(name, Date.now())));
}

function stub(env: LeadkitEnv, name: string): ShardObject {
  return env.LEADKIT.get(env.LEADKIT.idFromName(name));
}

function workerHost(env: LeadkitEnv, own?: { readonly name: () => string; readonly object: ShardObject }): Host {
  const reach = (name: string) => (own?.name() === name ? own.object : stub(env, name));
  return {
    sql: (object, statements, wake) => reach(object).sql(object, statements, wake),
    fetch: send,
    now: Date.now,
    entropy: () =>
      [...crypto.getRandomValues(new Uint8Array(32))].map((byte) => byte.toString(16).padStart(2, "0")).join(""),
    wake: (object, at) => reach(object).arm(object, at),
    blobs: env.FILES && bucketBlobs(env.FILES),
    async asset(path) {
      const response = await env.ASSETS?.fetch(`https://assets.invalid/${path}`);
      return response?.ok === true ? (response.body ?? undefined) : undefined;
    },
    log,
    env(name) {
      const value = (env as unknown as Record<string, unknown>)[name];
      return typeof value === "string" ? value : undefined;
    },
  };
}

function bucketBlobs(bucket: Bucket): Blobs {
  return {
    put: async (key, bytes) => void (await bucket.put(key, bytes)),
    get: async (key) => (await bucket.get(key))?.body,
    delete: (keys) => bucket.delete([...keys]),
  };
}

function log(line: Readonly<Record<string, unknown>>): void {
  console.log(JSON.stringify({ at: new Date().toISOString(), ...line }));
}

/** The runtime itself refuses private addresses; the core has refused those that show in the address. */
async function send(request: Outbound): Promise<Inbound> {
  if (request.url.startsWith("smtps:")) return (await import("./smtp-worker.js")).sendMail(request);
  try {
    const response = await fetch(request.url, {
      method: request.method,
      headers: request.headers.map(([name, value]): [string, string] => [name, value]),
      body: request.method === "GET" ? null : request.body,
      redirect: "manual",
      signal: AbortSignal.timeout(request.timeout_ms),
    });
    return {
      status: response.status,
      headers: [...response.headers],
      body: await readSome(response, request.max_bytes),
    };
  } catch (error) {
    const { name } = error as { name?: string };
    return { error: name === "TimeoutError" || name === "AbortError" ? "timeout" : "network" };
  }
}

async function readSome(response: Response, most: number): Promise<string> {
  const reader = response.body?.getReader();
  const decoder = new TextDecoder();
  let text = "";
  while (reader !== undefined && text.length < most) {
    const { done, value } = await reader.read();
    if (done) return text;
    text += decoder.decode(value as Uint8Array, { stream: true });
  }
  await reader?.cancel();
  return text.slice(0, most);
}
