/** The part of Cloudflare's runtime that `cloudflare.ts` uses. */
declare module "cloudflare:workers" {
  interface SqlCursor {
    toArray(): Record<string, string | number | null>[];
  }

  interface DurableObjectStorage {
    readonly sql: { exec(sql: string, ...args: readonly (string | number | null)[]): SqlCursor };
    transactionSync<T>(run: () => T): T;
    getAlarm(): Promise<number | null>;
    setAlarm(at: number): Promise<void>;
  }

  interface DurableObjectState {
    /** Keeps the object alive until the promise settles. */
    waitUntil(promise: Promise<unknown>): void;
    readonly storage: DurableObjectStorage;
    blockConcurrencyWhile<T>(run: () => Promise<T>): Promise<T>;
  }

  abstract class DurableObject<Env> {
    protected readonly ctx: DurableObjectState;
    protected readonly env: Env;
    constructor(ctx: DurableObjectState, env: Env);
  }
}

declare module "cloudflare:sockets" {
  export interface Socket {
    readonly readable: ReadableStream<Uint8Array>;
    readonly writable: WritableStream<Uint8Array>;
    close(): Promise<void>;
  }
  export function connect(
    address: { readonly hostname: string; readonly port: number },
    options: { readonly secureTransport: "on" | "off" | "starttls"; readonly allowHalfOpen: boolean },
  ): Socket;
}
