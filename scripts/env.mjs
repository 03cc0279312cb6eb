import { open } from "./door.mjs";

await open({ command: "env", tools: ["pulumi"] });
