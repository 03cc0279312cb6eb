import { execFile } from "node:child_process";
import { parseArgs, promisify } from "node:util";
import { messageOf } from "../../components/errors";
import { resolvePath } from "../../components/files/paths";
import { envelopes } from "../bench/envelopes";
import { fleet } from "../bench/fleet";
import { noop } from "../bench/noop";
import { makePlace, type Place, removePlace } from "../bench/place";
import { REGISTRIES, type RegistryName, type Storage } from "../bench/registries";
import { missed, printSection, type Row } from "../bench/report";
import { review } from "../bench/review";
import { single } from "../bench/single";
import { runCommand, say } from "./command";
import { CommandError } from "./error";
import type { Summary } from "./summary";

/** With fewer the registry waits for us, while we wait to read a referrers index back; more only wait for one another. */
const CONCURRENCY = 64;

const HELP = `npm run bench [-- OPTIONS]
Ratios of one run on one machine, beside what a user would have instead. Absolute times depend on the machine.

  --only PART        one of: noop       npm start that changes nothing, beside the engine's floor (brings the stack up)
                             single     one image signed at a time, beside notation sign
                             fleet      many images signed and verified, beside the notation CLI and the bare requests
                             envelopes  pure verification of envelopes in memory
                             review     a trust review of many signed images, beside notation verify in a loop
                     May be given again
  --registry NAME    distribution (tag schema) or olareg (referrers API); both unless given
  --storage KIND     where the registries keep their data: memory (unless given), so that the clients are compared and
                     not the disk, or disk
  --images N         images of the fleet that ours signs and verifies (200)
  --sample N         images of the fleet that each way of running notation signs and verifies (40): per image, the
                     rate of all of them is reckoned from these
  --corpus N         images of the trust review (10000), a multiple of 20
  --concurrency N    images at a time, ours (${CONCURRENCY})
  --rounds N         how often the contenders take turns; medians count (3)
  --help             this text

Exit codes: 0 done, whatever the figures are, 1 failed, 2 wrong usage.`;

const PARTS = ["noop", "single", "fleet", "envelopes", "review"] as const;
type Part = (typeof PARTS)[number];

interface Options {
  readonly help: boolean;
  readonly parts: readonly Part[];
  readonly registries: readonly RegistryName[];
  readonly storage: Storage;
  readonly images: number;
  readonly sample: number;
  readonly corpus: number;
  readonly concurrency: number;
  readonly rounds: number;
}

/** `npm run bench`: prints each figure beside its aim, and says whether it is reached. */
export function bench(args: readonly string[]): Promise<number> {
  return runCommand(async () => {
    const options = readOptions(args);
    if (options.help) process.stdout.write(`${HELP}\n`);
    else await run(options);
  });
}

async function run(options: Options): Promise<void> {
  const all: Row[] = [];
  const print = (title: string, rows: readonly Row[]) => {
    printSection(title, rows);
    all.push(...rows);
  };
  const place = await makePlace();
  try {
    if (options.parts.includes("noop")) print("No-op (median of 5, in turns)", await benchNoop());
    if (options.parts.includes("envelopes")) print("Pure verification", await envelopes(place));
    for (const name of options.registries) await benchRegistry(name, place, options, print);
  } finally {
    await removePlace();
  }
  const failed = missed(all);
  process.stdout.write(`\n${failed === 0 ? "All aims are reached." : `Not reached: ${failed}.`}\n`);
}

async function benchNoop(): Promise<Row[]> {
  say("Bringing the stack up …");
  const { stdout } = await promisify(execFile)(process.execPath, [resolvePath("scripts/start.mjs"), "--json"]);
  return noop(5, JSON.parse(stdout) as Summary);
}

async function benchRegistry(
  name: RegistryName,
  place: Place,
  options: Options,
  print: (title: string, rows: readonly Row[]) => void,
): Promise<void> {
  // Of the two, distribution has a catalog.
  const isReviewed = (part: Part) => part === "review" && name === "distribution";
  const parts = options.parts.filter((part) => part === "single" || part === "fleet" || isReviewed(part));
  if (parts.length === 0) return;
  const registry = await REGISTRIES[name](place, options.storage);
  const where = `${name}, ${registry.referrers}, data ${options.storage === "memory" ? "in memory" : "on disk"}`;
  try {
    if (parts.includes("single"))
      print(`One image at a time (${where}; median of 20, in turns)`, await single(place, registry, 20));
    if (parts.includes("review")) print(`Trust review (${where}; median of 3)`, await review(place, registry, options));
    if (!parts.includes("fleet")) return;
    const { sign, verify } = await fleet(place, registry, options);
    print(`Signed and pushed (${where}; median of ${options.rounds}, in turns)`, sign);
    print(`Verified (${where}; median of ${options.rounds}, in turns)`, verify);
  } finally {
    await registry.stop();
  }
}

function readOptions(args: readonly string[]): Options {
  const { values } = parsed(args);
  return {
    help: values.help ?? false,
    parts: values.only ? values.only.map((part) => oneOf(PARTS, part, "--only")) : PARTS,
    registries: values.registry
      ? [oneOf(Object.keys(REGISTRIES) as RegistryName[], values.registry, "--registry")]
      : (Object.keys(REGISTRIES) as RegistryName[]),
    storage: oneOf(["memory", "disk"], values.storage ?? "memory", "--storage"),
    images: count(values.images, 200, "--images"),
    sample: count(values.sample, 40, "--sample"),
    corpus: count(values.corpus, 10_000, "--corpus"),
    concurrency: count(values.concurrency, CONCURRENCY, "--concurrency"),
    rounds: count(values.rounds, 3, "--rounds"),
  };
}

function parsed(args: readonly string[]) {
  const string = { type: "string" } as const;
  try {
    return parseArgs({
      args: [...args],
      options: {
        only: { type: "string", multiple: true },
        registry: string,
        storage: string,
        images: string,
        sample: string,
        corpus: string,
        concurrency: string,
        rounds: string,
        help: { type: "boolean" },
      },
    });
  } catch (error) {
    throw new CommandError("USAGE", `${messageOf(error)}\n\n${HELP}`, { cause: error });
  }
}

function oneOf<Name extends string>(names: readonly Name[], text: string, option: string): Name {
  const name = names.find((known) => known === text);
  if (name !== undefined) return name;
  throw new CommandError("USAGE", `${option} ${text} is none of ${names.join(", ")}`);
}

function count(text: string | undefined, otherwise: number, option: string): number {
  const number = text === undefined ? otherwise : Number(text);
  if (Number.isSafeInteger(number) && number >= 1) return number;
  throw new CommandError("USAGE", `${option} ${text} is not a whole number of at least 1`);
}
