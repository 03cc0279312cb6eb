import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { resolvePath } from "../../components/files/paths";
import { noop } from "../bench/noop";
import { signing } from "../bench/signing";
import type { Summary } from "./summary";

const ROUNDS = { noop: 5, signing: 20 };

/** `npm run bench`: ratios in one run, beside what a user would have instead. Absolute times depend on the machine. */
export async function bench(): Promise<number> {
  const say = (line: string) => process.stdout.write(`${line}\n`);
  say("Bringing the stack up …");
  const { stdout } = await promisify(execFile)(process.execPath, [resolvePath("scripts/start.mjs"), "--json"]);
  const summary = JSON.parse(stdout) as Summary;

  say(`\nNo-op (median of ${ROUNDS.noop}, in turns)`);
  const idle = await noop(ROUNDS.noop, summary);
  say(`  npm start that changes nothing     ${seconds(idle.startMs)}`);
  say(`  the engine's floor                 ${seconds(idle.floorMs)}`);
  say(`  ratio                              ${(idle.startMs / idle.floorMs).toFixed(2)} (aim: 1.50 or less)`);

  say(`\nOne image signed and pushed (median of ${ROUNDS.signing}, in turns, same key, same registry)`);
  const signed = await signing(ROUNDS.signing);
  say(`  ours: sign, verify, push, verify   ${seconds(signed.oursMs)}`);
  say(`  notation sign                      ${seconds(signed.notationMs)}`);
  say(`  notation / ours                    ${(signed.notationMs / signed.oursMs).toFixed(2)}`);
  return 0;
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(3)} s`;
}
