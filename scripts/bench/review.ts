import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { resolvePath } from "../../components/files/paths";
import { generateTestIdentity } from "../../components/identity/generateTest";
import { openRepository, type PinnedImage } from "../../components/image/pinnedImage";
import type { TrustDeclaration } from "../../components/notary/trust/declaration";
import { digestOf } from "../../components/oci/digest";
import { OCI_IMAGE_CONFIG } from "../../components/oci/mediaTypes";
import { OciSignatureRepository } from "../../components/oci/signatureRepository";
import { renderTrustDirectory } from "../../components/trust/directory";
import { Notation } from "./notation";
import { BENCH_HOME, type Place } from "./place";
import { inPool } from "./pool";
import type { BenchRegistry } from "./registries";
import type { Row } from "./report";
import { IMAGE_CONFIG, type SignedImage, signedImages, writeLayout } from "./reviewCorpus";
import type { ReviewRunArgs, ReviewRunResult } from "./reviewRun";
import { median } from "./statistics";

const HOME = `${BENCH_HOME}/review`;
const IMAGES = 10_000;
const PART = 10;
const REPOSITORY = "bench/review";
const ROUNDS = 3;
const NOTATION_PROCESSES = 2;

interface Corpus {
  readonly images: readonly SignedImage[];
  readonly base: TrustDeclaration;
  /** Without one of the two signers. */
  readonly head: TrustDeclaration;
}

/**
 * A trust review of 10,000 signed images, half of which lose their signer: from an OCI image layout and from a registry, beside
 * `notation verify` of each image under each policy, reckoned from a sample.
 */
export async function review(place: Place, registry: BenchRegistry, sample: number): Promise<Row[]> {
  const corpus = await makeCorpus(place);
  const whole = await layoutRuns(corpus, IMAGES);
  const part = await layoutRuns(corpus, IMAGES / PART);
  await push(registry, corpus.images);
  const cache = resolvePath(`${HOME}/cache`);
  const cold = await run(registryArgs(registry, corpus, cache), IMAGES);
  const warm = await run(registryArgs(registry, corpus, cache), IMAGES);
  const notation = (await notationSeconds(place, registry, corpus, sample)) * (IMAGES / sample);
  const seconds = (what: string, { ms }: { ms: number }, most?: number): Row => ({
    what,
    value: ms / 1000,
    unit: " s",
    ...(most !== undefined && { aim: { most } }),
  });
  const memory = (what: string, { peakMiB }: ReviewRunResult, most?: number): Row => ({
    what: `peak memory: ${what}`,
    value: peakMiB,
    unit: " MiB",
    digits: 0,
    ...(most !== undefined && { aim: { most } }),
  });
  return [
    seconds(`${IMAGES} images, OCI layout`, whole, 15),
    seconds(`${IMAGES / PART} images, OCI layout`, part),
    { what: "ratio of the two", value: whole.ms / part.ms, unit: "×", aim: { most: PART * 1.1 } },
    memory(`${IMAGES} images, OCI layout`, whole, 512),
    memory(`${IMAGES / PART} images, OCI layout`, part),
    seconds(`${IMAGES} images, registry, nothing in the cache`, cold),
    seconds(`${IMAGES} images, registry, again`, warm),
    memory(`${IMAGES} images, registry`, cold, 512),
    seconds(`notation verify, both policies, ${NOTATION_PROCESSES} processes, reckoned from ${sample}`, {
      ms: notation * 1000,
    }),
    {
      what: "notation / review from the registry, nothing in the cache",
      value: (notation * 1000) / cold.ms,
      unit: "×",
    },
    { what: "notation / review from an OCI layout", value: (notation * 1000) / whole.ms, unit: "×" },
  ];
}

async function makeCorpus({ identity, trust }: Place): Promise<Corpus> {
  const other = await generateTestIdentity({ commonName: "leaves", lifetimeSeconds: 86_400, clock: () => new Date() });
  const images = await signedImages(IMAGES, [identity, other]);
  for (const count of [IMAGES, IMAGES / PART]) await writeLayout(folderOf(count), images.slice(0, count));
  const [[store, certificates] = ["", []]] = Object.entries(trust.stores);
  const base = { ...trust, stores: { [store]: [...certificates, other.certificate] } };
  return { images, base, head: trust };
}

/** The median of some runs, each in a process of its own. */
async function layoutRuns({ base, head }: Corpus, count: number): Promise<ReviewRunResult> {
  const inventory = `oci-layout:${folderOf(count)}=registry.example/bench`;
  const runs: ReviewRunResult[] = [];
  for (let round = 0; round < ROUNDS; round += 1) runs.push(await run({ inventory, base, head }, count));
  const ms = median(runs.map((each) => each.ms));
  return runs.find((each) => each.ms === ms) as ReviewRunResult;
}

function registryArgs({ connection }: BenchRegistry, { base, head }: Corpus, cache: string): ReviewRunArgs {
  const { caFile = "" } = connection;
  const inventory = `registry:${connection.host}/${REPOSITORY}`;
  return { inventory, base, head, cache, connection: { host: connection.host, caFile: resolvePath(caFile) } };
}

/** Throws unless half of the images flip, and none is unknown. */
async function run(args: ReviewRunArgs, count: number): Promise<ReviewRunResult> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    require.resolve("./reviewRun"),
    JSON.stringify(args),
  ]);
  const result = JSON.parse(stdout) as ReviewRunResult;
  if (result.flips === count / 2 && result.unchanged === count / 2 && result.unknown === 0) return result;
  throw new Error(`a review of ${count} images gave ${stdout}`);
}

async function push(registry: BenchRegistry, images: readonly SignedImage[]): Promise<void> {
  const repository = openRepository({ registry: registry.connection, repository: REPOSITORY });
  const signatures = new OciSignatureRepository(repository);
  const config = { mediaType: OCI_IMAGE_CONFIG, digest: digestOf(IMAGE_CONFIG), size: IMAGE_CONFIG.length };
  await repository.pushBytes(config, IMAGE_CONFIG);
  await inPool(images, 64, async ({ manifest, descriptor, tag, signature }) => {
    await repository.pushManifest(manifest, descriptor.mediaType, tag);
    await signatures.pushSignature(signature);
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
