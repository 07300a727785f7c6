// `leadkit logic`: JSON Logic over JSON lines.
import { parseArgs } from "node:util";
import { core } from "./core.js";
import { answerLines } from "./lines.js";

/** Answers each line of standard input with its result or its error. */
export async function logic(args: string[]): Promise<number> {
  parseArgs({ args, options: {} });
  await answerLines({ name: "logic", answer: (chunk, firstLine) => core.logic(chunk, firstLine) });
  return 0;
}
