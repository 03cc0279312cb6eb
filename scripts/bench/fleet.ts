import type { PinnedImage } from "../../components/image/pinnedImage";
import { pushImages } from "./images";
import { Notation, PROCESSES } from "./notation";
import { Ours, type OursResult } from "./ours";
import type { Place } from "./place";
import { type RecordedRequest, recorded } from "./recording";
import type { BenchRegistry } from "./registries";
import { replay } from "./replay";
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

type Work = "sign" | "verify";

/** Images per second of each contender in one round. */
interface Round {
  readonly ours: OursResult;
  readonly replay: number;
  readonly sequential: number;
  /** By the number of processes. */
  readonly parallel: ReadonlyMap<number, number>;
}

const AIMS = {
  sign: { sequential: 8, parallel: 5, requests: { "tag schema": 6, "referrers API": 5 } },
  verify: { sequential: 6, parallel: 3, requests: { "tag schema": 4, "referrers API": 4 } },
} as const;
const REPLAY_PERCENT = 60;

/** Many images on one registry: ours, beside the notation CLI and beside the bare requests. */
export async function fleet(
  place: Place,
  registry: BenchRegistry,
  options: FleetOptions,
): Promise<Record<Work, Row[]>> {
  const bench = new FleetBench(place, registry, options);
  await bench.prepare();
  const sign: Round[] = [];
  const verify: Round[] = [];
  for (let round = 0; round < options.rounds; round += 1) {
    sign.push(await bench.sign());
    verify.push(await bench.verify());
  }
  return { sign: rowsOf("sign", sign, registry, options), verify: rowsOf("verify", verify, registry, options) };
}

class FleetBench {
  readonly #registry: BenchRegistry;
  readonly #options: FleetOptions;
  readonly #ours: Ours;
  readonly #notation: Notation;
  readonly #recordings: Record<Work, RecordedRequest[][]> = { sign: [], verify: [] };
  #signed: PinnedImage[] = [];
  #repositories = 0;

  constructor(place: Place, registry: BenchRegistry, options: FleetOptions) {
    this.#registry = registry;
    this.#options = options;
    this.#ours = new Ours(place);
    this.#notation = new Notation(place, registry);
  }

  /** Logs in, compiles what runs often, and records what our requests are, one image after the other. */
  async prepare(): Promise<void> {
    const images = await this.#repository(this.#options.images, "recorded");
    for (const image of images) {
      this.#recordings.sign.push(await recorded(() => this.#ours.sign([image], 1)));
    }
    for (const image of images) {
      this.#recordings.verify.push(await recorded(() => this.#ours.verify([image], 1)));
    }
  }

  async sign(): Promise<Round> {
    const { images, sample, concurrency } = this.#options;
    const all = await this.#repository(images);
    const ours = await this.#ours.sign(all, concurrency);
    this.#signed = all;
    const [{ repository: to } = { repository: "" }] = await this.#repository(images);
    const place = { connection: this.#registry.connection, from: "bench/recorded", to };
    const bare = await replay(this.#recordings.sign, place, concurrency);
    const parallel = new Map<number, number>();
    for (const processes of PROCESSES) {
      parallel.set(processes, await this.#notation.sign(await this.#repository(sample), processes));
    }
    const sequential = await this.#notation.sign(await this.#repository(sample), 1);
    return { ours, replay: bare, sequential, parallel };
  }

  /** What was signed last. */
  async verify(): Promise<Round> {
    const { sample, concurrency } = this.#options;
    const ours = await this.#ours.verify(this.#signed, concurrency);
    const place = { connection: this.#registry.connection, from: "bench/recorded", to: "bench/recorded" };
    const bare = await replay(this.#recordings.verify, place, concurrency);
    const some = this.#signed.slice(0, sample);
    const parallel = new Map<number, number>();
    for (const processes of PROCESSES) parallel.set(processes, await this.#notation.verify(some, processes));
    return { ours, replay: bare, sequential: await this.#notation.verify(some, 1), parallel };
  }

  /** Images in a repository of their own, which one signature has made known to our client as it is to a long-lived one. */
  async #repository(count: number, name?: string): Promise<PinnedImage[]> {
    this.#repositories += 1;
    const repository = `bench/${name ?? `fleet-${this.#repositories}`}`;
    const [first, ...images] = await pushImages(this.#registry.connection, repository, count + 1);
    if (first !== undefined) await this.#ours.sign([first], 1);
    return images;
  }
}

function rowsOf(work: Work, rounds: Round[], { referrers }: BenchRegistry, options: FleetOptions): Row[] {
  const { images, sample, concurrency } = options;
  const aims = AIMS[work];
  const best = PROCESSES.map((processes) => ({
    processes,
    rate: median(rounds.map((round) => round.parallel.get(processes) ?? 0)),
  }))
    .sort((left, right) => right.rate - left.rate)
    .at(0) ?? { processes: 0, rate: 0 };
  const ours = median(rounds.map((round) => round.ours.perSecond));
  const bare = median(rounds.map((round) => round.replay));
  const sequential = median(rounds.map((round) => round.sequential));
  const requests = median(rounds.map((round) => round.ours.requests));
  const percent = (ours / bare) * 100;
  return [
    { what: `ours, ${images} images, ${concurrency} at a time`, value: ours, unit: " /s" },
    { what: `notation ${work}, ${sample} images, one after the other`, value: sequential, unit: " /s" },
    {
      what: `notation ${work}, ${sample} images, best of ${PROCESSES.join(", ")} processes: ${best.processes}`,
      value: best.rate,
      unit: " /s",
    },
    {
      what: "ours / notation, one after the other",
      value: ours / sequential,
      unit: "×",
      aim: { least: aims.sequential },
    },
    { what: "ours / notation, best parallel", value: ours / best.rate, unit: "×", aim: { least: aims.parallel } },
    {
      what: "HTTP requests an image, warm",
      value: requests,
      unit: "",
      digits: 2,
      aim: { most: aims.requests[referrers] },
    },
    { what: "bare replay of our requests", value: bare, unit: " /s" },
    { what: "ours / bare replay", value: percent, unit: " %", digits: 0, aim: { least: REPLAY_PERCENT } },
  ];
}
