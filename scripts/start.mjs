import { open } from "./door.mjs";

await open({ command: "start", tools: ["pulumi", "registry", "pebble", "notation"] });
