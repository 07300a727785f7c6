// The core as the command line has it.
import { readFileSync } from "node:fs";
import * as cli from "../../pkg/wasm/cli.js";

cli.initSync({ module: readFileSync(new URL("../../pkg/wasm/cli.wasm", import.meta.url)) });

export { cli };
