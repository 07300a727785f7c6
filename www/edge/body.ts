/** The bodies of requests, read up to a limit. */

/** The largest body that is read; the core has the same limit and says so. */
export const MAX_BODY = 64 * 1024;
/**
 * A body that is too large is read to its end up to this size: whoever is cut off while sending never sees the answer, takes
 * it for trouble on the way, and sends the same again.
 */
const LARGEST_DISCARDED = 1024 * 1024;

/** The body of a request that has none. */
export const NOTHING: Uint8Array = new Uint8Array();

/** Reads a body up to the limit; gives `undefined` for a larger one. */
export async function readBody(
  stream: ReadableStream<Uint8Array> | null,
  length: string | null,
  limit = MAX_BODY,
): Promise<Uint8Array | undefined> {
  const most = Math.max(LARGEST_DISCARDED, limit);
  if (Number(length ?? 0) > most) return undefined;
  if (stream === null) return NOTHING;
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.byteLength;
    if (size > most) {
      await reader.cancel();
      return undefined;
    }
    if (size <= limit) chunks.push(value);
  }
  return size > limit ? undefined : join(chunks, size);
}

/** One array of the bytes of several. */
export function join(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const [only] = chunks;
  if (chunks.length === 1 && only !== undefined) return only;
  const out = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    out.set(chunk, at);
    at += chunk.byteLength;
  }
  return out;
}
