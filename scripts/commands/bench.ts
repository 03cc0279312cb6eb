import { execFile } from "node:child_process";
import { rm } from "node:fs/promises";
import { promisify } from "node:util";
import { resolvePath } from "../../components/files/paths";
import { noop } from "../bench/noop";
import { signing } from "../bench/signing";
import { runCommand } from "./command";
import type { Summary } from "./summary";

const ROUNDS = { noop: 5, signing: 20 };

/** `npm run bench`: ratios in one run, beside what a user would have instead. Absolute times depend on the machine. */
export function bench(): Promise<number> {
  return runCommand(compare);
}

async function compare(): Promise<void> {
  const print = (line: string) => process.stdout.write(`${line}\n`);
  print("Bringing the stack up …");
  const { stdout } = await promisify(execFile)(process.execPath, [resolvePath("scripts/start.mjs"), "--json"]);
  const summary = JSON.parse(stdout) as Summary;

  print(`\nNo-op (median of ${ROUNDS.noop}, in turns)`);
  const idle = await noop(ROUNDS.noop, summary);
  print(`  npm start that changes nothing     ${seconds(idle.startMs)}`);
  print(`  the engine's floor                 ${seconds(idle.floorMs)}`);
  print(`  ratio                              ${(idle.startMs / idle.floorMs).toFixed(2)} (aim: 1.50 or less)`);

  print(`\nOne image signed and pushed (median of ${ROUNDS.signing}, in turns, same key, same registry)`);
  const signed = await signing(ROUNDS.signing);
  print(`  ours: sign, verify, push, verify   ${seconds(signed.oursMs)}`);
  print(`  notation sign                      ${seconds(signed.notationMs)}`);
  print(`  notation / ours                    ${(signed.notationMs / signed.oursMs).toFixed(2)}`);
  await rm(resolvePath(".breakwater/bench"), { recursive: true, force: true });
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(3)} s`;
}
