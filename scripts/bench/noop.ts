import { execFile } from "node:child_process";
import { mkdir, rm } from "node:fs/promises";
import { promisify } from "node:util";
import { resolvePath } from "../../components/files/paths";
import { LOCAL_HOME } from "../../stacks/localConfig";
import type { Summary } from "../commands/summary";
import { BENCH_HOME } from "./place";
import type { Row } from "./report";
import { inTurns, median } from "./statistics";

const run = promisify(execFile);

/** Dynamic resources of the stack `local`; each has a component above it. */
const RESOURCES = 8;
/** What a no-op asks the registry: tag, signature list, manifest and envelope; and twice the same for the gate. */
const REQUESTS = 13;

/** A `npm start` that changes nothing beside the engine's floor; the stack must be up. */
export async function noop(rounds: number, summary: Summary): Promise<Row[]> {
  const home = resolvePath(`${BENCH_HOME}/floor`);
  await mkdir(`${home}/pulumi-home`, { recursive: true });
  const root = resolvePath(`${LOCAL_HOME}/certificate/root.pem`);
  const floor = [require.resolve("./floor"), home, String(RESOURCES), String(REQUESTS), summary.registry, root];
  const env = { ...process.env, PULUMI_HOME: `${home}/pulumi-home` };
  await run(process.execPath, floor, { env }); // creates what the timed runs leave as it is
  try {
    const times = await inTurns(rounds, {
      start: () => run(process.execPath, [resolvePath("scripts/start.mjs"), "--json"]),
      floor: () => run(process.execPath, floor, { env }),
    });
    const [startMs, floorMs] = [median(times.start), median(times.floor)];
    return [
      { what: "npm start that changes nothing", value: startMs / 1000, unit: " s", digits: 3 },
      { what: "the engine's floor", value: floorMs / 1000, unit: " s", digits: 3 },
      { what: "ratio", value: startMs / floorMs, unit: "×", digits: 2, aim: { most: 1.5 } },
    ];
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}
