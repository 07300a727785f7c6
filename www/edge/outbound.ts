/** Requests to destinations from Node, Deno and Bun: no redirects, no private addresses, bounded in time and size. */
import { lookup } from "node:dns";
import * as http from "node:http";
import * as https from "node:https";
import { isIP, type LookupFunction } from "node:net";

import type { Inbound, Outbound } from "./host.js";

/** Sends one request. The name is resolved once, and every address it has must be allowed. */
export async function send(request: Outbound, isPublic: (address: string) => boolean): Promise<Inbound> {
  if (request.url.startsWith("smtps:")) return (await import("./smtp.js")).sendMail(request, isPublic);
  return new Promise((resolve) => {
    const url = new URL(request.url);
    const { request: open } = url.protocol === "https:" ? https : http;
    const allowed = (address: string) => request.private || isPublic(address);
    const host = url.hostname.replace(/^\[|\]$/g, "");
    if (isIP(host) !== 0 && !allowed(host)) {
      resolve({ error: "address_refused" });
      return;
    }
    const headers = { ...Object.fromEntries(request.headers), "content-length": Buffer.byteLength(request.body) };
    const signal = AbortSignal.timeout(request.timeout_ms);
    const outgoing = open(url, { method: request.method, headers, signal, lookup: guarded(allowed) }, (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      const done = () => {
        const pairs = Object.entries(response.headers).map(([name, value]) => [name, String(value)] as const);
        const body = Buffer.concat(chunks).subarray(0, request.max_bytes).toString("utf8");
        resolve({ status: response.statusCode ?? 0, headers: pairs, body });
      };
      response.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        size += chunk.byteLength;
        if (size > request.max_bytes) {
          done();
          response.destroy();
        }
      });
      response.on("end", done);
      response.on("error", (error) => resolve({ error: word(error) }));
    });
    outgoing.on("error", (error) => resolve({ error: word(error) }));
    outgoing.end(request.body);
  });
}

/** Resolves a name and refuses it if any of its addresses is refused, so that no second answer can lead inside. */
function guarded(allowed: (address: string) => boolean): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      const first = addresses?.[0];
      if (error !== null || first === undefined) {
        callback(error ?? refused("ENOTFOUND"), "", 4);
      } else if (!addresses.every(({ address }) => allowed(address))) {
        callback(refused("LEADKIT_REFUSED"), "", 4);
      } else if (options.all === true) {
        callback(null, addresses);
      } else {
        callback(null, first.address, first.family);
      }
    });
  };
}

function refused(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error("the address is refused"), { code });
}

/** A word without any address in it. */
function word(error: unknown): string {
  const { name, code } = error as { name?: string; code?: string };
  if (name === "AbortError" || name === "TimeoutError") return "timeout";
  if (code === "LEADKIT_REFUSED") return "address_refused";
  return typeof code === "string" && /^[A-Z_]+$/.test(code) ? code.toLowerCase() : "network";
}
