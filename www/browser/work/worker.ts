// The Worker that solves proof of work. It answers one order and is ended by the page.
import { loadSolver, search } from "./solver.js";
import { reason, type WorkOrder, type WorkResult } from "./work.js";

/** Nobody waits for this thread, but it should end soon when the page ends it. */
const PACE = { sliceMs: 250, pause: () => Promise.resolve() };

async function solve({ text, most }: WorkOrder): Promise<WorkResult> {
  try {
    return { payload: await search(await loadSolver(new URL(".", import.meta.url)), text, most, PACE) };
  } catch (error) {
    return { failed: reason(error) };
  }
}

addEventListener("message", ({ data }: MessageEvent<WorkOrder>) => {
  void solve(data).then((result) => postMessage(result));
});
