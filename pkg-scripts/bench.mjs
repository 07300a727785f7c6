// Runs benches and puts what each prints into its section of BENCH.md, between two markers.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";

const REPORT = "BENCH.md";
const HEAD = `# Benchmarks

Written by \`pkg-scripts/bench\`, a section by each topic. Each table is one run on one thread of one machine that others use
too: compare the ratios.
`;

const all = readdirSync("pkg-scripts/benches")
  .filter((file) => file.endsWith(".mjs"))
  .map((file) => file.slice(0, -4));
const names = process.argv.length > 2 ? process.argv.slice(2) : all;
let report = existsSync(REPORT) ? readFileSync(REPORT, "utf8") : HEAD;

for (const name of names) {
  if (!all.includes(name)) {
    console.error(`there is no bench "${name}"; there are ${all.join(", ")}`);
    process.exit(2);
  }
  const run = spawnSync("node", [`pkg-scripts/benches/${name}.mjs`], { encoding: "utf8" });
  process.stdout.write(run.stdout);
  process.stderr.write(run.stderr);
  if (run.status !== 0) process.exitCode = run.status ?? 1;
  // What is below its floor is said in the report too.
  const said = run.status === 0 ? "" : `\nMissed: ${run.stderr.trim() || "the bench failed"}\n`;
  const section = `<!-- ${name} -->\n## ${name}\n\n\`\`\`\n${run.stdout.trimEnd()}\n\`\`\`\n${said}<!-- /${name} -->\n`;
  const old = new RegExp(`<!-- ${name} -->[^]*<!-- /${name} -->\n`);
  report = old.test(report) ? report.replace(old, () => section) : `${report}\n${section}`;
}
writeFileSync(REPORT, report);
