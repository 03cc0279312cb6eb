import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CORPORA } from "./corpus";

// Hostile input: each parser in a process of its own, ended when one input takes longer than 30 s. Its memory is bounded: V8's
// heap by a flag, and the most that the whole process ever had, buffers too, by RSS_MIB_MAX. Measured: 100 to 150 MiB, and up
// to 361 MiB for JSON, whose bombs have 32 MiB each.
// `npm run test:fuzz` runs 100,000 inputs each; here it is some thousand.

const run = promisify(execFile);
const RUNS = Number(process.env.BREAKWATER_FUZZ_RUNS ?? 2_000);
/** The same in every `npm test`; the long run takes a new one each time. */
const SEED = Number(process.env.BREAKWATER_FUZZ_SEED ?? 20_261_124);
/** These read as far as they understand. */
const NEVER_REFUSED: ReadonlySet<string> = new Set(["link", "registry-errors", "scopes"]);
const HEAP_MIB = 192;
const RSS_MIB_MAX = 512;
/** For 100,000 inputs of the slowest parser on a busy machine; a hang is found long before. */
const TARGET_MS_MAX = 60_000 + RUNS * 30;

interface Summary {
  inputs: number;
  codes: object;
  maxRssMiB: number;
}

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "breakwater-fuzz-"));
  console.log(`fuzz: seed ${SEED}, ${RUNS} inputs a parser`);
});
afterAll(() => rm(directory, { recursive: true, force: true }));

describe("hostile input", () => {
  it.each(Object.entries(CORPORA))(
    "of %s is accepted or refused by an error with a code, within memory and time",
    async (name, make) => {
      const folder = join(directory, name);
      const { valid, context = {} } = await make();
      for (const kind of ["valid", "context", "scratch"]) await mkdir(join(folder, kind), { recursive: true });
      for (const [at, bytes] of valid.entries()) await writeFile(join(folder, "valid", String(at)), bytes);
      for (const [file, bytes] of Object.entries(context)) await writeFile(join(folder, "context", file), bytes);
      const worker = join(__dirname, "worker.mjs");
      const args = [`--max-old-space-size=${HEAP_MIB}`, worker, name, String(RUNS), String(SEED), folder];
      const { stdout } = await run(process.execPath, args, { timeout: TARGET_MS_MAX, maxBuffer: 64 * 1024 * 1024 });
      const summary = JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Summary;
      console.log(`fuzz: ${name} ${stdout.trim()}`);
      expect(summary.inputs).toBeGreaterThanOrEqual(RUNS);
      expect(summary.maxRssMiB).toBeLessThanOrEqual(RSS_MIB_MAX);
      expect(NEVER_REFUSED.has(name) || Object.keys(summary.codes).length > 0).toBe(true);
    },
    TARGET_MS_MAX,
  );
});
