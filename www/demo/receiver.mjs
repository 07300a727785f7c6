// A webhook receiver as a customer would write it: checks the signature first, then shows what arrived.
// It also keeps what arrived, so that a test can ask for it at `/received`.

import { createServer } from "node:http";
import { Webhook } from "standardwebhooks";

const MAX_BODY = 1 << 20;
const KEPT = 200;

/** Makes the server. `secret` is `whsec_…`; `print` gets one line per line of text. */
export function createReceiver(secret, print) {
  const webhook = new Webhook(secret);
  const received = [];
  const seen = new Set();
  return createServer((request, response) => {
    const answer = (status, body) => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(body));
    };
    if (request.method === "GET" && request.url === "/received") return answer(200, received);
    if (request.method !== "POST") return answer(404, { error: "post webhooks here" });
    read(request).then(
      (body) => {
        if (body === null) return answer(413, { error: "too large" });
        const id = request.headers["webhook-id"];
        let event;
        try {
          event = webhook.verify(body, request.headers);
        } catch (error) {
          print(`refused a webhook: ${error.message}`);
          return answer(401, { error: "signature" });
        }
        const again = seen.has(id);
        seen.add(id);
        received.push({ id, again, at: Date.now(), event });
        if (received.length > KEPT) received.shift();
        for (const line of describe(id, again, event)) print(line);
        answer(200, { ok: true });
      },
      () => response.destroy(),
    );
  });
}

async function read(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > MAX_BODY) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** Control characters of a visitor must not reach the terminal. */
const plain = (value) => JSON.stringify(value).replace(/[\u007f-\u009f]/g, "");

function describe(id, again, event) {
  const { data = {} } = event;
  const values = data.values ?? data.verdict?.values ?? {};
  return [
    `signature valid: ${plain(event.type)} ${plain(id)}${again ? " (sent again)" : ""}`,
    ...Object.entries(values).map(([name, value]) => `  ${plain(name).slice(1, -1)}: ${plain(value)}`),
    ...(data.verdict
      ? [
          `  verdict: ${plain(data.verdict.disposition)} ${plain(data.verdict.grade ?? null)} ${plain(data.verdict.segments ?? [])}`,
        ]
      : []),
  ];
}
