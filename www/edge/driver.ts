/**
 * The loop between the core and a runtime: ask for a step, perform its effects, give the results back.
 *
 * Decides nothing about leads. A trap fails the request in which it happens and no other.
 */
import { asciiHost } from "./ascii.js";
import { MAX_BODY, NOTHING, readBody } from "./body.js";
import type { Core } from "./core.js";
import { Counter } from "./count.js";
import { codeOf, EdgeError } from "./error.js";
import { comeAgain, Gate } from "./gate.js";
import { Held } from "./held.js";
import type { Answer, Effect, Host, Incoming, Piece, Step } from "./host.js";
import { gather, streamOf } from "./stream.js";
import { keep, limitOf, withoutFiles } from "./upload.js";

/** What a deployment consists of. */
export interface DriverOptions {
  /** The text of `leadkit.json` of each site. */
  readonly sites: readonly string[];
  /** How many objects hold the shards of each site; 1 unless load asks for more. Never fewer than before. */
  readonly objects?: number;
  /** How many requests are answered at once at most; 512 unless told otherwise. */
  readonly atOnce?: number | undefined;
}

/** A response whose body is not yet wrapped in a stream. */
export interface Outgoing {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string | Uint8Array | ReadableStream | null;
}

/** After a trap the client may come again this soon. */
const AFTER_TRAP_MS = 250;
/** A memory beyond this is given back by starting again, in bytes. */
const LARGEST_MEMORY = 32 * 1024 * 1024;
const OWN = ["ADMIN_TOKEN", "TOKENS", "METRICS_TOKEN", "SECRET", "SEAL_KEY", "ALLOW_PRIVATE"];
const OWN_ENV = OWN.map((name) => `LEADKIT_${name}`);

type Context = { readonly files?: readonly Uint8Array[]; readonly head: () => string; readonly body: Uint8Array };

/** Runs a deployment on a host. */
export class Driver {
  readonly #core: Core;
  readonly #host: Host;
  readonly #sites: readonly string[];
  readonly #objects: number;
  readonly #names: string[] = [];
  readonly #env: Record<string, string> = {};
  readonly #counter: Counter;
  readonly #held = new Held();
  readonly #gate: Gate;
  #takesFiles = false;

  /** Configures the sites; throws an `EdgeError` with the first fault of a configuration. */
  constructor(core: Core, host: Host, options: DriverOptions) {
    this.#core = core;
    this.#host = host;
    this.#counter = new Counter(host.now());
    this.#gate = new Gate(options.atOnce, host.memory);
    this.#sites = options.sites;
    this.#objects = Math.max(1, Math.floor(options.objects ?? 1));
    const asked = new Set(OWN_ENV);
    for (const text of this.#sites) {
      const configured = JSON.parse(core.configure(text)) as Configured;
      if ("errors" in configured) throw new EdgeError("config_invalid", { errors: configured.errors });
      this.#names.push(configured.site);
      this.#takesFiles ||= configured.files;
      for (const name of configured.env) asked.add(name);
    }
    for (const name of asked) {
      const value = host.env(name);
      if (value !== undefined) this.#env[name] = value;
    }
  }

