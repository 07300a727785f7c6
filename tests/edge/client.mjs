// What a page, a browser without script and a person at the Inbox send to the edge.
import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { ORIGIN, TOKEN } from "./runtime.mjs";

/** A UUID version 7 of this moment. */
export function leadId(at = Date.now()) {
  const bytes = Buffer.concat([Buffer.alloc(6), randomBytes(10)]);
  bytes.writeUIntBE(at, 0, 6);
  bytes[6] = 0x70 | (bytes[6] & 15);
  bytes[8] = 0x80 | (bytes[8] & 63);
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

export const good = { full_name: "Ada", email: "ada@example.com", ok: true };

export function item(data = good, more = {}) {
  return { id: leadId(), at: Date.now(), n: 1, form: "contact", data, ...more };
}

export function batch(items, more = {}) {
  return { v: 1, k: "shop", sent_at: Date.now(), items, ...more };
}

/** Sends a batch as a browser does. */
export async function post(url, body, headers = {}) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const response = await fetch(`${url}/v1/leads`, {
    method: "POST",
    headers: { "content-type": "text/plain;charset=UTF-8", origin: ORIGIN, ...headers },
    body: text,
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

/** Sends a plain HTML form. */
export function postForm(url, path, fields, headers = {}) {
  const body = fields instanceof FormData ? fields : new URLSearchParams(fields);
  return fetch(`${url}${path}`, { method: "POST", body, headers, redirect: "manual" });
}

/** Reads below `/v1/admin` with the token. */
export async function admin(url, path, options = {}) {
  const headers = { authorization: `Bearer ${TOKEN}`, ...options.headers };
  const response = await fetch(`${url}/v1/admin/${path}`, { ...options, headers });
  return { status: response.status, headers: response.headers, body: await response.json().catch(() => null) };
}

/** A receiver of webhooks that answers as it is told. */
export async function receiver() {
  const taken = [];
  let reply = () => ({ status: 200 });
  const server = createServer((request, response) => {
    const chunks = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", async () => {
      const body = Buffer.concat(chunks).toString();
      const entry = { method: request.method, path: request.url, headers: request.headers, body, at: Date.now() };
      taken.push(entry);
      const answer = await reply(entry, taken.length);
      if (answer === "cut") {
        request.socket.destroy();
        return;
      }
      response.writeHead(answer.status, answer.headers ?? {});
      response.end(answer.body ?? "");
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  // What a test that fails leaves open keeps no process alive.
  server.unref();
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    taken,
    answer(next) {
      reply = next;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}
