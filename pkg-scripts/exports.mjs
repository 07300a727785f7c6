// Checks the package as a stranger sees it: every export resolves to a file, and its declarations compile under the
// strictest settings, both for bundlers and for Node.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";

const FOLDER = "target/package/consumer";
const manifest = JSON.parse(readFileSync("pkg/package.json", "utf8"));
const faults = [];
const typed = [];

for (const [subpath, target] of Object.entries(manifest.exports)) {
  const files = typeof target === "string" ? [target] : Object.values(target);
  for (const file of files) {
    if (!existsSync(`pkg/${file}`)) faults.push(`exports["${subpath}"]: ${file} is not there`);
  }
  if (typeof target === "string") continue;
  if (Object.keys(target)[0] !== "types") faults.push(`exports["${subpath}"]: "types" must come first`);
  typed.push(`leadkit${subpath.slice(1)}`);
}
for (const [name, file] of Object.entries(manifest.bin ?? {})) {
  if (!existsSync(`pkg/${file}`)) faults.push(`bin ${name}: ${file} is not there`);
  else if (!readFileSync(`pkg/${file}`, "utf8").startsWith("#!")) faults.push(`bin ${name}: ${file} has no #! line`);
}

rmSync(FOLDER, { recursive: true, force: true });
mkdirSync(`${FOLDER}/node_modules`, { recursive: true });
symlinkSync(`${process.cwd()}/pkg`, `${FOLDER}/node_modules/leadkit`);
const lines = typed.map((name, index) => `import * as entry${index} from "${name}";`);
const all = typed.map((_, index) => `entry${index}`).join(", ");
writeFileSync(`${FOLDER}/consumer.ts`, `${lines.join("\n")}\nexport const entries: readonly object[] = [${all}];\n`);
writeFileSync(`${FOLDER}/package.json`, '{ "type": "module" }\n');

// A worker has the types of its platform; ours stand for them.
const files = ["consumer.ts", "../../../www/edge/workerd.d.ts"];

for (const [module, resolution] of [
  ["es2022", "bundler"],
  ["nodenext", "nodenext"],
]) {
  const compilerOptions = {
    target: "es2022",
    lib: ["es2022", "dom", "dom.iterable"],
    module,
    moduleResolution: resolution,
    types: [],
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: false,
    preserveSymlinks: true,
    noEmit: true,
  };
  writeFileSync(`${FOLDER}/tsconfig.json`, JSON.stringify({ compilerOptions, files }));
  try {
    execFileSync("node_modules/.bin/tsc", ["--project", FOLDER], { stdio: ["ignore", "pipe", "inherit"] });
  } catch (error) {
    faults.push(`declarations do not compile (${resolution}):\n${error.stdout ?? error}`);
  }
}

for (const fault of faults) console.error(fault);
if (faults.length === 0)
  console.log(`${Object.keys(manifest.exports).length} exports resolve, ${typed.length} compile`);
process.exitCode = faults.length > 0 ? 1 : 0;
