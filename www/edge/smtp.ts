/** Mail from Node, Deno and Bun by nodemailer: TLS from the first byte, one address that was checked, no attachments. */
import { lookup } from "node:dns/promises";
import { isIP } from "node:net";

import type { Inbound, Outbound } from "./host.js";

/** The reply to a mail that was taken. */
const GOOD = 250;

/** Sends one mail. What the server said last is the answer; its text is not kept. */
export async function sendMail(request: Outbound, isPublic: (address: string) => boolean): Promise<Inbound> {
  const url = new URL(request.url);
  const name = url.hostname.replace(/^\[|\]$/g, "");
  const headers = Object.fromEntries(request.headers);
  try {
    // The name is resolved once, and every address it has must be allowed.
    const addresses = isIP(name) === 0 ? (await lookup(name, { all: true })).map(({ address }) => address) : [name];
    const [host] = addresses;
    if (host === undefined || (!request.private && !addresses.every(isPublic))) return { error: "address_refused" };
    const { createTransport } = (await import("nodemailer")).default;
    const transport = createTransport({
      host,
      port: Number(url.port || 465),
      secure: true,
      auth: { user: headers["smtp-user"] ?? "", pass: headers["smtp-password"] ?? "" },
      tls: isIP(name) === 0 ? { servername: name } : {},
      disableFileAccess: true,
      disableUrlAccess: true,
      connectionTimeout: request.timeout_ms,
      greetingTimeout: request.timeout_ms,
      socketTimeout: request.timeout_ms,
    });
    const end = setTimeout(() => transport.close(), request.timeout_ms);
    try {
      const to = (headers["smtp-to"] ?? "").split(",");
      const mail = { envelope: { from: headers["smtp-from"] ?? "", to }, raw: String(request.body) };
      const sent = (await transport.sendMail(mail)) as { readonly response?: unknown };
      return { status: codeOf(sent.response) ?? GOOD, headers: [], body: "" };
    } finally {
      clearTimeout(end);
      transport.close();
    }
  } catch (error) {
    const { responseCode, code } = error as { responseCode?: number; code?: string };
    if (responseCode !== undefined) return { status: responseCode, headers: [], body: "" };
    if (code === "ERR_MODULE_NOT_FOUND") return { error: "nodemailer_missing" };
    return { error: code === "ETIMEDOUT" ? "timeout" : "network" };
  }
}

function codeOf(response: unknown): number | undefined {
  const found = /^\d{3}/.exec(String(response));
  return found === null ? undefined : Number(found[0]);
}
