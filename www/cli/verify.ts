// `leadkit verify`: whether leads are as they were judged, by their receipts.
import { parseArgs } from "node:util";
import { core } from "./core.js";
import { answerLines } from "./lines.js";

/** Answers each lead of standard input with `{"id","valid","faults"}`; 1 if one of them is not valid. */
export async function verify(args: string[]): Promise<number> {
  parseArgs({ args, options: {} });
  const secret = process.env["LEADKIT_SECRET"] ?? "";
  let broken = false;
  const answer = (chunk: Uint8Array, firstLine: number) => {
    const answered = core.verify(chunk, firstLine, secret);
    broken ||= /"valid":false|"error":/.test(answered);
    return answered;
  };
  await answerLines({ name: "verify", answer });
  return broken ? 1 : 0;
}
