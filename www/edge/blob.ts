/** Where files lie that come with leads: bytes under a key such as `site/lead/hash`. */
import { mkdir, open, readFile, rename, rm, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";

import type { Blobs } from "./host.js";

/** Files in a folder of this machine. One is written beside its place and renamed, so that none is ever half there. */
export function folderBlobs(folder: string): Blobs {
  const place = (key: string): string => {
    const parts = key.split("/");
    if (parts.length !== 3 || !parts.every((part) => /^[a-z0-9_-]+$/.test(part))) throw new Error("no key of a file");
    return join(folder, ...parts);
  };
  return {
    async put(key, bytes) {
      const path = place(key);
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      const beside = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`;
      const file = await open(beside, "w", 0o600);
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(beside, path);
    },
    get: (key) => readFile(place(key)).catch(() => undefined),
    async delete(keys) {
      for (const key of keys) {
        const path = place(key);
        await rm(path, { force: true });
        // The folder of a lead goes with its last file.
        await rmdir(dirname(path)).catch(() => undefined);
      }
    },
  };
}
