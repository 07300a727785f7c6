/**
 * A body that is made while it is read: piece after piece of the core, in the memory of one piece.
 *
 * A piece that fails breaks the stream off, so that nobody takes a part for the whole.
 */
import { join } from "./body.js";
import type { Piece, Stream } from "./host.js";

/** Makes bytes of pieces; `finish` gives what comes after the last one. */
export interface Encoder {
  write(piece: string): Uint8Array;
  finish(): Uint8Array;
}

/** The body of a stream. `ask` gives the piece of a state. */
export function streamOf(stream: Stream, ask: (state: unknown) => Promise<Piece>): ReadableStream<Uint8Array> {
  let state = stream.state;
  let encoder: Encoder | undefined;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        encoder ??= await encoderOf(stream);
        // A page of which nothing fits is empty; whoever reads waits for bytes.
        for (;;) {
          const { piece, next } = await ask(state);
          state = next;
          const bytes = encoder.write(piece);
          if (bytes.byteLength > 0) controller.enqueue(bytes);
          if (next === null) {
            const last = encoder.finish();
            if (last.byteLength > 0) controller.enqueue(last);
            controller.close();
            return;
          }
          if (bytes.byteLength > 0) return;
        }
      },
    },
    { highWaterMark: 0 },
  );
}

async function encoderOf({ columns }: Stream): Promise<Encoder> {
  if (columns !== null) return (await import("./parquet.js")).parquet(columns);
  const text = new TextEncoder();
  return { write: (piece) => text.encode(piece), finish: () => new Uint8Array(0) };
}

/** A part of a stream, with the state of the piece after it. */
export interface Gathered {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly next: unknown;
}

/** Reads pieces until they have `most` bytes or end, and finishes the encoding, so that a part is a file of its own. */
export async function gather(stream: Stream, most: number, ask: (state: unknown) => Promise<Piece>): Promise<Gathered> {
  const encoder = await encoderOf(stream);
  const chunks: Uint8Array[] = [];
  let size = 0;
  let next = stream.state;
  const add = (bytes: Uint8Array) => {
    chunks.push(bytes);
    size += bytes.byteLength;
  };
  do {
    const piece = await ask(next);
    add(encoder.write(piece.piece));
    next = piece.next;
  } while (next !== null && size < most);
  add(encoder.finish());
  return { bytes: new Uint8Array(join(chunks, size)), next };
}
