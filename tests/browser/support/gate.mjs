// A way to an edge that can be cut: one address for the browser, whatever becomes of the line.

import { request as ask, createServer } from "node:http";

/** Starts the gate before an address; while `open` is false, every connection is cut. */
export async function gate(target) {
  const state = { open: true, posts: 0 };
  const { hostname, port } = new URL(target);
  const server = createServer((request, response) => {
    if (!state.open) return request.socket.destroy();
    if (request.method === "POST") state.posts += 1;
    const { method, url, headers } = request;
    const onward = ask({ hostname, port, method, path: url, headers }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    onward.on("error", () => request.socket.destroy());
    request.pipe(onward);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return Object.assign(state, {
    address: `http://localhost:${server.address().port}`,
    cut() {
      state.open = false;
      server.closeAllConnections();
    },
    close: () => new Promise((resolve) => server.close(resolve).closeAllConnections()),
  });
}