  /** The names of all objects of all sites; the index of a site comes first. */
  objects(): string[] {
    const shards = Array.from({ length: this.#objects }, (_, number) => String(number));
    return this.#names.flatMap((site) => ["index", ...shards].map((part) => `${site}/${part}`));
  }

  /** Answers a request. Never throws. */
  async fetch(request: Request, address?: string): Promise<Response> {
    const { method, url, headers: sent } = request;
    const incoming = { method, url, headers: sent, address };
    const limit = this.limit(method, url, sent.get("content-type") ?? "");
    const outgoing = this.isFull()
      ? await this.refuse(incoming)
      : await this.handle(incoming, await readBody(request.body, sent.get("content-length"), limit));
    const headers = new Headers(outgoing.headers.map(([name, value]) => [name, value]));
    return new Response(outgoing.body as BodyInit | null, { status: outgoing.status, headers });
  }

  /** How many bytes of a request are to be read. */
  limit(method: string, url: string, type: string): number {
    return this.#takesFiles ? limitOf(method, url, type) : MAX_BODY;
  }

  /** Answers a request whose body was read; `undefined` stands for one that is too large. Never throws. */
  async handle(incoming: Incoming, body: Uint8Array | undefined): Promise<Outgoing> {
    return this.#counter.answered(await this.#answer(incoming, body));
  }

  /** Whether requests are to be refused before anything of them is read. */
  isFull(): boolean {
    return this.#gate.isFull();
  }

  /** Tells a request to come again, of which nothing more than the head was read. Never throws. */
  async refuse(incoming: Incoming): Promise<Outgoing> {
    const head = this.#headOf(incoming);
    return this.#counter.answered(this.#unavailable(head, this.#gate.wait(this.#host.entropy())));
  }

  #headOf({ method, url, headers, address = "" }: Incoming): string {
    return this.#head({ method, url, headers: [...headers], address });
  }

  async #answer(incoming: Incoming, body: Uint8Array | undefined): Promise<Outgoing> {
    let head = this.#headOf(incoming);
    if (this.#gate.isFull()) return this.#unavailable(head, this.#gate.wait(this.#host.entropy()));
    const entered = this.#host.now();
    this.#gate.enter();
    try {
      const parted = body && this.#takesFiles ? await withoutFiles(incoming, body) : undefined;
      if (parted) head = this.#head(parted.head);
      if (body === undefined) return await this.#outgoing(incoming, this.#fault(head, "body_too_large"));
      const rest = parted?.body ?? body;
      const first = this.#call((core) => core.request(head, rest));
      const answer = await this.#run(first, { head: () => head, body: rest, files: parted?.files ?? [] });
      if (answer === undefined || "piece" in answer) throw new EdgeError("no_answer");
      return await this.#outgoing(incoming, answer, head);
    } catch (error) {
      this.#host.log({ level: "alert", event: "request_failed", code: codeOf(error) });
      return this.#unavailable(head);
    } finally {
      this.#gate.leave(entered, this.#host.now());
    }
  }

  /** Does what an object has to do at this time. Throws if its storage does not answer. */
  async wake(object: string): Promise<void> {
    const head = () => this.#head({ object });
    const first = this.#call((core) => core.wake(head()));
    await this.#run(first, { head, body: NOTHING });
  }

  async #run(step: Step, context: Context): Promise<Answer | Piece | undefined> {
    let next = step;
    for (;;) {
      if ("piece" in next) return next;
      if ("response" in next) {
        await this.#performAll(next.effects);
        return next.response;
      }
      if ("fork" in next) {
        await this.#performAll(next.effects);
        const runs = next.fork.map((each) => this.#run(each, context));
        const failed = (await Promise.allSettled(runs)).find((run) => run.status === "rejected");
        if (failed !== undefined) throw failed.reason;
        return undefined;
      }
      const { state } = next;
      const results = await this.#performAll(next.effects, context.files);
      next = this.#call((core) =>
        core.resume(context.head(), context.body, JSON.stringify(state), JSON.stringify(results)),
      );
    }
  }

