// `npm run test:fuzz [-- --inputs N] [--seed S] [PARSER]`: hostile input for every parser, 100,000 each.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { projectRoot } from "./setup/paths.mjs";

const HELP = `npm run test:fuzz [-- OPTIONS] [PARSER]
Feeds hostile input to every parser (or to one, e.g. cose): it must accept it or refuse it by an error with a code, in a process
with a heap of 192 MiB that never has more than 512 MiB in all, and no input may take longer than 30 s. This is test/fuzz with
more inputs; the random runs of other tests have a fixed size.

  --inputs N   inputs for each parser (100000)
  --seed S     repeats a run: it prints its seed
  --help       this text

Exit codes: 0 all held, 1 a counterexample was found (it is printed), 2 wrong usage.
`;

/** @type {Record<string, { type: "string" | "boolean" }>} */
const options = { inputs: { type: "string" }, seed: { type: "string" }, help: { type: "boolean" } };
try {
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  if (values.help) process.stdout.write(HELP);
  else process.exitCode = fuzz(values, positionals);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n\n${HELP}`);
  process.exitCode = 2;
}

/**
 * @param {Record<string, unknown>} values
 * @param {string[]} positionals
 */
function fuzz({ inputs = "100000", seed = String(Date.now() % 2 ** 31) }, positionals) {
  for (const [name, value] of Object.entries({ inputs, seed })) {
    if (!/^[1-9]\d*$/.test(String(value))) throw new Error(`--${name} takes a whole number`);
  }
  const env = { ...process.env, BREAKWATER_FUZZ_RUNS: String(inputs), BREAKWATER_FUZZ_SEED: String(seed) };
  const only = positionals.flatMap((name) => ["--testNamePattern", ` ${name} `]);
  const args = [join(projectRoot, "scripts/test.mjs"), "test/fuzz", "--disable-console-intercept", ...only];
  return spawnSync(process.execPath, args, { stdio: "inherit", env }).status ?? 1;
}
