// One call of the compiled handler in a process of its own, which a test may kill: what to do comes by standard input, progress
// goes to standard output, and the result to file descriptor 3.
import { readFileSync, writeSync } from "node:fs";
import { createRequire } from "node:module";

const { handlers: file, method, args } = JSON.parse(readFileSync(0, "utf8"));
const { handlers } = createRequire(import.meta.url)(file);
try {
  writeSync(3, JSON.stringify({ value: await handlers.harborInstallation[method](...args) }));
} catch (error) {
  writeSync(3, JSON.stringify({ error: error instanceof Error ? error.message : String(error) }));
}
