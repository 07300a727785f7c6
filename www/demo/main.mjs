// The command behind pkg-scripts/demo.

import { join } from "node:path";
import { parseArgs } from "node:util";
import { sendExamples } from "./examples.mjs";
import { HOSTS, ROOT, startDemo } from "./run.mjs";

const HELP = `Starts the edge, a demo shop on another origin and a webhook receiver.

  pkg-scripts/demo                 the edge on workerd, with its embedded database
  pkg-scripts/demo --host node     the edge on Node.js with libSQL
  pkg-scripts/demo --examples      sends a dozen example leads first
  pkg-scripts/demo --port 9000     wishes for ports from 9000 on
  pkg-scripts/demo --no-build      takes pkg/ as it is

What is stored stays in .demo/ until you delete it. Ctrl-C ends everything.`;

const OPTIONS = {
  host: { type: "string", default: "workerd" },
  port: { type: "string" },
  examples: { type: "boolean", default: false },
  "no-build": { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
};

function read() {
  const { values } = parseArgs({ options: OPTIONS });
  if (!HOSTS.includes(values.host)) throw new Error(`--host takes ${HOSTS.join(" or ")}`);
  if (values.port === undefined) return { ...values, wishes: {} };
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 1024 || port > 65000)
    throw new Error("--port takes a number from 1024 to 65000");
  return { ...values, wishes: { edge: port, shop: port + 1, receiver: port + 2 } };
}

function announce(demo, host) {
  console.log(`
  Leadkit is running on ${host}.

  The shop     ${demo.shop}
  The Inbox    ${demo.inbox}
  Admin token  ${demo.token}
  Receiver     ${demo.receiver}/received

  Send a form in the shop, then look into the Inbox. What the webhook delivers appears below.
  Ctrl-C ends everything.
`);
}

async function main() {
  const options = read();
  if (options.help) return console.log(HELP);
  let demo = null;
  let ending = false;
  const end = async (code) => {
    if (ending) return;
    ending = true;
    await demo?.stop();
    process.exit(code);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => void end(signal === "SIGINT" ? 0 : 1));
  console.log(`Starting the edge on ${options.host} …`);
  demo = await startDemo({
    host: options.host,
    directory: join(ROOT, ".demo", options.host),
    wishes: options.wishes,
    print: (line) => console.log(`  receiver | ${line}`),
    onExit: (error) => {
      if (demo === null || ending) return;
      console.error(error.message);
      void end(1);
    },
  });
  if (ending) return demo.stop();
  announce(demo, options.host);
  if (options.examples) console.log(`  ${await sendExamples(demo)} example leads sent.\n`);
}

main().catch((error) => {
  console.error(`pkg-scripts/demo: ${error.message}`);
  process.exit(1);
});
