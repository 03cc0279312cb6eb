// `npm run test:review-proof [-- --seed S] [--report FILE]`: reviews beside the notation CLI, with the whole corpus.
import { spawnSync } from "node:child_process";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { projectRoot } from "./setup/paths.mjs";

const HELP = `npm run test:review-proof [-- OPTIONS]
Signs some 400 images in all ways, changes a trust in all ways, and compares each review of a change with the verdicts of the real
notation CLI on every image before and after it: no flip may be missed or invented. This is test/review/proof with an image of each
kind in every repository; some 16,000 runs of notation, a quarter of an hour on two cores.

  --seed S       repeats a run: it prints its seed
  --report FILE  writes what was run and which flips there were, as Markdown
  --help         this text

Exit codes: 0 all held, 1 something did not, 2 wrong usage.
`;

/** @type {Record<string, { type: "string" | "boolean" }>} */
const options = { seed: { type: "string" }, report: { type: "string" }, help: { type: "boolean" } };
try {
  const { values } = parseArgs({ options });
  if (values.help) process.stdout.write(HELP);
  else process.exitCode = prove(values);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n\n${HELP}`);
  process.exitCode = 2;
}

/** @param {Record<string, string | boolean | undefined>} values */
function prove({ seed = String(Date.now() % 2 ** 31), report }) {
  if (!/^\d{1,10}$/.test(String(seed))) throw new Error("--seed takes a whole number");
  const settings = {
    BREAKWATER_SEED: String(seed),
    BREAKWATER_PROOF_SPREAD: "10",
    ...(report !== undefined && { BREAKWATER_REPORT: resolve(String(report)) }),
  };
  const args = [join(projectRoot, "scripts/test.mjs"), "test/review/proof", "--disable-console-intercept"];
  return spawnSync(process.execPath, args, { stdio: "inherit", env: { ...process.env, ...settings } }).status ?? 1;
}
