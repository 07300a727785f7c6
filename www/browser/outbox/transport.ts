/** The longest answer that is read, in characters. */
const MAX_ANSWER = 262_144;

/** An answer of the edge, or `undefined` where nobody knows whether the request arrived. */
export interface Answer {
  readonly status: number;
  readonly retryAfter: string;
  readonly body: string;
}

/**
 * Posts a batch as a request that needs no preflight: plain text, no headers of our own, no credentials. Begins before it
 * returns, because at the end of a page only that counts.
 */
export function post(url: string, body: string, keepalive: boolean, timeoutMs: number): Promise<Answer | undefined> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), timeoutMs);
  const request = begin(url, {
    method: "POST",
    body,
    keepalive,
    credentials: "omit",
    cache: "no-store",
    referrerPolicy: "strict-origin-when-cross-origin",
    signal: abort.signal,
  });
  const answer = request.then(async (response) => ({
    status: response.status,
    retryAfter: response.headers.get("retry-after") ?? "",
    body: (await response.text()).slice(0, MAX_ANSWER),
  }));
  return answer.catch(() => undefined).finally(() => clearTimeout(timer));
}

/** Scripts of the page replace `fetch`, and some replacements throw. */
async function begin(url: string, init: RequestInit): Promise<Response> {
  return fetch(url, init);
}

interface LaterInit extends RequestInit {
  activateAfter: number;
}
type FetchLater = (url: string, init: LaterInit) => unknown;

/** Has the browser send a body some time later even if the page's process dies, where the browser can. */
export class LastWill {
  private abort: AbortController | undefined;

  constructor(
    private readonly url: string,
    private readonly afterMs: number,
  ) {}

  /** Replaces the body; an empty one takes it back. */
  set(body: string): void {
    this.abort?.abort();
    this.abort = undefined;
    const fetchLater = (globalThis as { fetchLater?: FetchLater }).fetchLater;
    if (body === "" || typeof fetchLater !== "function") return;
    this.abort = new AbortController();
    try {
      fetchLater(this.url, {
        method: "POST",
        body,
        credentials: "omit",
        activateAfter: this.afterMs,
        signal: this.abort.signal,
      });
    } catch {
      // It is an extra: without quota or permission the outbox does without.
      this.abort = undefined;
    }
  }
}
