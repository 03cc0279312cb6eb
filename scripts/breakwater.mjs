#!/usr/bin/env node
// Not through door.mjs: here a set-up that fails means that there is no verdict (2), never a failed one (1), and scripts
// that ask for JSON get JSON.
import { createRequire } from "node:module";
import { join } from "node:path";
import { projectRoot, SetupError, setup } from "./setup/setup.mjs";

const args = process.argv.slice(2);
try {
  await setup({ tools: [] });
  const { breakwater } = createRequire(import.meta.url)(join(projectRoot, "bin/scripts/commands/breakwater.js"));
  process.exitCode = await breakwater(args);
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof SetupError ? error.code : "UNEXPECTED";
  if (args.includes("--json")) process.stdout.write(`${JSON.stringify({ error: { code, message } }, null, 2)}\n`);
  process.stderr.write(`${message} [${code}]\n`);
  process.exitCode = 2;
}
