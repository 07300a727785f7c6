import { LeadkitError } from "../../shared/error.js";

/** The module that tries numbers, as its glue exports it. */
export interface RawSolver {
  solve(challenge: string, from: number, count: number): number;
  answer(challenge: string, found: number): string;
}

interface Glue extends RawSolver {
  default(options: { module_or_path: URL }): Promise<unknown>;
}

interface PlainGlue extends RawSolver {
  initSync(): unknown;
}

/** What a search does between slices. */
export interface Pace {
  /** How long a slice may take. */
  readonly sliceMs: number;
  /** Lets others work. */
  readonly pause: () => Promise<void>;
}

/** A function whose body is one instruction on 128-bit vectors. */
const VECTORS = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11,
]);
/** The first slice, before its speed is known. */
const FIRST = 400;
const UNKNOWN = -2;
const LAST = 0xffff_ffff;

/** Loads the fastest build that this browser takes, from the folder of the kit; as plain JavaScript where Wasm is refused. */
export async function loadSolver(kit: URL): Promise<RawSolver> {
  const wasm = typeof WebAssembly === "object";
  const names = wasm && WebAssembly.validate(VECTORS) ? ["pow-simd", "pow"] : wasm ? ["pow"] : [];
  for (const name of names) {
    try {
      const glue = (await import(new URL(`${name}.js`, kit).href)) as Glue;
      await glue.default({ module_or_path: new URL(`${name}.wasm`, kit) });
      return glue;
    } catch {
      // The next build asks for less; what stops all of them stops the last one too, and is told by it.
    }
  }
  try {
    const glue = (await import(new URL("pow-plain.js", kit).href)) as PlainGlue;
    glue.initSync();
    return glue;
  } catch (error) {
    throw new LeadkitError("work.unavailable", "the module for proof of work could not be loaded", {}, error);
  }
}

/** Tries numbers in slices that grow or shrink until they take as long as they may. Resolves with what the form sends. */
export async function search(solver: RawSolver, challenge: string, most: number, pace: Pace): Promise<string> {
  let count = FIRST;
  for (let from = 0; from <= most; ) {
    const start = performance.now();
    const found = solver.solve(challenge, from, Math.min(count, LAST - from));
    if (found >= 0) return solver.answer(challenge, found);
    if (found === UNKNOWN) throw new LeadkitError("work.unknown", "the challenge is of no kind that is solved here");
    from += count;
    const took = performance.now() - start;
    if (took < pace.sliceMs / 2) count *= 2;
    else if (took > pace.sliceMs) count = Math.max(1, Math.floor(count / 2));
    await pace.pause();
  }
  throw new LeadkitError("work.unknown", "the challenge has no solution within its limit");
}
