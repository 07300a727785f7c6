// The second process of the edge's bench: sends batches over connections that stay open, and tells how long it took.
//
// Reads one order a line, `{"url","run","first","batches","size","connections"}`, and answers with a line: `{"seconds",
// "waits": [milliseconds], "leads": {answer: count}, "statuses": {status: count}}`.
import { connect } from "node:net";
import { createInterface } from "node:readline";
import { address, body } from "./site.mjs";

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await run(JSON.parse(line))));
}

async function run({ url, run, first, batches, size, connections, path = "/v1/leads" }) {
  const { hostname, port, host } = new URL(url);
  const requests = Array.from({ length: batches }, (_, place) => {
    const content = Buffer.from(body(run, first + place * size, size));
    const head =
      `POST ${path} HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\n` +
      `x-forwarded-for: ${address(first + place)}\r\ncontent-length: ${content.byteLength}\r\n\r\n`;
    return Buffer.concat([Buffer.from(head), content]);
  });
  const out = { seconds: 0, waits: [], leads: {}, statuses: {} };
  const start = performance.now();
  await Promise.all(Array.from({ length: connections }, () => client({ hostname, port }, requests, out)));
  out.seconds = (performance.now() - start) / 1000;
  return out;
}

/** One connection: takes the next request whenever the one before was answered. */
function client(to, requests, out) {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(to.port), to.hostname);
    socket.setNoDelay(true);
    let sent = 0;
    let text = "";
    const next = () => {
      const request = requests.shift();
      if (request === undefined) {
        socket.destroy();
        resolve();
        return;
      }
      sent = performance.now();
      socket.write(request);
    };
    socket.setEncoding("utf8");
    socket.on("connect", next);
    socket.on("error", reject);
    socket.on("close", () => reject(new Error("the server has closed the connection")));
    socket.on("data", (chunk) => {
      text += chunk;
      const content = whole(text);
      if (content === undefined) return;
      out.waits.push(performance.now() - sent);
      const status = text.slice(9, 12);
      out.statuses[status] = (out.statuses[status] ?? 0) + 1;
      if (status === "200") for (const { s } of JSON.parse(content).r) out.leads[s] = (out.leads[s] ?? 0) + 1;
      text = "";
      next();
    });
  });
}

/** The content of a response that has arrived whole. */
function whole(text) {
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const head = text.slice(0, end).toLowerCase();
  const content = text.slice(end + 4);
  const length = /content-length: (\d+)/.exec(head)?.[1];
  if (length !== undefined) return Buffer.byteLength(content) >= Number(length) ? content : undefined;
  // In chunks: their sizes are lines of their own.
  if (!content.endsWith("0\r\n\r\n")) return undefined;
  return content.replace(/(^|\r\n)[0-9a-f]+\r\n/g, "").replace(/\r\n$/, "");
}
