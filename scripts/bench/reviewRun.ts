import { compileTrust, type TrustDeclaration } from "../../components/notary/trust/declaration";
import type { RegistryConnection } from "../../components/oci/connection";
import { httpRevocationSource } from "../../components/pki/revocationSource";
import { forecast } from "../../components/review/forecast/forecast";
import { ContentCache } from "../../components/review/inventory/contentCache";
import type { InventorySource } from "../../components/review/inventory/inventory";
import { openInventory } from "../../components/review/inventory/openInventory";
import { RegistryHealth } from "../../components/review/inventory/registryHealth";
import type { TrustState } from "../../components/review/state/state";
import { verdictDiff } from "../../components/review/verdicts/verdictDiff";
import { ownProcessorMs } from "./processorTime";

/** What is reviewed; plain JSON. */
export interface ReviewRunArgs {
  readonly inventory: string;
  readonly base: TrustDeclaration;
  readonly head: TrustDeclaration;
  /** Absolute paths. */
  readonly connection?: RegistryConnection;
  readonly cache?: string;
  /** A forecast by base until then (ISO 8601), and no review. */
  readonly until?: string;
}

export interface ReviewRunResult {
  /** From the start of the process on. */
  readonly ms: number;
  readonly processorMs: number;
  /** The most memory of the process, MiB. */
  readonly peakMiB: number;
  /** Of a forecast the images that fail by then. */
  readonly flips: number;
  readonly unchanged: number;
  readonly unknown: number;
}

/** A process of its own, so that its memory can be measured: `node reviewRun.js JSON`. */
async function reviewRun({ inventory, base, head, connection, cache, until }: ReviewRunArgs): Promise<ReviewRunResult> {
  const source = openInventory(inventory, {
    connectionTo: (host) => connection ?? { host },
    stateImages: [],
    ...(cache !== undefined && { cache: new ContentCache({ directory: cache }) }),
    health: new RegistryHealth(),
    directory: process.cwd(),
    environment: {},
  });
  const found =
    until === undefined ? await reviewed(source, base, head) : await foreseen(source, base, new Date(until));
  return {
    ...found,
    ms: performance.now(),
    processorMs: ownProcessorMs(),
    peakMiB: process.resourceUsage().maxRSS / 1024,
  };
}

type Found = Pick<ReviewRunResult, "flips" | "unchanged" | "unknown">;

async function reviewed(source: InventorySource, base: TrustDeclaration, head: TrustDeclaration): Promise<Found> {
  const diff = await verdictDiff({
    images: source.entries(),
    base: stateOf("base", base),
    head: stateOf("head", head),
    clock: () => new Date(),
    revocation: httpRevocationSource(),
  });
  const { verified, failed, skipped } = diff.unchanged;
  return { flips: diff.flips.length, unchanged: verified + failed + skipped, unknown: diff.unknown.length };
}

async function foreseen(source: InventorySource, base: TrustDeclaration, until: Date): Promise<Found> {
  const now = new Date();
  const { counts, unknown } = await forecast({
    images: source.entries(),
    trust: stateOf("base", base),
    ...{ at: now, until, today: now },
    revocation: httpRevocationSource(),
    served: async () => [],
  });
  const { refused, lasting, failing, skipped } = counts;
  return { flips: refused, unchanged: lasting + failing + skipped, unknown: unknown.length };
}

function stateOf(name: string, declaration: TrustDeclaration): TrustState {
  const trust = { value: compileTrust(declaration) };
  return { name, stacks: new Map([["bench", { stack: "bench", trust, identities: new Map(), settings: undefined }]]) };
}

reviewRun(JSON.parse(process.argv[2] ?? "{}") as ReviewRunArgs).then(
  (result) => process.stdout.write(JSON.stringify(result)),
  (error) => {
    console.error(error);
    process.exitCode = 1;
  },
);
