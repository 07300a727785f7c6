/**
 * SHA-256 (FIPS 180-4) in hexadecimal digits. The platform's own is missing on pages without TLS and never synchronous;
 * the texts of consents are short.
 */
export function sha256(text: string): string {
  const bytes = new TextEncoder().encode(text);
  const padded = new Uint8Array(((bytes.length + 72) >> 6) << 6);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 4, bytes.length * 8);
  const { start, rounds } = constants();
  const state = start;
  const words = new Uint32Array(64);
  for (let block = 0; block < padded.length; block += 64) {
    for (let index = 0; index < 64; index += 1) {
      words[index] = index < 16 ? view.getUint32(block + index * 4) : expanded(words, index);
    }
    compress(state, words, rounds);
  }
  return Array.from(state, (word) => word.toString(16).padStart(8, "0")).join("");
}

const turn = (word: number, by: number): number => (word >>> by) | (word << (32 - by));

function expanded(words: Uint32Array, index: number): number {
  const at = (back: number): number => words[index - back] ?? 0;
  const low = turn(at(15), 7) ^ turn(at(15), 18) ^ (at(15) >>> 3);
  const high = turn(at(2), 17) ^ turn(at(2), 19) ^ (at(2) >>> 10);
  return at(16) + low + at(7) + high;
}

function compress(state: Uint32Array, words: Uint32Array, rounds: Uint32Array): void {
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (let index = 0; index < 64; index += 1) {
    const mixed = turn(e, 6) ^ turn(e, 11) ^ turn(e, 25);
    const first = (h + mixed + ((e & f) ^ (~e & g)) + (rounds[index] ?? 0) + (words[index] ?? 0)) | 0;
    const second = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0];
  }
  [a, b, c, d, e, f, g, h].forEach((word, index) => {
    state[index] = (state[index] ?? 0) + word;
  });
}

/** The first 32 bits of the fractions of the square roots of the first 8 primes, and of the cube roots of the first 64. */
function constants(): { start: Uint32Array; rounds: Uint32Array } {
  const start = new Uint32Array(8);
  const rounds = new Uint32Array(64);
  for (let prime = 2, found = 0; found < 64; prime += 1) {
    let divisor = 2;
    while (divisor * divisor <= prime && prime % divisor !== 0) divisor += 1;
    if (divisor * divisor > prime) {
      if (found < 8) start[found] = (prime ** (1 / 2) % 1) * 2 ** 32;
      rounds[found] = (prime ** (1 / 3) % 1) * 2 ** 32;
      found += 1;
    }
  }
  return { start, rounds };
}
