// The journeys against the edge on workerd with SQLite in Durable Objects.
import { journeys } from "./journeys.mjs";

journeys("workerd");
