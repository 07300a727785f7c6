// `leadkit judge`: verdicts over many leads, and what other rules would have changed.
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { core } from "./core.js";
import { ascii } from "./host.js";
import { answerLines, copyText } from "./lines.js";

/** Judges the leads of standard input; the sum of a run against other rules goes to the last line. */
export async function judge(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      config: { type: "string", default: "leadkit.json" },
      against: { type: "string", default: "" },
      form: { type: "string", default: "" },
      csv: { type: "boolean", default: false },
    },
  });
  const config = readFileSync(values.config, "utf8");
  const against = values.against === "" ? "" : readFileSync(values.against, "utf8");
  const run = new core.Judge(config, against, values.form, ascii, Date.now());
  if (values.csv) {
    await copyText({ name: "judge", answer: (piece) => run.csv(piece), finish: () => run.finish() });
  } else {
    await answerLines({ name: "judge", answer: (chunk, firstLine) => run.lines(chunk, firstLine) });
  }
  const summary = run.summary();
  if (summary !== "") process.stdout.write(`{"summary":${summary}}\n`);
  return 0;
}
