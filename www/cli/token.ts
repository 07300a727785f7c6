// `leadkit token`: a token for one person or program, and the entry for the environment of the edge.
import { createHash, randomBytes } from "node:crypto";
import { parseArgs } from "node:util";

const ROLES = ["read", "edit", "admin", "metrics"];
const BYTES = 32;

/** Prints a new token and its hash. Nothing is stored. */
export async function token(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { role: { type: "string", default: "read" } },
  });
  const [name, more] = positionals;
  if (name === undefined || more !== undefined || !/^[\w.@-]{1,64}$/.test(name)) {
    throw new Error("token: expected a name of letters, digits, and any of _ . @ -");
  }
  if (!ROLES.includes(values.role)) throw new Error("token: expected --role read, edit or admin (or metrics)");
  const made = `lk_${randomBytes(BYTES).toString("base64url")}`;
  const hash = createHash("sha256").update(made).digest("hex");
  process.stdout.write(`token:   ${made}\n`);
  process.stdout.write(`Give it to ${name}, and add this entry to LEADKIT_TOKENS (entries are separated by spaces):\n`);
  process.stdout.write(`${name}:${values.role}:${hash}\n`);
  return 0;
}
