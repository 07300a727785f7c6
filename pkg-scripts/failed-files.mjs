// A reporter of the test runner of Node.js: the files that hold a failed test, a line each.
import { relative } from "node:path";

export default async function* (events) {
  const named = new Set();
  for await (const { type, data } of events) {
    if (type !== "test:fail" || data.file === undefined || named.has(data.file)) continue;
    named.add(data.file);
    yield `${relative(process.cwd(), data.file)}\n`;
  }
}
