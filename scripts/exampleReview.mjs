import { open } from "./door.mjs";

await open({ command: "exampleReview", tools: [] });
