// An edge that plays: it stores leads by id, counts every request, and fails in the way it is told.

import { createServer } from "node:http";

/** Starts a collector on a port of its own. `mode` is a function from a request to a way to answer. */
export async function collect(config, form = "") {
  const state = {
    /** `ok`, `slow`, `down`, `ackdrop`, `captive`, `bad`, `later`, or a status code. */
    mode: "ok",
    headers: {},
    body: "",
    /** What stands beside the answer to each lead that is taken. */
    said: {},
    delayMs: 0,
    stored: new Map(),
    copies: 0,
    requests: [],
    preflights: 0,
    native: [],
    configDown: false,
    form,
  };
  const cors = { "access-control-allow-origin": "*", "access-control-expose-headers": "retry-after" };

  const take = (text) => {
    const batch = JSON.parse(text);
    const r = batch.items.map((item) => {
      state.copies += 1;
      const { n, ...rest } = item;
      const content = JSON.stringify(rest);
      const before = state.stored.get(item.id);
      if (state.mode === "bad") return { id: item.id, s: "bad", c: "email.syntax", f: "email" };
      if (state.mode === "later") return { id: item.id, s: "later", after_ms: 500 };
      if (before === undefined) state.stored.set(item.id, content);
      else if (before !== content) return { id: item.id, s: "bad", c: "id.conflict" };
      return { id: item.id, s: before === undefined ? "ok" : "dup", ...state.said };
    });
    return JSON.stringify({ v: 1, now: Date.now(), r, policy: { min_gap_ms: 0, max_items: 50, max_bytes: 49_152 } });
  };

  const answer = (request, response, text) => {
    const { mode } = state;
    state.requests.push({
      at: Date.now(),
      items: JSON.parse(text).items.map((item) => item.id),
      mode,
      bytes: text.length,
    });
    if (mode === "down") return request.socket.destroy();
    if (mode === "captive")
      return response.writeHead(200, { ...cors, "content-type": "text/html" }).end("<p>Sign in</p>");
    if (mode === "ackdrop") {
      take(text);
      return request.socket.destroy();
    }
    if (typeof mode === "number") return response.writeHead(mode, { ...cors, ...state.headers }).end(state.body);
    const body = take(text);
    const send = () => response.writeHead(200, { ...cors, "content-type": "application/json" }).end(body);
    return mode === "slow" ? setTimeout(send, state.delayMs) : send();
  };

  const server = createServer((request, response) => {
    if (request.method === "OPTIONS") {
      state.preflights += 1;
      return response.writeHead(204, cors).end();
    }
    const { pathname } = new URL(request.url, "http://collector");
    const chunks = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () => {
      const text = Buffer.concat(chunks).toString();
      if (pathname === "/v1/leads") return answer(request, response, text);
      if (pathname.startsWith("/v1/site/")) {
        if (state.configDown) return request.socket.destroy();
        return response.writeHead(200, { ...cors, "content-type": "application/json" }).end(JSON.stringify(config));
      }
      if (pathname.startsWith("/v1/form/") && request.method === "GET") {
        return response.writeHead(200, { ...cors, "content-type": "text/html" }).end(state.form);
      }
      if (pathname.startsWith("/v1/form/")) {
        state.native.push(new URLSearchParams(text));
        return response.writeHead(200, { "content-type": "text/html" }).end("<title>native</title>");
      }
      return response.writeHead(404, cors).end();
    });
    request.on("error", () => undefined);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = `http://localhost:${server.address().port}`;
  return Object.assign(state, {
    address,
    /** Waits until the edge has so many leads. */
    async until(count, ms = 20_000) {
      const end = Date.now() + ms;
      while (state.stored.size < count && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 20));
      return state.stored.size;
    },
    close: () => new Promise((resolve) => server.close(resolve).closeAllConnections()),
  });
}
