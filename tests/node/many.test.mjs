// `leadkit judge` over many leads: in one pass, with constant memory, as JSON lines and as CSV, with other rules beside, and
// with progress on a terminal. LEADKIT_MANY=1000000 runs it over as many.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { after, test } from "node:test";

const MAIN = new URL("../../pkg/cli/main.js", import.meta.url).pathname;
const GOOD = new URL("../conformance/config/good.json", import.meta.url).pathname;
const MANY = Number(process.env.LEADKIT_MANY ?? 60_000);
const FEW = Math.floor(MANY / 6);
/** How much more memory many leads may take than few: what the collector of garbage leaves for later. */
const MORE = 1.25;
const folder = mkdtempSync(join(tmpdir(), "leadkit-many-"));
after(() => rmSync(folder, { recursive: true }));

const OTHER = join(folder, "other.json");
const other = JSON.parse(readFileSync(GOOD, "utf8"));
other.qualify.public.rules[0].points = 35;
other.qualify.public.segments[0].when = { "==": [{ var: "values.line" }, "men"] };
writeFileSync(OTHER, JSON.stringify(other));

const mail = (index) => `ada${index}@${index % 2 === 0 ? "firm.example" : "gmail.com"}`;
const line = (index) => ["women", "men", "other"][index % 3];
const lead = (index) => {
  const data = { full_name: `Ada ${index}`, email: mail(index), line: line(index), privacy: true };
  return `${JSON.stringify({ id: index, data, ctx: { pages: index % 9 } })}\n`;
};
const record = (index) => `"Ada ${index}",${mail(index)},${line(index)},true\n`;

function* pieces(count, write, head = "") {
  let piece = head;
  for (let index = 0; index < count; index += 1) {
    piece += write(index);
    if (piece.length < 100_000) continue;
    yield piece;
    piece = "";
  }
  yield piece;
}

/** Judges; gives the lines that came, the last of them, and the most memory that the process had, in KiB. */
async function judge(source, ...args) {
  const child = spawn(process.execPath, [MAIN, "judge", "--config", GOOD, ...args], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  Readable.from(source).pipe(child.stdin);
  let [lines, last, errors, peak] = [0, "", "", 0];
  const look = setInterval(() => {
    const status = existsSync(`/proc/${child.pid}/status`) ? readFileSync(`/proc/${child.pid}/status`, "utf8") : "";
    peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0));
  }, 20);
  child.stderr.on("data", (chunk) => {
    errors += chunk;
  });
  let rest = "";
  for await (const chunk of child.stdout) {
    const parts = (rest + chunk).split("\n");
    rest = parts.pop();
    lines += parts.length;
    last = parts.at(-1) ?? last;
  }
  const code = child.exitCode ?? (await new Promise((resolve) => child.once("exit", resolve)));
  clearInterval(look);
  assert.equal(code, 0, errors);
  return { lines, last, peak, errors };
}

for (const [what, write, head, args] of [
  ["JSON lines", lead, "", []],
  ["CSV", record, "full_name,email,line,privacy\n", ["--csv"]],
]) {
  test(`as many leads as one likes are judged in one pass and constant memory, as ${what}`, async () => {
    const few = await judge(pieces(FEW, write, head), ...args);
    const start = performance.now();
    const many = await judge(pieces(MANY, write, head), ...args);
    const rate = Math.round(MANY / ((performance.now() - start) / 1000));
    console.log(`${what}: ${MANY} leads, ${rate}/s, ${few.peak} KiB for ${FEW}, ${many.peak} KiB for ${MANY}`);
    assert.equal(many.lines, MANY);
    const { disposition, problems } = JSON.parse(many.last);
    assert.deepEqual([disposition, problems], ["accept", []]);
    assert.equal(many.errors, "", "no progress where nobody looks");
    if (process.platform === "linux") assert.ok(many.peak < few.peak * MORE, `${few.peak} ${many.peak}`);
  });
}

test("other rules are told by lead and in sum", async () => {
  const { lines, last } = await judge(pieces(FEW, lead), "--against", OTHER);
  const { summary } = JSON.parse(last);
  // Two of three are women or men; of the others, those with an address of a firm have other points.
  const changed = Array.from({ length: FEW }, (_, index) => index).filter((index) => index % 3 < 2 || index % 2 === 0);
  assert.equal(summary.leads, FEW);
  assert.equal(summary.changed, changed.length);
  assert.equal(lines, changed.length + 1);
  const women = Math.ceil(FEW / 3);
  assert.deepEqual(summary.moves.segments, { " > women": Math.ceil((FEW - 1) / 3), "women > ": women });
  const firms = Math.ceil(FEW / 2);
  assert.deepEqual(summary.points.fit, { before: 20 * firms, after: 35 * firms });
});

test("a terminal shows how far it is", () => {
  writeFileSync(join(folder, "leads.jsonl"), Array.from({ length: 5000 }, (_, index) => lead(index)).join(""));
  const command = `${process.execPath} ${MAIN} judge --config ${GOOD} < leads.jsonl > verdicts.jsonl`;
  const { stdout } = spawnSync("script", ["-qec", command, "typescript"], { cwd: folder, encoding: "utf8" });
  assert.match(stdout, /\rjudge: 5000 lines, \d+ a second\r?\n/);
  assert.equal(readFileSync(join(folder, "verdicts.jsonl"), "utf8").trimEnd().split("\n").length, 5000);
});
