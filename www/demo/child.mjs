// One child process with its descendants: its last words are kept for the error message, and its whole group ends with us.

import { spawn } from "node:child_process";

const LAST_LINES = 40;
const GRACE_MS = 5000;

/** Starts a command; `onExit(code, tail)` is called when it ends without having been told to. */
export function start(command, args, { env, cwd, onExit }) {
  const child = spawn(command, args, {
    cwd,
    detached: true,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const tail = [];
  let stopping = false;
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8");
    stream.on("data", (text) => {
      tail.push(...text.split("\n").filter((line) => line.trim() !== ""));
      tail.splice(0, tail.length - LAST_LINES);
    });
  }
  const ended = new Promise((resolve) => {
    child.once("error", (error) => {
      tail.push(error.message);
      resolve();
    });
    child.once("close", resolve);
  });
  void ended.then(() => {
    if (!stopping) onExit(child.exitCode ?? child.signalCode ?? "not started", tail.join("\n"));
  });
  const signal = (name) => {
    try {
      process.kill(-child.pid, name);
    } catch (error) {
      if (error.code !== "ESRCH") throw error;
    }
  };
  return {
    tail: () => tail.join("\n"),
    ended,
    async stop() {
      stopping = true;
      if (child.pid === undefined) return;
      signal("SIGTERM");
      const late = setTimeout(() => signal("SIGKILL"), GRACE_MS);
      await ended;
      clearTimeout(late);
      signal("SIGKILL");
    },
    /** Ends the group at once, as a power cut would. */
    kill() {
      stopping = true;
      signal("SIGKILL");
      return ended;
    },
  };
}
