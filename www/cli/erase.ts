// `leadkit erase`: all leads of a person, or one lead, are erased here and at the destinations that can.
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { callEdge } from "./edge-api.js";

const HELP = `usage: leadkit erase PERSON --yes
       leadkit erase --lead ID --yes

  PERSON      the e-mail address, or the telephone number with its country code, such as "+49 30 123456"
  --lead      one lead by its id
  --config    leadkit.json of the site (leadkit.json)
  --url       the edge (http://127.0.0.1:8787)
  --yes       what is erased cannot be brought back

LEADKIT_ADMIN_TOKEN signs in. The answer names what destinations were asked to erase, what a person has to erase there by
hand, and leads of others that only name this person.`;

interface Erased {
  erased?: string[];
  naming?: string[];
  next?: string | null;
  destinations?: Record<string, string>;
}

/** Erases. Resolves with 1 if something is left for a person to do. */
export async function erase(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      lead: { type: "string" },
      config: { type: "string", default: "leadkit.json" },
      url: { type: "string", default: "http://127.0.0.1:8787" },
      yes: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(`${HELP}\n`);
    return 0;
  }
  const [person, more] = positionals;
  if ((person === undefined) === (values.lead === undefined) || more !== undefined) {
    throw new Error("erase: expected one PERSON, or --lead ID");
  }
  if (!values.yes) throw new Error("erase: expected --yes, because what is erased cannot be brought back");
  const { site } = JSON.parse(readFileSync(values.config, "utf8")) as { site: { id: string } };
  const erased = new Set<string>();
  const naming = new Set<string>();
  const destinations = new Map<string, string>();
  for (let after: string | null = ""; after !== null; ) {
    const path: string =
      values.lead === undefined
        ? `people/${site.id}/erase`
        : `leads/${site.id}/${encodeURIComponent(values.lead)}/erase`;
    const { status, body } = await callEdge("erase", values.url, path, { person, after });
    if (status === 404) throw new Error("erase: there is no such lead or site");
    if (status === 400) throw new Error("erase: expected an e-mail address, or a number that starts with +");
    if (status !== 200) throw new Error(`erase: the edge answers ${status}`);
    const part = body as Erased;
    for (const id of part.erased ?? []) erased.add(id);
    for (const id of part.naming ?? []) naming.add(id);
    for (const [name, what] of Object.entries(part.destinations ?? {})) destinations.set(name, what);
    after = part.next ?? null;
  }
  const lines = [`${erased.size} leads erased`, ...[...erased].map((id) => `  ${id}`)];
  for (const [name, what] of destinations)
    lines.push(`${name}: ${what === "asked" ? "is asked to erase" : "erase by hand"}`);
  for (const id of naming) lines.push(`${id}: is of somebody else and names this person; look at it`);
  process.stdout.write(`${lines.join("\n")}\n`);
  return naming.size > 0 || [...destinations.values()].includes("by_hand") ? 1 : 0;
}
