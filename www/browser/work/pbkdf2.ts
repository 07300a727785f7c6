import { LeadkitError } from "../../shared/error.js";

/** What version 2 of a challenge asks. */
export interface Parameters {
  readonly algorithm: string;
  readonly nonce: string;
  readonly salt: string;
  readonly cost: number;
  readonly keyLength?: number;
  readonly keyPrefix: string;
}

/** So many keys are derived at a time; the platform spreads them over its own threads. */
const TOGETHER = 4;
const LAST = 0xffff_ffff;

/** Derives keys by the platform's own PBKDF2 until one begins with the digits that are asked for. */
export async function searchPbkdf2(asked: Parameters, stopped: () => void) {
  const [nonce, salt, prefix] = [bytes(asked.nonce), bytes(asked.salt), asked.keyPrefix.toLowerCase()];
  if (!/^[0-9a-f]+$/.test(prefix)) throw new LeadkitError("work.unknown", "the challenge has no digits to look for");
  for (let from = 0; from <= LAST; from += TOGETHER) {
    stopped();
    const counters = Array.from({ length: TOGETHER }, (_, index) => from + index);
    const keys = await Promise.all(counters.map((counter) => derive(asked, nonce, salt, counter)));
    for (const [index, derivedKey] of keys.entries()) {
      if (derivedKey.startsWith(prefix)) return { counter: from + index, derivedKey };
    }
  }
  throw new LeadkitError("work.unknown", "the challenge has no solution within its limit");
}

async function derive({ cost, keyLength = 32 }: Parameters, nonce: Uint8Array, salt: Uint8Array, counter: number) {
  const password = new Uint8Array(nonce.length + 4);
  password.set(nonce);
  new DataView(password.buffer).setUint32(nonce.length, counter);
  const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt: new Uint8Array(salt), iterations: cost };
  const bits = new Uint8Array(await crypto.subtle.deriveBits(how, key, keyLength * 8));
  return Array.from(bits, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function bytes(hex: string): Uint8Array {
  if (!/^(?:[0-9a-f]{2})*$/i.test(hex))
    throw new LeadkitError("work.unknown", "the challenge has no hexadecimal bytes");
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
