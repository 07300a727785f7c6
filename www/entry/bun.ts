// The entry `leadkit/bun`: the edge on Bun, with libSQL.
export { type Served, type ServeOptions, serve } from "../edge/node.js";
