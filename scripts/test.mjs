// `npm test`, and `npm run test:system` (--system) for what needs root: set-up, then vitest. Further arguments go to vitest.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { projectRoot, workDirectory } from "./setup/paths.mjs";
import { SetupError, setup } from "./setup/setup.mjs";
import { tools } from "./setup/tools.mjs";

const system = process.argv.includes("--system");
const filters = process.argv.slice(2).filter((argument) => argument !== "--system");
const results = join(workDirectory(projectRoot), "test-results", system ? "system.json" : "test.json");

try {
  const needed = tools.filter(({ systemTests }) => system || !systemTests);
  await setup({ tools: needed.map(({ name }) => name) });
  const vitest = spawn(
    process.execPath,
    [
      join(projectRoot, "node_modules/vitest/vitest.mjs"),
      "run",
      "--config=test/vitest.config.mjs",
      "--reporter=default",
      "--reporter=json",
      `--outputFile.json=${results}`,
      ...filters,
    ],
    { cwd: projectRoot, stdio: "inherit", env: { ...process.env, ...(system && { BREAKWATER_TEST_SYSTEM: "1" }) } },
  );
  process.exitCode = await new Promise((resolve) => vitest.once("exit", (code) => resolve(code ?? 1)));
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  process.stderr.write(`${error.message} [${error.code}]\n`);
  process.exitCode = 1;
}
