import { spawn } from "node:child_process";
import { SetupError } from "./error.mjs";

/** How much of a child's output is kept for an error message, in characters. */
const KEPT_OUTPUT = 16_384;

const SIGNALS = /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"]);

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env]
 * @property {number} [timeout] milliseconds, after which the child is killed
 * @property {boolean} [show] the child's output goes to our standard error instead of being kept
 * @property {(line: string) => void} [onLine] the newest line of output
 */

/**
 * Runs a program to its end. Its standard input is empty and its output never reaches our standard output.
 * A signal to us is passed on, so that no child outlives an interrupted set-up.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<{code: number | null, output: string}>} `code` is null when a signal ended the child
 * @throws {SetupError} INTERRUPTED
 * @throws the error of `spawn` when the program cannot be started
 */
export async function run(command, args, { cwd, env, timeout, show = false, onLine } = {}) {
  /** @type {NodeJS.Signals | undefined} */
  let received;
  let output = "";
  const child = spawn(command, args, {
    cwd,
    env,
    timeout,
    killSignal: "SIGKILL",
    stdio: show ? ["ignore", 2, 2] : ["ignore", "pipe", "pipe"],
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (/** @type {string} */ text) => {
      output = (output + text).slice(-KEPT_OUTPUT);
      const line = text.trim().split("\n").at(-1);
      if (line) onLine?.(line);
    });
  }

  /** @param {NodeJS.Signals} signal */
  const passOn = (signal) => {
    received = signal;
    child.kill(signal);
  };
  const killChild = () => void child.kill("SIGKILL");
  for (const signal of SIGNALS) process.on(signal, passOn);
  process.on("exit", killChild);
  try {
    const code = await new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
    if (received === undefined) return { code, output };
  } finally {
    for (const signal of SIGNALS) process.off(signal, passOn);
    process.off("exit", killChild);
  }
  // Without another listener this ends the process as the signal would have.
  process.kill(process.pid, received);
  throw new SetupError("INTERRUPTED", `The set-up was interrupted by ${received}: run the command again`);
}
