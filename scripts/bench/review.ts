import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { inPool } from "../../components/concurrency/inPool";
import { resolvePath } from "../../components/files/paths";
import { generateTestIdentity } from "../../components/identity/generateTest";
import { openRepository, type PinnedImage } from "../../components/image/pinnedImage";
import type { TrustDeclaration } from "../../components/notary/trust/declaration";
import { digestOf } from "../../components/oci/digest";
import { OCI_IMAGE_CONFIG, OCI_IMAGE_INDEX, OCI_IMAGE_MANIFEST } from "../../components/oci/mediaTypes";
import { referrerDescriptor } from "../../components/oci/referrerDescriptor";
import { referrersTag } from "../../components/oci/referrersTag";
import { renderTrustDirectory } from "../../components/trust/directory";
import { say } from "../commands/command";
import { Notation } from "./notation";
import { BENCH_HOME, type Place } from "./place";
import type { BenchRegistry } from "./registries";
import type { Row } from "./report";
import { IMAGE_CONFIG, type SignedImage, signedImages, writeLayout } from "./reviewCorpus";
import type { ReviewRunArgs, ReviewRunResult } from "./reviewRun";
import { median } from "./statistics";

const HOME = `${BENCH_HOME}/review`;
const PART = 10;
/** Longer than the signers' certificates last. */
const AHEAD = 30 * 86_400_000;
const REPOSITORY = "bench/review";
const ROUNDS = 3;
const PUSHED_AT_ONCE = 32;
const NOTATION_PROCESSES = 2;
/** Of the process, whatever it judges. */
const MEMORY_MIB = 512;

interface Corpus {
  readonly images: readonly SignedImage[];
  readonly base: TrustDeclaration;
  /** Without one of the two signers. */
  readonly head: TrustDeclaration;
}

export interface ReviewOptions {
  /** Signed images; a multiple of 20. */
  readonly corpus: number;
  /** Images that notation verifies; its time for all is reckoned from these. */
  readonly sample: number;
}

/**
 * A trust review of many signed images, half of which lose their signer: from an OCI image layout and from a registry, beside
 * `notation verify` of each image under each policy, reckoned from a sample.
 */
export async function review(
  place: Place,
  registry: BenchRegistry,
  { corpus: count, sample }: ReviewOptions,
): Promise<Row[]> {
  say(`Signing ${count} images …`);
  const corpus = await makeCorpus(place, count);
  say("Reviewing the layouts …");
  const whole = await layoutRuns(corpus, count);
  const part = await layoutRuns(corpus, count / PART);
  say("Looking ahead …");
  const ahead = await layoutRuns(corpus, count, AHEAD);
  const partAhead = await layoutRuns(corpus, count / PART, AHEAD);
  say(`Pushing ${count} images …`);
  await push(registry, corpus.images);
  say("Reviewing the registry …");
  const cache = resolvePath(`${HOME}/cache`);
  const before = await registry.processorMs();
  const cold = await run(registryArgs(registry, corpus, cache), count);
  const registryMs = (await registry.processorMs()) - before;
  const warm = await run(registryArgs(registry, corpus, cache), count);
  say("Verifying with notation …");
  const notation = (await notationSeconds(place, registry, corpus, sample)) * (count / sample);
  const notationMs = notation * 1000;
  const loop = `notation verify under both policies, ${NOTATION_PROCESSES} processes, reckoned from ${sample}`;
  return [
    seconds(`${count} images, OCI layout`, whole.ms, 15),
    seconds("processor time of that, all threads", whole.processorMs),
    seconds(`${count / PART} images, OCI layout`, part.ms),
    { what: "ratio of the two", value: whole.ms / part.ms, unit: "×", aim: { most: PART * 1.1 } },
    memory(`${count} images, OCI layout`, whole, MEMORY_MIB),
    memory(`${count / PART} images, OCI layout`, part),
    seconds(`forecast of ${count} images that all fail by then, OCI layout`, ahead.ms),
    seconds(`forecast of ${count / PART} images`, partAhead.ms),
    { what: "ratio of the two", value: ahead.ms / partAhead.ms, unit: "×", aim: { most: PART * 1.1 } },
    memory(`forecast of ${count} images`, ahead, MEMORY_MIB),
    seconds(`${count} images, registry, nothing in the cache`, cold.ms),
    seconds("processor time of that, ours", cold.processorMs),
    seconds("processor time of that, the registry", registryMs),
    seconds(`${count} images, registry, again`, warm.ms),
    memory(`${count} images, registry`, cold, MEMORY_MIB),
    seconds(loop, notationMs),
    { what: "notation / review, registry, nothing in the cache", value: notationMs / cold.ms, unit: "×" },
    { what: "notation / review, OCI layout", value: notationMs / whole.ms, unit: "×" },
  ];
}

function seconds(what: string, ms: number, most?: number): Row {
  return { what, value: ms / 1000, unit: " s", ...(most !== undefined && { aim: { most } }) };
}

