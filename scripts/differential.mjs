// `npm run test:differential [-- --cases N] [--seed S] [--report FILE]`: our verdicts beside notation-go's, on random cases.
import { spawnSync } from "node:child_process";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { projectRoot } from "./setup/paths.mjs";

const HELP = `npm run test:differential [-- OPTIONS]
Puts random cases (envelopes, certificate chains, time stamps, revocation data, trust policies, clocks) to Breakwater and to
notation-go 1.3.2, which is built from test/differential/oracle: verdict, and validation, action and result of every outcome must
be the same, but for the differences that test/differential/differences.ts names. A disagreement is printed, and kept as a file.

  --cases N      how many (100000)
  --seed S       repeats a run: it prints its seed
  --report FILE  writes what was run, and how often each outcome came up, as Markdown
  --only INDEX   one case of a run, with its --seed
  --case FILE    a case that was kept
  --help         this text

Exit codes: 0 all agree, 1 they do not (or an outcome came up too rarely), 2 wrong usage.
`;

/** @type {Record<string, { type: "string" | "boolean" }>} */
const options = {
  cases: { type: "string" },
  seed: { type: "string" },
  report: { type: "string" },
  only: { type: "string" },
  case: { type: "string" },
  help: { type: "boolean" },
};
try {
  const { values } = parseArgs({ options });
  if (values.help) process.stdout.write(HELP);
  else process.exitCode = differential(values);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n\n${HELP}`);
  process.exitCode = 2;
}

/** @param {Record<string, string | boolean | undefined>} values */
function differential({ cases = "100000", seed, only, ...files }) {
  for (const [name, value] of Object.entries({ cases, seed, only })) {
    if (value !== undefined && !/^\d{1,9}$/.test(String(value))) throw new Error(`--${name} takes a whole number`);
  }
  const path = (/** @type {string | boolean | undefined} */ file) =>
    file === undefined ? undefined : resolve(String(file));
  const settings = {
    BREAKWATER_CASES: cases,
    BREAKWATER_SEED: seed ?? Date.now() % 2 ** 31,
    BREAKWATER_ONLY: only,
    BREAKWATER_REPORT: path(files.report),
    BREAKWATER_CASE: path(files.case),
  };
  const given = Object.entries(settings).filter(([, value]) => value !== undefined);
  const env = { ...process.env, ...Object.fromEntries(given.map(([name, value]) => [name, String(value)])) };
  const args = [join(projectRoot, "scripts/test.mjs"), "test/differential", "--disable-console-intercept"];
  return spawnSync(process.execPath, args, { stdio: "inherit", env }).status ?? 1;
}
