// `leadkit lint`: every fault of a configuration with its place.
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { core } from "./core.js";

interface Finding {
  line: number;
  column: number;
  code: string;
  pointer: string | null;
  message: string;
}

/** Checks the files and prints `FILE:LINE:COLUMN: message`, or one JSON array with `--json`. */
export async function lint(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    options: { json: { type: "boolean", default: false } },
    allowPositionals: true,
  });
  const files = positionals.length > 0 ? positionals : ["leadkit.json"];
  const texts = files.map((file) => [file, read(file)] as const);
  const findings = texts.flatMap(([file, text]) => lintText(text).map((finding) => ({ file, ...finding })));
  if (values.json) {
    process.stdout.write(`${JSON.stringify(findings)}\n`);
  } else {
    for (const { file, line, column, message } of findings) {
      process.stdout.write(`${file}:${line}:${column}: ${message}\n`);
    }
    if (findings.length === 0) {
      const count = texts.reduce((sum, [, text]) => sum + examples(text), 0);
      const held = count === 0 ? "" : `, ${count} ${count === 1 ? "example holds" : "examples hold"}`;
      process.stdout.write(`${files.join(", ")}: nothing to complain about${held}\n`);
    }
  }
  return findings.length === 0 ? 0 : 1;
}

function lintText(text: string): Finding[] {
  return JSON.parse(core.lint(text)) as Finding[];
}

/** How many examples a good configuration has. */
function examples(text: string): number {
  const { qualify } = JSON.parse(text) as { qualify?: { examples?: unknown[] } };
  return qualify?.examples?.length ?? 0;
}

function read(file: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    const why = error instanceof TypeError ? "expected UTF-8" : ((error as NodeJS.ErrnoException).code ?? "unreadable");
    throw new Error(`${file}: ${why}`, { cause: error });
  }
}
