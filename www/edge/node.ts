/** Leadkit on Node 22 or newer: an HTTP server, libSQL, and timers. */
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream as NodeStream } from "node:stream/web";
import { fileURLToPath } from "node:url";

import { folderBlobs } from "./blob.js";
import { join } from "./body.js";
import { type Core, startCore } from "./core.js";
import { Driver, type Outgoing } from "./driver.js";
import type { Host } from "./host.js";
import { LibsqlStore } from "./libsql.js";
import { memoryMeter } from "./memory.js";
import { send } from "./outbound.js";
import { Waker } from "./timer.js";

/** How a server is set up. */
export interface ServeOptions {
  /** The text of `leadkit.json` of each site. */
  readonly sites: readonly string[];
  /** The database: a path, or the address of a libSQL server. */
  readonly db: string;
  /** The folder of the files that come with leads; `files` beside a database in a file, unless told otherwise. */
  readonly files?: string | undefined;
  /** The token of a remote database. */
  readonly dbToken?: string | undefined;
  readonly port?: number;
  /** The address to listen on; this machine alone unless told otherwise. */
  readonly hostname?: string;
  /** How many objects share the shards of each site. */
  readonly objects?: number;
  /** How many requests are answered at once at most; 512 unless told otherwise. */
  readonly atOnce?: number | undefined;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly log?: (line: Readonly<Record<string, unknown>>) => void;
}

/** A server that runs. */
export interface Served {
  readonly url: string;
  readonly port: number;
  readonly driver: Driver;
  /** Answers what is under way and ends. */
  close(): Promise<void>;
}

/** How long requests under way may take when the server ends, in milliseconds. */
const GRACE_MS = 2_000;
/** The folder that holds `kit` and `inbox`. */
const PACKAGE = new URL("../", import.meta.url);

/** Starts the edge. It answers from the moment that the promise resolves. */
export async function serve(options: ServeOptions): Promise<Served> {
  const waker = new Waker((object) => driver.wake(object), Date.now);
  const { driver, close: closeStore } = await openDriver(options, waker);
  const server = createServer((request, response) => {
    void answer(driver, request, response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 8787, options.hostname ?? "127.0.0.1", resolve);
  });
  waker.start(driver.objects());
  const port = portOf(server);
  const close = async () => {
    await endServer(server);
    await waker.stop();
    closeStore();
  };
  return { url: `http://${options.hostname ?? "127.0.0.1"}:${port}`, port, driver, close };
}

/** Opens the store without a server. Without a waker nothing is delivered. */
export async function openDriver(
  options: ServeOptions,
  waker?: Pick<Waker, "set">,
): Promise<{ driver: Driver; close(): void }> {
  const core = startCore(await readFile(new URL("wasm/edge.wasm", PACKAGE)));
  const migrations = JSON.parse(core.migrations()) as string[][];
  const store = await LibsqlStore.open({ url: options.db, authToken: options.dbToken }, migrations);
  const driver = new Driver(core, nodeHost(core, store, waker, options), options);
  return { driver, close: () => store.close() };
}

function nodeHost(core: Core, store: LibsqlStore, waker: Pick<Waker, "set"> | undefined, options: ServeOptions): Host {
  const env = options.env ?? process.env;
  return {
    together: true,
    memory: memoryMeter(Date.now),
    async sql(object, statements, wake) {
      const rows = await store.batch(statements);
      if (wake !== undefined) waker?.set(object, wake);
      return rows;
    },
    fetch: (request) => send(request, core.isPublic),
    now: Date.now,
    scrub: () => store.scrub(),
    entropy: () => randomBytes(32).toString("hex"),
    wake: (object, at) => waker?.set(object, at),
    asset: (path) => readFile(fileURLToPath(new URL(path, PACKAGE))).catch(() => undefined),
    log: options.log ?? ((line) => console.log(JSON.stringify({ at: new Date().toISOString(), ...line }))),
    env: (name) => env[name],
    blobs: folderBlobs(options.files ?? filesOf(options.db)),
  };
}

/** The folder of files of a database: beside it where it is a file. */
const filesOf = (db: string): string =>
  /^(libsql|https?|wss?):/.test(db) ? "leadkit-files" : `${db.replace(/^file:/, "").replace(/\?.*$/, "")}-files`;

async function answer(driver: Driver, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const headers: [string, string][] = [];
    for (let at = 0; at + 1 < request.rawHeaders.length; at += 2) {
      headers.push([request.rawHeaders[at] ?? "", request.rawHeaders[at + 1] ?? ""]);
    }
    const asked = `http://${request.headers.host ?? "localhost"}${request.url ?? "/"}`;
    // Dots and odd characters in a path mean the same on every runtime.
    const url = URL.parse(asked)?.href ?? asked;
    const { method = "GET" } = request;
    const incoming = { method, url, headers, address: request.socket.remoteAddress };
    if (driver.isFull()) {
      // What still comes is thrown away unread.
      request.resume();
      await write(response, await driver.refuse(incoming));
      return;
    }
    const body = await read(request, driver.limit(method, url, request.headers["content-type"] ?? ""));
    await write(response, await driver.handle(incoming, body));
  } catch {
    // The client has gone away; there is nobody to tell.
    response.destroy();
  }
}

async function write(response: ServerResponse, outgoing: Outgoing): Promise<void> {
  const { status, headers, body } = outgoing;
  response.writeHead(
    status,
    headers.map(([name, value]) => [name, value]),
  );
  if (body instanceof ReadableStream) await pipeline(Readable.fromWeb(body as NodeStream), response);
  else response.end(body ?? undefined);
}

function read(request: IncomingMessage, limit: number): Promise<Uint8Array | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on("data", (chunk: Buffer) => {
      size += chunk.byteLength;
      if (size <= limit) chunks.push(chunk);
    });
    request.on("end", () => resolve(size > limit ? undefined : join(chunks, size)));
    request.on("error", reject);
    request.on("close", () => reject(new Error("closed")));
  });
}

async function endServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
  let timer: ReturnType<typeof setTimeout> | undefined;
  const grace = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, GRACE_MS);
  });
  await Promise.race([closed, grace]);
  clearTimeout(timer);
  server.closeAllConnections();
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}
