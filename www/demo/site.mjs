// Serves the shop from an origin of its own, under a strict Content Security Policy.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { render } from "./pages.mjs";

const TYPES = { css: "text/css; charset=utf-8", js: "text/javascript; charset=utf-8", svg: "image/svg+xml" };
const FILE = /^\/(shop\.css|shop\.js|art\/[a-z]+\.svg)$/;

/** Nothing inline, nothing from third parties; the edge alone may give scripts and take leads. */
function policy(edge) {
  return [
    "default-src 'none'",
    "base-uri 'none'",
    `connect-src ${edge}`,
    `form-action ${edge}`,
    "frame-ancestors 'none'",
    "img-src 'self'",
    `script-src 'self' 'wasm-unsafe-eval' ${edge}`,
    `style-src 'self' ${edge}`,
    `worker-src ${edge}`,
  ].join("; ");
}

function preferred(header = "") {
  const known = header.split(",").map((part) => part.trim().slice(0, 2).toLowerCase());
  return known.find((tag) => tag === "de" || tag === "en") ?? "en";
}

/** Makes the server; `shop` is `{config, edge}`: leadkit.json and the address of the edge. */
export function createShop(shop) {
  return createServer((request, response) => {
    answer(shop, request).then(
      ({ status, headers, body }) => {
        response.writeHead(status, headers);
        response.end(request.method === "HEAD" ? undefined : body);
      },
      (error) => {
        console.error("shop:", error);
        response.writeHead(500).end();
      },
    );
  });
}

async function answer(shop, request) {
  const url = new URL(request.url, "http://shop.invalid");
  const headers = {
    "cache-control": "no-cache",
    "content-security-policy": policy(shop.edge),
    "referrer-policy": "strict-origin-when-cross-origin",
    "x-content-type-options": "nosniff",
  };
  if (request.method !== "GET" && request.method !== "HEAD")
    return { status: 405, headers: { ...headers, allow: "GET, HEAD" }, body: "" };
  if (url.pathname === "/") {
    const location = `/${preferred(request.headers["accept-language"])}/`;
    return { status: 302, headers: { ...headers, location, vary: "accept-language" }, body: "" };
  }
  if (FILE.test(url.pathname)) {
    try {
      const body = await readFile(new URL(`.${url.pathname}`, import.meta.url));
      return { status: 200, headers: { ...headers, "content-type": TYPES[url.pathname.split(".").pop()] }, body };
    } catch (error) {
      if (error.code !== "ENOENT") throw error;
    }
  }
  const page = render(shop, url.pathname, url.searchParams) ?? render(shop, "/en/missing", url.searchParams);
  return { status: page.status, headers: { ...headers, "content-type": "text/html; charset=utf-8" }, body: page.body };
}
