// Sends example leads, as twelve visitors would have over the last days.

import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";

const HOUR = 3_600_000;

/** A UUIDv7 (RFC 9562, section 5.7) of that moment. */
export function leadId(at) {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(at, 0, 6);
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/** Sends www/demo/examples.json and answers how many were accepted. */
export async function sendExamples(demo) {
  const examples = JSON.parse(await readFile(new URL("examples.json", import.meta.url), "utf8"));
  const now = Date.now();
  const items = examples.map(({ hours_ago, form, page, data }) => {
    const at = Math.round(now - hours_ago * HOUR);
    return { id: leadId(at), at, form, data, ctx: { page: demo.shop + page } };
  });
  const response = await fetch(`${demo.edge}/v1/leads`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: demo.shop },
    body: JSON.stringify({ v: 1, k: demo.config.site.id, sent_at: now, items }),
  });
  const body = await response.json();
  if (!response.ok) throw new Error(`the edge refused the example leads: ${response.status} ${body.error?.code}`);
  const refused = body.r.filter((answer) => answer.s !== "ok");
  if (refused.length > 0) throw new Error(`the edge refused example leads: ${JSON.stringify(refused)}`);
  return body.r.length;
}