function memory(what: string, { peakMiB }: ReviewRunResult, most?: number): Row {
  const aim = most !== undefined && { aim: { most } };
  return { what: `peak memory: ${what}`, value: peakMiB, unit: " MiB", digits: 0, ...aim };
}

async function makeCorpus({ identity, trust }: Place, count: number): Promise<Corpus> {
  const other = await generateTestIdentity({ commonName: "leaves", lifetimeSeconds: 86_400, clock: () => new Date() });
  const images = await signedImages(count, [identity, other]);
  for (const some of [count, count / PART]) await writeLayout(folderOf(some), images.slice(0, some));
  const [[store, certificates] = ["", []]] = Object.entries(trust.stores);
  const base = { ...trust, stores: { [store]: [...certificates, other.certificate] } };
  return { images, base, head: trust };
}

/** The median of some runs, each in a process of its own. */
async function layoutRuns({ base, head }: Corpus, count: number, aheadMs?: number): Promise<ReviewRunResult> {
  const inventory = `oci-layout:${folderOf(count)}=registry.example/bench`;
  const until = aheadMs === undefined ? {} : { until: new Date(Date.now() + aheadMs).toISOString() };
  const runs: ReviewRunResult[] = [];
  for (let round = 0; round < ROUNDS; round += 1) runs.push(await run({ inventory, base, head, ...until }, count));
  const ms = median(runs.map((each) => each.ms));
  return runs.find((each) => each.ms === ms) as ReviewRunResult;
}

function registryArgs({ connection }: BenchRegistry, { base, head }: Corpus, cache: string): ReviewRunArgs {
  const { caFile = "" } = connection;
  const inventory = `registry:${connection.host}/${REPOSITORY}`;
  return { inventory, base, head, cache, connection: { host: connection.host, caFile: resolvePath(caFile) } };
}

/** Throws unless half of the images flip, or all fail in a forecast, and none is unknown. */
async function run(args: ReviewRunArgs, count: number): Promise<ReviewRunResult> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    require.resolve("./reviewRun"),
    JSON.stringify(args),
  ]);
  const result = JSON.parse(stdout) as ReviewRunResult;
  const flips = args.until === undefined ? count / 2 : count;
  if (result.flips === flips && result.unchanged === count - flips && result.unknown === 0) return result;
  throw new Error(`a review of ${count} images gave ${stdout}`);
}

/** With lists of signatures by the tag schema; nobody else writes there, so that none has to be read back. */
async function push({ connection }: BenchRegistry, images: readonly SignedImage[]): Promise<void> {
  const repository = openRepository({ registry: connection, repository: REPOSITORY });
  const config = { mediaType: OCI_IMAGE_CONFIG, digest: digestOf(IMAGE_CONFIG), size: IMAGE_CONFIG.length };
  await repository.pushBytes(config, IMAGE_CONFIG);
  await repository.ensureEmptyBlob();
  await inPool(images, PUSHED_AT_ONCE, async ({ manifest, descriptor, tag, signature }) => {
    const { envelope, envelopeMediaType: mediaType } = signature;
    await repository.uploadBytes({ mediaType, digest: digestOf(envelope), size: envelope.length }, envelope);
    await repository.pushManifest(manifest, descriptor.mediaType, tag);
    const signed = await repository.pushManifest(signature.manifest, OCI_IMAGE_MANIFEST);
    const listed = referrerDescriptor(signature.manifest, signed);
    const list = { schemaVersion: 2, mediaType: OCI_IMAGE_INDEX, manifests: [listed] };
    await repository.pushManifest(Buffer.from(JSON.stringify(list)), OCI_IMAGE_INDEX, referrersTag(descriptor.digest));
  });
}

/** Of a sample, under each of the two policies, some processes at a time. An image that is not verified counts as well. */
async function notationSeconds(place: Place, registry: BenchRegistry, corpus: Corpus, sample: number): Promise<number> {
  const { connection } = registry;
  const pinned = corpus.images
    .slice(0, sample)
    .map(({ descriptor }): PinnedImage => ({ registry: connection, repository: REPOSITORY, ...descriptor }));
  let seconds = 0;
  for (const [name, trust] of Object.entries({ base: corpus.base, head: corpus.head })) {
    const notationConfig = resolvePath(`${HOME}/notation-${name}`);
    await writeTrust(notationConfig, trust);
    const notation = new Notation({ ...place, notationConfig }, registry);
    seconds += pinned.length / (await notation.judge(pinned, NOTATION_PROCESSES));
  }
  return seconds;
}

async function writeTrust(directory: string, trust: TrustDeclaration): Promise<void> {
  for (const [name, content] of Object.entries(renderTrustDirectory(trust))) {
    const file = path.join(directory, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content, { mode: 0o600 });
  }
}

function folderOf(count: number): string {
  return resolvePath(`${HOME}/layout-${count}`);
}
