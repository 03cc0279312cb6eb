import { open } from "./door.mjs";

await open({ command: "review", tools: process.argv.includes("state") ? ["pulumi"] : [] });
