// A worker of one site. `leadkit-config` is an alias of wrangler for its leadkit.json: see wrangler.jsonc.

import config from "leadkit-config";
import { leadkit } from "../../pkg/entry/cloudflare.js";

const { handler, LeadkitObject } = leadkit({ sites: [JSON.stringify(config)] });

export default handler;
export { LeadkitObject };
