// Measures what a customer loads against size-budget.json, and fails when something is over.
import { existsSync, readFileSync } from "node:fs";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const budget = JSON.parse(readFileSync("size-budget.json", "utf8"));
const QUALITY = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };
const METHODS = {
  raw: (bytes) => bytes.length,
  gzip: (bytes) => gzipSync(bytes, { level: 9 }).length,
  brotli: (bytes) => brotliCompressSync(bytes, QUALITY).length,
};

const total = (files, method) => files.reduce((sum, file) => sum + METHODS[method](readFileSync(`pkg/${file}`)), 0);

const rows = [["what a customer loads", "raw", "gzip -9", "limit", "brotli 11", "limit", ""]];
const faults = [];
for (const { what, files, gzip, brotli } of budget) {
  const missing = files.filter((file) => !existsSync(`pkg/${file}`));
  if (missing.length > 0) {
    faults.push(`${what}: pkg/${missing[0]} is not there; build first, or take the line out of size-budget.json`);
    continue;
  }
  const size = { raw: total(files, "raw"), gzip: total(files, "gzip"), brotli: total(files, "brotli") };
  const over = size.gzip > gzip || size.brotli > brotli;
  if (over) faults.push(`${what}: over its limit`);
  const share = `${Math.round((100 * size.brotli) / brotli)} %`;
  rows.push([what, size.raw, size.gzip, gzip, size.brotli, brotli, over ? `OVER: ${share}` : share]);
}

const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => String(row[column]).length)));
for (const row of rows) {
  const cells = row.map((cell, column) => {
    const text = String(cell);
    return column === 0 ? text.padEnd(widths[column]) : text.padStart(widths[column]);
  });
  console.log(cells.join("  "));
}
for (const fault of faults) console.error(fault);
process.exitCode = faults.length > 0 ? 1 : 0;
