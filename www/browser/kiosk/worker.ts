// The service worker of the kiosk: the page and its files, as they were when the page was loaded last with a connection.
//
// A version is a cache. The page runs on the oldest; a newer one is fetched whole beside it and takes its place when the
// page is loaded again, so that files of two versions never meet. Nothing of a visitor is ever in a cache.
export {};

interface Lifetime extends Event {
  waitUntil(promise: Promise<unknown>): void;
}
interface Fetching extends Lifetime {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}
interface Telling extends Lifetime {
  readonly data: { readonly keep?: readonly string[]; readonly refresh?: boolean };
  readonly ports: readonly MessagePort[];
}
interface Scope {
  addEventListener(type: "install" | "activate", listener: (event: Lifetime) => void): void;
  addEventListener(type: "fetch", listener: (event: Fetching) => void): void;
  addEventListener(type: "message", listener: (event: Telling) => void): void;
  skipWaiting(): Promise<void>;
  readonly clients: { claim(): Promise<void> };
}

const scope = self as unknown as Scope;
const PREFIX = "leadkit-kiosk-";
/** In a version that is whole. */
const WHOLE = "/whole";
const OURS = /^\/(kit\/|v1\/(kiosk\/[^/]+\/|site\/))/;
const LIKE = { ignoreVary: true };

async function versions(): Promise<number[]> {
  const names = (await caches.keys()).filter((name) => name.startsWith(PREFIX));
  return names.map((name) => Number(name.slice(PREFIX.length))).sort((one, other) => one - other);
}

const open = (version: number): Promise<Cache> => caches.open(PREFIX + version);

/** The version that the page runs on. */
const current = async (): Promise<number> => (await versions())[0] ?? 1;

/** Puts the newest version that is whole in the place of older ones. */
async function settle(): Promise<void> {
  const all = await versions();
  for (const version of [...all].reverse()) {
    if (!(await (await open(version)).match(WHOLE))) continue;
    await Promise.all(all.filter((other) => other < version).map((other) => caches.delete(PREFIX + other)));
    return;
  }
}

const digest = async (response: Response | undefined): Promise<string> =>
  new Uint8Array(await crypto.subtle.digest("SHA-256", (await response?.arrayBuffer()) ?? new ArrayBuffer())).join();

async function answer(request: Request): Promise<Response> {
  const isPage = request.mode === "navigate";
  if (isPage) await settle();
  const cache = await open(await current());
  const kept =
    (await cache.match(request, LIKE)) ?? (isPage && (await cache.match(request, { ...LIKE, ignoreSearch: true })));
  if (kept) return kept;
  const response = await fetch(request);
  if (isFinal(response)) await cache.put(request, response.clone());
  return response;
}

/** A language may have no sentences of its own, and that is worth knowing without a connection. */
const isFinal = ({ ok, status, url }: Response): boolean =>
  ok || (status === 404 && /^\/kit\/(messages|words)\//.test(new URL(url).pathname));

async function keep(urls: readonly string[]): Promise<boolean> {
  const cache = await open(await current());
  const one = async (url: string): Promise<boolean> => {
    if (await cache.match(url, LIKE)) return true;
    const response = await fetch(url);
    const final = isFinal(response);
    if (final) await cache.put(url, response);
    return final;
  };
  const all = await Promise.all(urls.map((url) => one(url).catch(() => false)));
  return all.every(Boolean);
}

async function refresh(): Promise<boolean> {
  const now = await current();
  const [old, next] = [await open(now), now + 1];
  await caches.delete(PREFIX + next);
  const fresh = await open(next);
  const one = async ({ url }: Request): Promise<boolean> => {
    if (new URL(url).pathname === WHOLE) return false;
    const response = await fetch(url, { cache: "no-cache" });
    if (!isFinal(response)) throw new Error(`there is no ${url}`);
    const before = await digest(await old.match(url, LIKE));
    const after = await digest(response.clone());
    await fresh.put(url, response);
    return before !== after;
  };
  try {
    const changes = await Promise.all((await old.keys()).map(one));
    if (changes.includes(true)) {
      await fresh.put(WHOLE, new Response());
      return true;
    }
  } catch {
    // Offline, or the edge is in trouble: the page stays as it is.
  }
  await caches.delete(PREFIX + next);
  return false;
}

scope.addEventListener("install", (event) => event.waitUntil(scope.skipWaiting()));
scope.addEventListener("activate", (event) => event.waitUntil(scope.clients.claim()));
scope.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method === "GET" && url.origin === location.origin && OURS.test(url.pathname)) {
    event.respondWith(answer(request));
  }
});
scope.addEventListener("message", (event) => {
  const { keep: urls, refresh: again } = event.data;
  const [port] = event.ports;
  const done = urls ? keep(urls) : again ? refresh() : Promise.resolve(false);
  event.waitUntil(
    done.then(
      (good) => port?.postMessage(good),
      () => port?.postMessage(false),
    ),
  );
});
