// The modules and packs beside the core. Each address is written out, so that bundlers find the files.
import { ModuleSource } from "../browser/modules.js";

const FILES = {
  "countries.txt": new URL("../kit/countries.txt", import.meta.url),
  "disposable.pack": new URL("../kit/disposable.pack", import.meta.url),
  "formats.wasm": new URL("../kit/formats.wasm", import.meta.url),
  "free.pack": new URL("../kit/free.pack", import.meta.url),
  "judge.wasm": new URL("../kit/judge.wasm", import.meta.url),
  "phone.pack": new URL("../kit/phone.pack", import.meta.url),
  "phone.wasm": new URL("../kit/phone.wasm", import.meta.url),
};
const PLAIN = {
  "formats-plain.js": () => import("../kit/formats-plain.js"),
  "judge-plain.js": () => import("../kit/judge-plain.js"),
  "phone-plain.js": () => import("../kit/phone-plain.js"),
};

export const modules = new ModuleSource({ at: (name) => FILES[name], plain: (name) => PLAIN[name]() });
