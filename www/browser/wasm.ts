import init, * as glue from "../kit/embed.js";
import type { Glue } from "./core.js";

interface PlainGlue {
  initSync(): unknown;
}

/** Makes the core from its Wasm. Fails where Wasm is refused or the file cannot be had. */
export async function wasm(url: URL): Promise<Glue> {
  await init({ module_or_path: url });
  return glue;
}

/** Makes the core from plain JavaScript. */
export async function plain(load: () => Promise<unknown>): Promise<Glue> {
  const glue = (await load()) as PlainGlue & Glue;
  glue.initSync();
  return glue;
}
