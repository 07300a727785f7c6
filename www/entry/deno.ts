// The entry `leadkit/deno`: the edge on Deno 2, with libSQL. Needs the permissions net, read, write, env and ffi.
export { type Served, type ServeOptions, serve } from "../edge/node.js";
