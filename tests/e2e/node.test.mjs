// The journeys against the edge on Node.js with libSQL.
import { journeys } from "./journeys.mjs";

journeys("node");
