// What Meta's own param-builder makes of each input: reads JSON lines [kind, value], writes the SHA-256 or null for each.
// The library puts an appendix behind the hash, which is not part of it.
import { createRequire } from "node:module";

const { getNormalizedPII } = createRequire(process.env.LEADKIT_ADS_MODULES ?? import.meta.url)(
  "capi-param-builder-nodejs/src/piiUtil/PIIUtil.js",
);
const { createHash } = await import("node:crypto");

const TYPES = {
  email: "email",
  phone: "phone",
  name: "first_name",
  city: "city",
  postcode: "zip_code",
  country: "country",
};
let text = "";
for await (const chunk of process.stdin) text += chunk;
for (const line of text.trim().split("\n")) {
  const [kind, value] = JSON.parse(line);
  const normal = getNormalizedPII(value, TYPES[kind]);
  const passed = /^[0-9a-f]{64}$/i.test(normal ?? "");
  const hash = () => createHash("sha256").update(normal).digest("hex");
  console.log(JSON.stringify(normal ? (passed ? normal : hash()) : null));
}
