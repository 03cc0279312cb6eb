import { open } from "./door.mjs";

await open({ command: "login", tools: ["pulumi"] });
