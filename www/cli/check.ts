// `leadkit check`: the checks of the forms over JSON lines.
import { parseArgs } from "node:util";
import { core } from "./core.js";
import { ascii } from "./host.js";
import { answerLines } from "./lines.js";

/** Answers each line of standard input with its normal form, problem, suggestion and details. */
export async function check(args: string[]): Promise<number> {
  parseArgs({ args, options: {} });
  await answerLines({ name: "check", answer: (chunk, firstLine) => core.check(chunk, firstLine, ascii) });
  return 0;
}
