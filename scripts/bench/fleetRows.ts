import { PROCESSES } from "./notation";
import type { OursResult } from "./ours";
import type { BenchRegistry } from "./registries";
import type { ReplayResult } from "./replay";
import type { Row } from "./report";
import { median } from "./statistics";

export interface FleetOptions {
  /** Signed and verified by ours. */
  readonly images: number;
  /** Signed and verified by each way of running notation; its time for all is reckoned from these. */
  readonly sample: number;
  /** Images at a time, ours. */
  readonly concurrency: number;
  /** The contenders take turns this often; medians count. */
  readonly rounds: number;
}

export type Work = "sign" | "verify";

/** Each contender in one round; rates are images per second. */
export interface Round {
  readonly ours: OursResult;
  /** Processor time of the registry for one of our images, milliseconds. */
  readonly registryMs: number;
  readonly replay: ReplayResult;
  readonly sequential: number;
  /** By the number of processes. */
  readonly parallel: ReadonlyMap<number, number>;
}

const AIMS = {
  sign: { sequential: 8, parallel: 5, requests: { "tag schema": 6, "referrers API": 5 } },
  verify: { sequential: 6, parallel: 3, requests: { "tag schema": 4, "referrers API": 4 } },
} as const;
const REPLAY_PERCENT = 60;

/**
 * Medians of the rounds, beside their aims; the processor times say what holds a figure.
 * @param counted requests of each image that was by itself; the most of them is what an image takes
 */
export function rowsOf(
  work: Work,
  rounds: readonly Round[],
  counted: readonly number[],
  { referrers }: Pick<BenchRegistry, "referrers">,
  { images, sample, concurrency }: FleetOptions,
): Row[] {
  const aims = AIMS[work];
  const of = (figure: (round: Round) => number) => median(rounds.map(figure));
  const [processes, parallel] = bestParallel(of);
  const ours = of((round) => round.ours.perSecond);
  const sequential = of((round) => round.sequential);
  const bare = of((round) => round.replay.perSecond);
  const one = `notation ${work}, ${sample} images`;
  const best = `${one}, best of ${PROCESSES.join(", ")} processes: ${processes}`;
  const percent = (ours / bare) * 100;
  const rate = (what: string, value: number): Row => ({ what, value, unit: " /s" });
  const ratio = (what: string, value: number, least: number): Row => ({ what, value, unit: "×", aim: { least } });
  const requests = (what: string, value: number, how: Pick<Row, "aim" | "digits">): Row => ({
    what: `HTTP requests an image, warm: ${what}`,
    value,
    unit: "",
    digits: 0,
    ...how,
  });
  const processor = (what: string, value: number): Row => ({
    what: `processor time an image: ${what}`,
    value,
    unit: " ms",
  });
  return [
    rate(`ours, ${images} images, ${concurrency} at a time`, ours),
    rate(`${one}, one after the other`, sequential),
    rate(best, parallel),
    ratio("ours / notation, one after the other", ours / sequential, aims.sequential),
    ratio("ours / notation, best parallel", ours / parallel, aims.parallel),
    requests("one at a time, the most of any", Math.max(...counted), { aim: { most: aims.requests[referrers] } }),
    requests(
      `${concurrency} at a time, on average`,
      of((round) => round.ours.requests),
      { digits: 2 },
    ),
    rate("bare replay of our requests", bare),
    { what: "ours / bare replay", value: percent, unit: " %", digits: 0, aim: { least: REPLAY_PERCENT } },
    processor(
      "ours",
      of((round) => round.ours.processorMs),
    ),
    processor(
      "bare replay",
      of((round) => round.replay.processorMs),
    ),
    processor(
      "the registry, for ours",
      of((round) => round.registryMs),
    ),
  ];
}

function bestParallel(of: (figure: (round: Round) => number) => number): [processes: number, rate: number] {
  const rates = PROCESSES.map((processes): [number, number] => [
    processes,
    of(({ parallel }) => parallel.get(processes) ?? 0),
  ]);
  return rates.reduce((best, other) => (other[1] > best[1] ? other : best), [0, 0]);
}
