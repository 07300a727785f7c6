// Free ports on this machine: the one that was wished for, or one of the next.

import { createServer } from "node:net";

const TRIES = 20;

function listens(port, address) {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", (error) =>
      error.code === "EADDRINUSE"
        ? resolve(true)
        : error.code === "EADDRNOTAVAIL" || error.code === "EAFNOSUPPORT"
          ? resolve(false)
          : reject(error),
    );
    probe.listen({ port, host: address, exclusive: true }, () => probe.close(() => resolve(false)));
  });
}

/** Whether somebody listens on the port, on either family of the loopback address. */
async function taken(port) {
  return (await listens(port, "127.0.0.1")) || (await listens(port, "::1"));
}

/** The first free port from `wish` on, not in `used`; throws a sentence when there is none. */
export async function freePort(wish, used) {
  for (let port = wish; port < wish + TRIES; port += 1) {
    if (!used.has(port) && !(await taken(port))) {
      used.add(port);
      return port;
    }
  }
  throw new Error(
    `no free port between ${wish} and ${wish + TRIES - 1}; end what listens there, or choose others with --port`,
  );
}
