import type { PinnedImage } from "../../components/image/pinnedImage";
import { pushImages } from "./images";
import { Notation, PROCESSES } from "./notation";
import { Ours } from "./ours";
import type { Place } from "./place";
import { type RecordedRequest, recorded } from "./recording";
import type { BenchRegistry } from "./registries";
import { replay } from "./replay";
import { type FleetOptions, type Round, rowsOf, type Work } from "./fleetRows";
import type { Row } from "./report";

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
  return {
    sign: rowsOf("sign", sign, bench.requests("sign"), registry, options),
    verify: rowsOf("verify", verify, bench.requests("verify"), registry, options),
  };
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

  /** Of each image that was recorded, seen from outside the client. */
  requests(work: Work): number[] {
    return this.#recordings[work].map(({ length }) => length);
  }

  async sign(): Promise<Round> {
    const { images, sample, concurrency } = this.#options;
    const all = await this.#repository(images);
    const before = await this.#registry.processorMs();
    const ours = await this.#ours.sign(all, concurrency);
    const registryMs = ((await this.#registry.processorMs()) - before) / images;
    this.#signed = all;
    const [{ repository: to } = { repository: "" }] = await this.#repository(images);
    const place = { connection: this.#registry.connection, from: "bench/recorded", to };
    const bare = await replay(this.#recordings.sign, place, concurrency);
    const parallel = new Map<number, number>();
    for (const processes of PROCESSES) {
      parallel.set(processes, await this.#notation.sign(await this.#repository(sample), processes));
    }
    const sequential = await this.#notation.sign(await this.#repository(sample), 1);
    return { ours, registryMs, replay: bare, sequential, parallel };
  }

  /** What was signed last. */
  async verify(): Promise<Round> {
    const { sample, concurrency } = this.#options;
    const before = await this.#registry.processorMs();
    const ours = await this.#ours.verify(this.#signed, concurrency);
    const registryMs = ((await this.#registry.processorMs()) - before) / this.#signed.length;
    const place = { connection: this.#registry.connection, from: "bench/recorded", to: "bench/recorded" };
    const bare = await replay(this.#recordings.verify, place, concurrency);
    const some = this.#signed.slice(0, sample);
    const parallel = new Map<number, number>();
    for (const processes of PROCESSES) parallel.set(processes, await this.#notation.verify(some, processes));
    return { ours, registryMs, replay: bare, sequential: await this.#notation.verify(some, 1), parallel };
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
