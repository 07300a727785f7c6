import init, * as glue from "../kit/embed.js";
import type { Glue, JudgeGlue } from "./core.js";

interface WasmGlue {
  default(source: { module_or_path: URL }): Promise<unknown>;
}
interface PlainGlue {
  initSync(): unknown;
}

/** Makes the core from its Wasm. Fails where Wasm is refused or the file cannot be had. */
export async function wasm(url: URL): Promise<Glue> {
  await init({ module_or_path: url });
  return glue;
}

/** Makes the core, or a module beside it, from plain JavaScript. */
export async function plain<T>(load: () => Promise<unknown>): Promise<T> {
  const glue = (await load()) as PlainGlue;
  glue.initSync();
  return glue as T;
}

/** Makes the judging module from its Wasm, or where that is refused from plain JavaScript. */
export async function judge(
  load: () => Promise<unknown>,
  url: URL,
  loadPlain: () => Promise<unknown>,
): Promise<JudgeGlue> {
  try {
    const glue = (await load()) as WasmGlue & JudgeGlue;
    await glue.default({ module_or_path: url });
    return glue;
  } catch {
    return plain(loadPlain);
  }
}
