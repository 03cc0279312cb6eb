import { open } from "./door.mjs";

await open({ command: "stop", tools: ["pulumi"] });
