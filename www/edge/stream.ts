/**
 * A body that is made while it is read: piece after piece of the core, in the memory of one piece.
 *
 * A piece that fails breaks the stream off, so that nobody takes a part for the whole.
 */
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