  async #performAll(effects: readonly Effect[], files: readonly Uint8Array[] = []): Promise<unknown[]> {
    const settled = await Promise.allSettled(effects.map((effect) => this.#perform(effect, files)));
    return settled.map((result) => {
      if (result.status === "rejected") throw new EdgeError("storage_failed", {}, result.reason);
      return result.value;
    });
  }

  async #perform(effect: Effect, files: readonly Uint8Array[]): Promise<unknown> {
    const host = this.#host;
    switch (effect.op) {
      case "sql":
        return host.sql(effect.object, effect.statements, effect.wake);
      case "fetch": {
        const body = effect.held === undefined ? effect.body : this.#held.take(effect.held);
        return body === undefined ? { error: "lost" } : host.fetch({ ...effect, body });
      }
      case "gather": {
        const ask = (state: unknown) => this.#piece(state, this.#head({}));
        return this.#held.keep(await gather(effect.stream, effect.most, ask), host.entropy());
      }
      case "hosts":
        return { hosts: Object.fromEntries(effect.hosts.map((name) => [name, asciiHost(name)])) };
      case "wake":
        await host.wake(effect.object, effect.at);
        return null;
      case "scrub":
        await host.scrub?.();
        return null;
      case "log":
        host.log(effect.line);
        return null;
      case "put":
      case "delete":
        return keep(host.blobs, effect, files);
      case "count":
        return this.#counter.leads(effect.site, effect.answers);
      case "counted":
        return this.#counter.read();
    }
  }

  #call(call: (core: Core) => string): Step {
    try {
      const text = call(this.#core);
      if (this.#core.bytes() > LARGEST_MEMORY) this.#restart();
      return JSON.parse(text) as Step;
    } catch (error) {
      this.#counter.trap();
      this.#restart();
      throw new EdgeError("trap", {}, error);
    }
  }

  #restart(): void {
    this.#core.reset();
    for (const text of this.#sites) this.#core.configure(text);
  }

  #head(more: Readonly<Record<string, unknown>>): string {
    const { now, entropy } = { now: this.#host.now(), entropy: this.#host.entropy() };
    return JSON.stringify({
      now,
      entropy,
      env: this.#env,
      objects: this.#objects,
      together: this.#host.together === true,
      blobs: this.#host.blobs !== undefined,
      ...more,
    });
  }

  #fault(head: string, code: string, afterMs = AFTER_TRAP_MS): Answer {
    const step = this.#call((core) => core.fault(head, code, afterMs));
    if (!("response" in step)) throw new EdgeError("no_answer");
    return step.response;
  }

  async #outgoing(incoming: Incoming, answer: Answer, head?: string): Promise<Outgoing> {
    const { status, headers } = answer;
    if (answer.stream !== undefined && incoming.method !== "HEAD") {
      const ask = (state: unknown) => this.#piece(state, head ?? "{}");
      return { status, headers, body: streamOf(answer.stream, ask) };
    }
    if (answer.blob !== undefined) {
      const file = await this.#host.blobs?.get(answer.blob);
      if (file === undefined) return this.#outgoing(incoming, this.#fault(head ?? "{}", "path_unknown"));
      return { status, headers, body: incoming.method === "HEAD" ? null : file };
    }
    if (answer.asset === undefined) {
      const none = incoming.method === "HEAD" || status === 204 || status === 304;
      // Some runtimes give an empty text a type; nothing has none.
      return { status, headers, body: none ? null : answer.body || null };
    }
    const body = await this.#host.asset(answer.asset);
    if (body === undefined) return this.#outgoing(incoming, this.#fault(head ?? "{}", "path_unknown"));
    return { status, headers, body: incoming.method === "HEAD" ? null : body };
  }

  async #piece(state: unknown, head: string): Promise<Piece> {
    try {
      const first = this.#call((core) => core.resume(head, NOTHING, JSON.stringify(state), "[]"));
      const piece = await this.#run(first, { head: () => head, body: NOTHING });
      if (piece === undefined || !("piece" in piece)) throw new EdgeError("no_answer");
      return piece;
    } catch (error) {
      this.#host.log({ level: "alert", event: "stream_failed", code: codeOf(error) });
      throw error;
    }
  }

  /** The answer when the core itself could not give one. */
  #unavailable(head: string, afterMs = AFTER_TRAP_MS): Outgoing {
    try {
      const { status, headers, body } = this.#fault(head, "unavailable", afterMs);
      return { status, headers, body: body ?? "" };
    } catch {
      return comeAgain(afterMs);
    }
  }
}

type Configured =
  | { readonly hash: string; readonly site: string; readonly files: boolean; readonly env: readonly string[] }
  | { readonly errors: readonly unknown[] };
