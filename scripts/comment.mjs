import { open } from "./door.mjs";

await open({ command: "comment", tools: [] });
