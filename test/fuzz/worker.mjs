// node --max-old-space-size=… worker.mjs TARGET RUNS SEED CORPUS_FOLDER
// Runs one target; the last line of standard output is `{"inputs", "accepted", "codes", "maxRssMiB"}`, exit 1 with the counterexample
// otherwise. The heap is limited by the caller; a second thread ends the process when one input takes too long.
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import * as fc from "fast-check";
import { BOMBS } from "./bombs.mjs";
import { mutated, mutatedJson } from "./mutations.mjs";
import { targets } from "./targets.mjs";

const { BreakwaterError } = createRequire(import.meta.url)("../../bin/components/errors.js");

const INPUT_SECONDS_MAX = 30;
const INPUT_BYTES_SHOWN = 1024 * 1024;

const [, , name = "", runs = "", seed = "", corpusFolder = ""] = process.argv;
const target = targets[name];
if (!target) throw new Error(`no target ${name}: one of ${Object.keys(targets).join(", ")}`);
const corpus = readdirSync(corpusFolder)
  .sort()
  .map((file) => readFileSync(join(corpusFolder, file)));

const codes = new Map();
let inputs = 0;
let accepted = 0;
const state = new SharedArrayBuffer(8);
const shown = new SharedArrayBuffer(INPUT_BYTES_SHOWN);
const counter = new Int32Array(state);
const shownBytes = new Uint8Array(shown);

const watchdog = new Worker(
  `const { workerData: { state, shown, seconds } } = require("node:worker_threads");
   const counter = new Int32Array(state);
   let seen = -1;
   setInterval(() => {
     if (Atomics.load(counter, 0) === seen) {
       const input = Buffer.from(Buffer.from(shown).subarray(0, Atomics.load(counter, 1)));
       require("node:fs").writeSync(2, "hangs on " + input.toString("base64") + "\\n");
       process.kill(process.pid, "SIGKILL");
     }
     seen = Atomics.load(counter, 0);
   }, seconds * 1000);`,
  { eval: true, workerData: { state, shown, seconds: INPUT_SECONDS_MAX } },
);
watchdog.unref();

/** A parser may accept or refuse: refuse only by an error of ours with a code. @param {Buffer} input */
async function holds(input) {
  inputs += 1;
  const part = input.subarray(0, INPUT_BYTES_SHOWN);
  shownBytes.set(part);
  Atomics.store(counter, 1, part.length);
  Atomics.store(counter, 0, inputs);
  try {
    await target.run(input);
    accepted += 1;
  } catch (error) {
    if (!(error instanceof BreakwaterError) || !/^[A-Z][A-Z0-9_]+$/.test(error.code)) throw error;
    codes.set(error.code, (codes.get(error.code) ?? 0) + 1);
  }
}

for (const bomb of BOMBS[target.syntax]) await holds(bomb);
for (const valid of corpus) await holds(valid);
if (accepted === 0) throw new Error(`${name}: nothing of the corpus is accepted, so its mutations would prove little`);

const inputsOf = target.syntax === "json" ? mutatedJson(corpus) : mutated(corpus);
const left = Math.max(Number(runs) - inputs, 1);
await fc.assert(fc.asyncProperty(inputsOf, holds), { numRuns: left, seed: Number(seed) });
const summary = {
  inputs,
  accepted,
  codes: Object.fromEntries([...codes].sort()),
  maxRssMiB: Math.round(process.resourceUsage().maxRSS / 1024),
};
process.stdout.write(`${JSON.stringify(summary)}\n`);
