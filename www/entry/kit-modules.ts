// The modules and packs beside the core, for who loads the files of `kit/` without a build step.
import { ModuleSource, verified } from "../browser/modules.js";

const at = (name: string): URL => new URL(name, import.meta.url);

export const modules = new ModuleSource({
  at,
  plain: async (name) => {
    await verified(at(name), name);
    return import(at(name).href);
  },
});
