// node --max-old-space-size=… worker.mjs TARGET RUNS SEED FOLDER
// Runs one target on the corpus in FOLDER: `valid/`, and `context/` for what the target needs beside its input; `scratch/` is
// an empty folder for its files. The last line of standard output is `{"inputs", "accepted", "codes", "maxRssMiB"}`, exit 1
// with the counterexample otherwise. The caller limits the heap and judges the whole process's memory by maxRssMiB; a second
// thread ends the process when one input takes too long.
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

const [, , name = "", runs = "", seed = "", folder = ""] = process.argv;
const target = targets[name];
if (!target) throw new Error(`no target ${name}: one of ${Object.keys(targets).join(", ")}`);
const filesIn = (/** @type {string} */ kind) =>
  readdirSync(join(folder, kind))
    .sort()
    .map((file) => /** @type {const} */ ([file, readFileSync(join(folder, kind, file))]));
const corpus = filesIn("valid").map(([, bytes]) => bytes);
const context = Object.fromEntries(filesIn("context"));
const scratch = join(folder, "scratch");

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
    await target.run(input, context, scratch);
    accepted += 1;
  } catch (error) {
    if (!(error instanceof BreakwaterError) || !/^[A-Z][A-Z0-9_]+$/.test(error.code)) throw error;
    codes.set(error.code, (codes.get(error.code) ?? 0) + 1);
  }
}

for (const [at, valid] of corpus.entries()) {
  await holds(valid);
  const refused = `${[...codes.keys()]}`;
  if (refused !== "")
    throw new Error(`${name}: the valid input ${at} is refused (${refused}): its mutations prove little`);
}
for (const bomb of BOMBS[target.syntax]) await holds(bomb.subarray(0, target.limit));

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
