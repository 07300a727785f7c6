// `leadkit learn`: a scorecard from won and lost leads, where it is better than the rules in use.
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { gunzipSync } from "node:zlib";
import { core } from "./core.js";

interface Learned {
  usable: boolean;
  text: string;
  report: unknown;
  scorecard: unknown;
}

/** Reports on the outcomes in a CSV file (also gzipped); a scorecard that may be used goes to `--out`. */
export async function learn(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    options: {
      outcome: { type: "string", default: "outcome" },
      score: { type: "string" },
      drop: { type: "string", multiple: true, default: [] },
      keep: { type: "string", multiple: true, default: [] },
      seed: { type: "string", default: "0" },
      out: { type: "string" },
      json: { type: "boolean", default: false },
    },
    allowPositionals: true,
  });
  const [file, more] = positionals;
  if (file === undefined || more !== undefined) throw new Error("learn: expected one file of outcomes");
  const { outcome, score, drop, keep } = values;
  const seed = Number(values.seed);
  if (!Number.isSafeInteger(seed) || seed < 0) throw new Error("learn: expected a whole number as --seed");
  const learned = JSON.parse(core.learn(read(file), JSON.stringify({ outcome, score, drop, keep, seed }))) as Learned;
  const { usable, text, report, scorecard } = learned;
  process.stdout.write(values.json ? `${JSON.stringify({ usable, report, scorecard })}\n` : text);
  if (values.out !== undefined && usable) {
    writeFileSync(values.out, `${JSON.stringify(scorecard)}\n`);
    process.stderr.write(`the scorecard is in ${values.out}: put it into a score of leadkit.json as "learned"\n`);
  }
  return usable ? 0 : 1;
}

function read(file: string): string {
  try {
    const bytes = readFileSync(file);
    return new TextDecoder("utf-8", { fatal: true }).decode(file.endsWith(".gz") ? gunzipSync(bytes) : bytes);
  } catch (error) {
    const why = error instanceof TypeError ? "expected UTF-8" : ((error as NodeJS.ErrnoException).code ?? "unreadable");
    throw new Error(`${file}: ${why}`, { cause: error });
  }
}
