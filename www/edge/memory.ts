/** How full the memory of a process is, on Node and what is like it. */
import { totalmem } from "node:os";
import { getHeapStatistics } from "node:v8";

/** How long a measurement counts, in milliseconds: taking one costs as much as a small request. */
const FRESH_MS = 100;

/** A function that tells how much of its heap or of the machine's memory the process uses, whichever is more, from 0 to 1. */
export function memoryMeter(now: () => number): () => number {
  const most = process.constrainedMemory?.() || Number.POSITIVE_INFINITY;
  const all = Math.min(most, totalmem());
  // Bun's heap has no limit of its own, and tells its present size in place of one.
  const limited = !("bun" in process.versions);
  let [at, part] = [0, 0];
  return () => {
    if (now() - at >= FRESH_MS) {
      const { heap_size_limit: limit, used_heap_size: used } = getHeapStatistics();
      [at, part] = [now(), Math.max(process.memoryUsage.rss() / all, limited ? used / limit : 0)];
    }
    return part;
  };
}
