import { open } from "./door.mjs";

await open({ command: "renew", tools: ["pulumi"] });
