#!/usr/bin/env node
// The command line of Leadkit: `leadkit COMMAND …`. Each command is a module of its own and is loaded when it is asked for.

/** One command. Resolves with the exit code: 0 all is well, 1 something was found, 2 it could not be done. */
interface Command {
  usage: string;
  purpose: string;
  run: (args: string[]) => Promise<number>;
}

const COMMANDS: Record<string, Command> = {
  backup: {
    usage: "backup FILE [--db FILE]",
    purpose: "copies the database into a new file and checks it, while the server runs",
    run: async (args) => (await import("./backup.js")).backup(args),
  },
  check: {
    usage: "check < LINES",
    purpose: 'judges JSON lines {"id":1,"kind":"email","value":"…","country":"DE"} by the checks of the forms',
    run: async (args) => (await import("./check.js")).check(args),
  },
  customers: {
    usage: "customers import FILE.csv, or customers forget FILE.csv; --help has the rest",
    purpose: "tells the edge who is a customer already; only keyed hashes are stored",
    run: async (args) => (await import("./customers.js")).customers(args),
  },
  doctor: {
    usage: "doctor [--config FILE …] [--db FILE] [--edge URL] [--json]; --help has the rest",
    purpose: "looks at clock, storage, secrets, destinations and deliveries, and says what is wrong",
    run: async (args) => (await import("./doctor.js")).doctor(args),
  },
  erase: {
    usage: "erase PERSON --yes, or --lead ID --yes; --help has the rest",
    purpose: "erases all leads of a person, here and at the destinations that can",
    run: async (args) => (await import("./erase.js")).erase(args),
  },
  import: {
    usage: "import FILE.csv --form NAME --source WORDS [--preview]; --help has the rest",
    purpose: "brings leads from a CSV file to the edge, and names each line that is refused",
    run: async (args) => (await import("./import.js")).importFile(args),
  },
  judge: {
    usage: "judge [--config FILE] [--against FILE] [--form NAME] [--csv] < LEADS",
    purpose: "judges leads, JSON lines or CSV; with other rules: what would have changed, by lead and in sum",
    run: async (args) => (await import("./judge.js")).judge(args),
  },
  learn: {
    usage: "learn FILE.csv [--outcome COLUMN] [--score COLUMN] [--drop COLUMN …] [--keep COLUMN …] [--out FILE]",
    purpose: "fits a scorecard to won and lost leads, says how good it is, and names columns that look like leaks",
    run: async (args) => (await import("./learn.js")).learn(args),
  },
  lint: {
    usage: "lint [--json] [FILE …]",
    purpose: "checks configurations (default leadkit.json): file, line, column and what was expected",
    run: async (args) => (await import("./lint.js")).lint(args),
  },
  logic: {
    usage: "logic < LINES",
    purpose: 'evaluates JSON lines {"id":1,"rule":…,"data":…} in JSON Logic',
    run: async (args) => (await import("./logic.js")).logic(args),
  },
  restore: {
    usage: "restore FILE [--db FILE]",
    purpose: "checks a backup and puts it where a server is to be started; overwrites nothing",
    run: async (args) => (await import("./backup.js")).restore(args),
  },
  serve: {
    usage: "serve [--config FILE …] [--port N] [--db FILE]",
    purpose: "runs the edge on this machine, with its database in a file; --help has the rest",
    run: async (args) => (await import("./serve.js")).serve(args),
  },
  export: {
    usage: "export [--format csv|jsonl|vcard|parquet] [--site ID] [--since TIME] [--out FILE] [--db FILE | --url EDGE]",
    purpose: "writes the stored leads into a file; --help names every option",
    run: async (args) => (await import("./export.js")).exportLeads(args),
  },
  token: {
    usage: "token NAME [--role read|edit|admin]",
    purpose: "makes a token for a person or a program, and the entry for LEADKIT_TOKENS, which holds its hash alone",
    run: async (args) => (await import("./token.js")).token(args),
  },
  transfer: {
    usage: "transfer --dry-run [--config FILE] [--destination NAME] < LEADS",
    purpose: "shows what each destination would be sent for leads, JSON lines, and sends nothing",
    run: async (args) => (await import("./transfer.js")).transfer(args),
  },
  verify: {
    usage: "verify < LEADS",
    purpose: "checks leads as the Inbox gives them against their receipts, with LEADKIT_SECRET of the environment",
    run: async (args) => (await import("./verify.js")).verify(args),
  },
};

async function main(args: string[]): Promise<number> {
  const [name = "help", ...rest] = args;
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command !== undefined) return await command.run(rest);
  const known = name === "help" || name === "--help" || name === "-h";
  const say = known ? process.stdout : process.stderr;
  if (!known) say.write(`leadkit: there is no command "${name}"\n\n`);
  say.write("usage: leadkit COMMAND …\n\n");
  for (const { usage, purpose } of Object.values(COMMANDS)) say.write(`  leadkit ${usage}\n      ${purpose}\n`);
  return known ? 0 : 2;
}

// A reader that goes away, such as `head`, is no fault.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 2));

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`leadkit: ${error instanceof Error ? error.message : "unknown fault"}\n`);
    process.exitCode = 2;
  },
);
