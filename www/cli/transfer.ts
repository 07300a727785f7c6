// `leadkit transfer --dry-run`: what each destination would be sent, with nothing sent.
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { core } from "./core.js";
import { ascii } from "./host.js";
import { answerLines } from "./lines.js";

/** Answers each lead of standard input with the requests to its destinations, or why there are none. */
export async function transfer(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      config: { type: "string", default: "leadkit.json" },
      destination: { type: "string", default: "" },
      "dry-run": { type: "boolean", default: false },
    },
  });
  if (!values["dry-run"]) throw new Error("transfer: expected --dry-run; the edge sends by itself");
  const config = readFileSync(values.config, "utf8");
  const run = new core.Transfer(config, values.destination, JSON.stringify(process.env), ascii, Date.now());
  await answerLines({ name: "transfer", answer: (chunk, firstLine) => run.lines(chunk, firstLine) });
  return 0;
}
