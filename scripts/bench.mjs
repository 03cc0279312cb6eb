import { open } from "./door.mjs";

await open({ command: "bench", tools: ["pulumi", "registry", "pebble", "notation", "olareg"] });
