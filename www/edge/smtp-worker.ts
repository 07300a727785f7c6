/** Mail from Cloudflare Workers over a TCP socket with TLS from the first byte: the dialogue of RFC 5321 that one mail needs. */
import { connect } from "cloudflare:sockets";

import type { Inbound, Outbound } from "./host.js";

/** The most bytes of a reply. */
const MAX_REPLY = 16 * 1024;
/** What a server says when it takes what comes. */
const GOOD = { greeting: 220, done: 250, data: 354, signedIn: 235 } as const;

/** A reply that is not the one that goes on. */
class Refused extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`the server replied ${status}`);
    this.status = status;
  }
}

/** Sends one mail. What the server said last is the answer; its text is not kept. */
export async function sendMail(request: Outbound): Promise<Inbound> {
  const url = new URL(request.url);
  const address = { hostname: url.hostname.replace(/^\[|\]$/g, ""), port: Number(url.port || 465) };
  const socket = connect(address, { secureTransport: "on", allowHalfOpen: false });
  let late = false;
  const end = setTimeout(() => {
    late = true;
    void socket.close();
  }, request.timeout_ms);
  try {
    const status = await dialogue(socket.readable, socket.writable, request);
    return { status, headers: [], body: "" };
  } catch (error) {
    if (error instanceof Refused) return { status: error.status, headers: [], body: "" };
    return { error: late ? "timeout" : "network" };
  } finally {
    clearTimeout(end);
    await socket.close().catch(() => undefined);
  }
}

async function dialogue(
  readable: ReadableStream<Uint8Array>,
  writable: WritableStream<Uint8Array>,
  request: Outbound,
): Promise<number> {
  const { "smtp-user": user, "smtp-password": password, ...envelope } = Object.fromEntries(request.headers);
  const [reader, writer, text] = [readable.getReader(), writable.getWriter(), new TextEncoder()];
  const reply = repliesOf(reader);
  const say = async (line: string, good: number): Promise<number> => {
    await writer.write(text.encode(`${line}\r\n`));
    const status = await reply();
    if (status !== good) throw new Refused(status);
    return status;
  };
  const greeting = await reply();
  if (greeting !== GOOD.greeting) throw new Refused(greeting);
  await say("EHLO leadkit.invalid", GOOD.done);
  await say(`AUTH PLAIN ${btoa(`\0${user}\0${password}`)}`, GOOD.signedIn);
  await say(`MAIL FROM:<${envelope["smtp-from"]}>`, GOOD.done);
  for (const to of (envelope["smtp-to"] ?? "").split(",")) await say(`RCPT TO:<${to}>`, GOOD.done);
  await say("DATA", GOOD.data);
  // No line of the message begins with a dot: the core encodes it.
  const status = await say(`${String(request.body).replace(/\r\n$/, "")}\r\n.`, GOOD.done);
  // The mail is theirs; whether they hear the farewell changes nothing.
  await writer.write(text.encode("QUIT\r\n")).catch(() => undefined);
  return status;
}

/** Reads one reply after the other, each of which may have several lines. */
function repliesOf(reader: ReadableStreamDefaultReader<Uint8Array>): () => Promise<number> {
  const decoder = new TextDecoder();
  let buffer = "";
  return async () => {
    for (;;) {
      const last = /^(?:\d{3}-[^\n]*\n)*(\d{3})(?: [^\n]*)?\r?\n/.exec(buffer);
      if (last !== null) {
        buffer = buffer.slice(last[0].length);
        return Number(last[1]);
      }
      const { done, value } = await reader.read();
      if (done || buffer.length > MAX_REPLY) throw new Error("the server has gone");
      buffer += decoder.decode(value, { stream: true });
    }
  };
}
