// The entry `leadkit/node`: the edge on Node, with libSQL.
export { type Served, type ServeOptions, serve } from "../edge/node.js";
