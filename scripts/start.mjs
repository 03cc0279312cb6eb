import { parseArgs } from "node:util";
import { open } from "./door.mjs";

// Registry, ACME server and notation are of the stack "local"; another one has its own. The command itself judges the options.
const { stack = "local" } = parseArgs({ strict: false, options: { stack: { type: "string" } } }).values;
const tools = stack === "local" ? ["pulumi", "registry", "pebble", "notation"] : ["pulumi"];

await open({ command: "start", tools });
