/** Files in requests: taken out of the body, so that the core sees what they are and never their bytes. */
import { MAX_BODY, NOTHING } from "./body.js";
import type { Blobs, Effect, Incoming } from "./host.js";

/** The largest file, and the largest plain form with files, in bytes. */
const MAX_FILE = 10 * 1024 * 1024;
const MAX_FORM = 21 * 1024 * 1024;
/** As many bytes of the beginning and of the end the core looks at. */
const PROBE = 4096;

/** A file of a request, as the core is told of it. */
export interface Described {
  readonly field: string;
  readonly name: string;
  readonly hash: string;
  readonly size: number;
  readonly start: string;
  readonly end: string;
}

interface Parted {
  readonly body: Uint8Array;
  readonly contentType: string | undefined;
  readonly files: readonly Uint8Array[];
  readonly uploads: readonly Described[];
}

/** A request without its files: what the core is told of it, its other fields, and the bytes of the files. */
export interface WithoutFiles {
  readonly head: Readonly<Record<string, unknown>>;
  readonly body: Uint8Array;
  readonly files: readonly Uint8Array[];
}

const isFile = (path: string): boolean => path.startsWith("/v1/file/");
const isForm = (path: string, type: string): boolean =>
  path.startsWith("/v1/form/") && /^multipart\/form-data/i.test(type);

const pathOf = (url: string): string => /^\w+:\/\/[^/?#]*([^?#]*)/.exec(url)?.[1] ?? "";

/** How many bytes of a request are read, where files are taken. */
export function limitOf(method: string, url: string, type: string): number {
  const path = pathOf(url);
  if (method !== "POST") return MAX_BODY;
  if (isFile(path)) return MAX_FILE;
  return isForm(path, type) ? MAX_FORM : MAX_BODY;
}

/** Takes the files out of a request; nothing where it can have none, or cannot be taken apart: then the core says why. */
export async function withoutFiles(incoming: Incoming, bytes: Uint8Array): Promise<WithoutFiles | undefined> {
  const { method, url, address = "" } = incoming;
  if (method !== "POST") return undefined;
  const isType = ([name]: readonly [string, string]): boolean => name.toLowerCase() === "content-type";
  const headers = [...incoming.headers];
  const type = headers.find(isType)?.[1] ?? "";
  const parted = await part(pathOf(url), type, bytes).catch(() => undefined);
  if (parted === undefined) return undefined;
  const { body, contentType, files, uploads } = parted;
  const others = headers.filter((header) => !isType(header));
  const own = contentType === undefined ? [] : [["content-type", contentType]];
  return { head: { method, url, address, headers: [...others, ...own], uploads }, body, files };
}

async function part(path: string, type: string, body: Uint8Array): Promise<Parted | undefined> {
  if (isFile(path)) {
    return { body: NOTHING, contentType: undefined, files: [body], uploads: [await describe("", "", body)] };
  }
  if (!isForm(path, type)) return undefined;
  const form = await new Response(body as BodyInit, { headers: { "content-type": type } }).formData();
  const fields = new URLSearchParams();
  const files: Uint8Array[] = [];
  const uploads: Described[] = [];
  for (const [name, value] of form.entries() as Iterable<[string, FormDataEntryValue]>) {
    if (typeof value === "string") {
      fields.append(name, value);
    } else if (value.size > 0) {
      const bytes = new Uint8Array(await value.arrayBuffer());
      files.push(bytes);
      uploads.push(await describe(name, value.name, bytes));
    }
  }
  const text = new TextEncoder().encode(fields.toString());
  return { body: text, contentType: "application/x-www-form-urlencoded", files, uploads };
}

async function describe(field: string, name: string, bytes: Uint8Array): Promise<Described> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as BufferSource));
  const [start, end] = [bytes.subarray(0, PROBE), bytes.subarray(-PROBE)];
  return { field, name, hash: hex(hash), size: bytes.byteLength, start: hex(start), end: hex(end) };
}

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** Writes one of the files of a request, or deletes files. */
export async function keep(
  blobs: Blobs | undefined,
  effect: Effect & { readonly op: "put" | "delete" },
  files: readonly Uint8Array[],
): Promise<null> {
  if (effect.op === "delete") await blobs?.delete(effect.keys);
  else await blobs?.put(effect.key, files[effect.place] ?? NOTHING);
  return null;
}
