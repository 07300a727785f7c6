// The core as the command line has it, loaded once.
import { readFileSync } from "node:fs";
import * as core from "../wasm/cli.js";

core.initSync({ module: readFileSync(new URL("../wasm/cli.wasm", import.meta.url)) });

export { core };
