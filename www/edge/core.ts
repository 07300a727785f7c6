/** The Wasm core: generated glue with a way to start again after a trap. */
import * as glue from "../wasm/edge.js";

/** What the driver calls. Every call may throw when the module traps. */
export interface Core {
  configure(text: string): string;
  request(head: string, body: Uint8Array): string;
  resume(head: string, body: Uint8Array, state: string, results: string): string;
  wake(head: string): string;
  fault(head: string, code: string, afterMs: number): string;
  migrations(): string;
  isPublic(address: string): boolean;
  /** Traps on purpose. */
  trap(): void;
  /** Throws all state away. */
  reset(): void;
  /** The size of the memory, which never shrinks. */
  bytes(): number;
}

/** Starts the core from a compiled module or its bytes. */
export function startCore(module: WebAssembly.Module | BufferSource): Core {
  let exports = glue.initSync({ module });
  return {
    configure: glue.configure,
    request: glue.request,
    resume: glue.resume,
    wake: glue.wake,
    fault: glue.fault,
    migrations: glue.migrations,
    isPublic: glue.is_public,
    trap: glue.trap,
    reset() {
      glue.__wbg_reset_state();
      exports = glue.initSync({ module });
    },
    bytes: () => exports.memory.buffer.byteLength,
  };
}
