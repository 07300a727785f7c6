// JSON lines through the core: constant memory, a progress line on a terminal, back-pressure on both sides.

/** The longest line that is read; a longer one is answered with an error. */
export const MAX_LINE_BYTES = 1_048_576;

/** Bytes that are handed to the core at a time. */
const CHUNK_BYTES = 262_144;

const NEW_LINE = 10;

/** Answers some whole lines, of which the first has this number in its file. */
export type Answer = (chunk: Uint8Array, firstLine: number) => string;

export interface LineOptions {
  /** Shown in the progress line, such as `check`. */
  name: string;
  answer: Answer;
  input?: NodeJS.ReadableStream;
  output?: NodeJS.WritableStream;
}

/** Reads lines from standard input, writes one answer for each, and resolves with the number of lines read. */
export async function answerLines(options: LineOptions): Promise<number> {
  const { name, answer, input = process.stdin, output = process.stdout } = options;
  const progress = new Progress(name);
  let lines = 0;
  let rest: Uint8Array = new Uint8Array(0);
  let skipping = false;

  const write = async (text: string): Promise<void> => {
    if (text !== "" && !output.write(text)) await new Promise((done) => output.once("drain", done));
  };
  const run = async (chunk: Uint8Array, ends: number): Promise<void> => {
    await write(answer(chunk, lines + 1));
    lines += ends;
    progress.show(lines);
  };

  for await (const piece of input as AsyncIterable<Buffer>) {
    let bytes: Uint8Array = piece;
    if (skipping) {
      const end = bytes.indexOf(NEW_LINE);
      if (end < 0) continue;
      skipping = false;
      lines += 1;
      bytes = bytes.subarray(end + 1);
    }
    rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
    if (rest.length < CHUNK_BYTES && rest.lastIndexOf(NEW_LINE) < 0) continue;
    const end = rest.lastIndexOf(NEW_LINE) + 1;
    if (end > 0) {
      const chunk = rest.subarray(0, end);
      await run(chunk.subarray(0, end - 1), count(chunk));
      rest = rest.slice(end);
    }
    if (rest.length > MAX_LINE_BYTES) {
      await write(tooLong(lines + 1));
      rest = new Uint8Array(0);
      skipping = true;
    }
  }
  if (rest.length > 0) await run(rest, 1);
  if (skipping) lines += 1;
  progress.end(lines);
  return lines;
}

export interface TextOptions {
  /** Shown in the progress line, such as `judge`. */
  name: string;
  answer: (piece: string) => string;
  finish: () => string;
  input?: NodeJS.ReadableStream;
  output?: NodeJS.WritableStream;
}

/** Hands text from standard input to the core piece by piece, and writes what it answers. */
export async function copyText(options: TextOptions): Promise<void> {
  const { name, answer, finish, input = process.stdin, output = process.stdout } = options;
  const progress = new Progress(name);
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let lines = 0;
  const write = async (text: string): Promise<void> => {
    if (text !== "" && !output.write(text)) await new Promise((done) => output.once("drain", done));
  };
  for await (const piece of input as AsyncIterable<Buffer>) {
    await write(answer(decoder.decode(piece, { stream: true })));
    lines += count(piece);
    progress.show(lines);
  }
  await write(answer(decoder.decode()) + finish());
  progress.end(lines);
}

function count(bytes: Uint8Array): number {
  let lines = 0;
  for (let at = bytes.indexOf(NEW_LINE); at >= 0; at = bytes.indexOf(NEW_LINE, at + 1)) lines += 1;
  return lines;
}

function tooLong(line: number): string {
  const message = `line ${line}: expected at most ${MAX_LINE_BYTES} bytes`;
  return `${JSON.stringify({ id: null, error: { code: "line_too_long", message } })}\n`;
}

/** One line on standard error that is written again and again; nothing where that is not a terminal. */
class Progress {
  readonly #name: string;
  readonly #start = Date.now();
  #shown = 0;

  constructor(name: string) {
    this.#name = name;
  }

  show(lines: number): void {
    const now = Date.now();
    if (!process.stderr.isTTY || now - this.#shown < 200) return;
    this.#shown = now;
    process.stderr.write(`\r${this.#text(lines)}`);
  }

  end(lines: number): void {
    if (process.stderr.isTTY) process.stderr.write(`\r${this.#text(lines)}\n`);
  }

  #text(lines: number): string {
    const seconds = Math.max((Date.now() - this.#start) / 1000, 0.001);
    return `${this.#name}: ${lines} lines, ${Math.round(lines / seconds)} a second`;
  }
}
