// Calls an edge that runs, as the person who holds its token.

/** The answer of an edge to one request. */
export interface EdgeAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** Sends a request below `/v1/admin` with the token of the environment, and again while the edge is busy. A text goes as it is. */
export async function callEdge(
  command: string,
  url: string,
  path: string,
  body: unknown,
  method = "POST",
): Promise<EdgeAnswer> {
  const token = process.env["LEADKIT_ADMIN_TOKEN"] ?? "";
  if (token === "") throw new Error(`${command}: expected LEADKIT_ADMIN_TOKEN in the environment`);
  const headers = {
    authorization: `Bearer ${token}`,
    "content-type": typeof body === "string" ? "text/csv" : "application/json",
  };
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const target = `${url.replace(/\/$/, "")}/v1/admin/${path}`;
  for (let attempt = 1; ; attempt += 1) {
    const response = await fetch(target, { method, headers, body: text }).catch((error: unknown) => {
      throw new Error(`${command}: the edge does not answer`, { cause: error });
    });
    if (response.status !== 503 || attempt === 5) {
      return { status: response.status, body: await response.json().catch(() => null) };
    }
    await response.arrayBuffer();
    await new Promise((resolve) => setTimeout(resolve, 1000 * attempt));
  }
}
