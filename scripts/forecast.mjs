import { open } from "./door.mjs";

// Without an inventory it is about what the stacks themselves have signed, which their state says.
const inventories = process.argv.filter((arg) => /^(--inventory(=|$)|state$)/.test(arg));
const needsState = inventories.length === 0 || inventories.some((arg) => arg.endsWith("state"));

await open({ command: "forecast", tools: needsState ? ["pulumi"] : [] });
