import { createHash } from "node:crypto";
import { BreakwaterError, messageOf } from "../../errors";
import type { RevocationSource } from "../../notary/revocation/revocationSource";
import { applicableStatement } from "../../notary/trust/declaration";
import { decisiveFailure } from "../../notary/verification/ruleThatFailed";
import type { ArtifactVerdict } from "../../notary/verification/verdict";
import { compare } from "../compare";
import type { InventoryEntry, InventoryImage } from "../inventory/inventory";
import type { ForecastEvent, InventoryFacts, UnknownImage, Validity } from "../report/report";
import { problemsOf } from "../review";
import type { TrustState } from "../state/state";
import { Governance, type Side } from "../verdicts/governance";
import { heldRevocation } from "../verdicts/heldRevocation";
import { HeldSignatures } from "../verdicts/heldSignatures";
import { eventOf } from "./cause";
import type { FailingImage, Forecast } from "./forecastReport";
import { forecastImage, type ImageForecast } from "./imageForecast";
import { type AskServed, forecastTls } from "./tlsForecast";
import { TodaysRevocation } from "./todaysRevocation";

const CONCURRENT_IMAGES = 32;
/** What was good, and is not any more. */
const ENDED: ReadonlySet<string> = new Set([
  "CERTIFICATE_EXPIRED",
  "SIGNATURE_EXPIRED",
  "REVOCATION_UNKNOWN",
  "TIMESTAMP_REVOCATION_UNKNOWN",
]);

export interface ForecastArgs {
  readonly images: AsyncIterable<InventoryEntry>;
  /** What the inventories came to; asked once the last of the images was had. */
  readonly inventories?: () => readonly InventoryFacts[];
  readonly trust: TrustState;
  /** The first of the times that are judged, and the last. */
  readonly at: Date;
  readonly until: Date;
  /** When the forecast is made, and revocation is asked: now. */
  readonly today: Date;
  readonly revocation: RevocationSource;
  readonly served: AskServed;
  /** Images at a time; 32 when absent. */
  readonly concurrency?: number;
  /** Called whenever an image is done. */
  readonly onProgress?: (progress: ForecastProgress) => void;
  /** Called with the first verdict on each image by each stack that governs it. */
  readonly onVerdict?: (image: InventoryImage, stack: string, verdict: ArtifactVerdict) => void;
}

export interface ForecastProgress {
  readonly images: number;
  readonly refused: number;
  readonly unknown: number;
}

/**
 * Judges every image of an inventory by one state of trust at the times to come, and each registry's TLS certificate: what fails
 * first, when and why. An image that several inventories name is judged once, as the first of them finds it. Memory holds the
 * images at work, what fails, what is unknown, and 16 bytes of every other.
 * Throws what `images` throws; no image's own error.
 */
export async function forecast(args: ForecastArgs): Promise<Forecast> {
  const { images, concurrency = CONCURRENT_IMAGES } = args;
  const run = new Run(args);
  const underWay = new Set<Promise<void>>();
  for await (const entry of images) {
    const work = run.add(entry).finally(() => underWay.delete(work));
    underWay.add(work);
    if (underWay.size >= concurrency) await Promise.race(underWay);
  }
  await Promise.all(underWay);
  await run.addRegistries();
  return run.result();
}

class Run {
  readonly #args: ForecastArgs;
  readonly #governance: Governance;
  readonly #revocation: TodaysRevocation;
  readonly #seen = new Set<string>();
  readonly #hosts = new Set<string>();
  readonly #events: ForecastEvent[] = [];
  readonly #failing: FailingImage[] = [];
  readonly #unknown: UnknownImage[] = [];
  readonly #validity: Validity[] = [];
  readonly #counts = { lasting: 0, refused: 0, failing: 0, skipped: 0 };

  constructor(args: ForecastArgs) {
    this.#args = args;
    this.#governance = new Governance(args.trust, args.trust);
    this.#revocation = new TodaysRevocation(heldRevocation(args.revocation), args.today);
  }

  async add(entry: InventoryEntry): Promise<void> {
    if ("unknown" in entry) this.#unknown.push(entry.unknown);
    else if (this.#isNew(entry.image.reference)) await this.#addImage(entry.image);
    const { refused } = this.#counts;
    this.#args.onProgress?.({ images: this.#seen.size, refused, unknown: this.#unknown.length });
  }

  /** One connection for each that images come from. */
  async addRegistries(): Promise<void> {
    const found = await Promise.all([...this.#hosts].sort().map((host) => forecastTls(host, this.#args)));
    for (const { events, failing, unknown, validity } of found) {
      this.#events.push(...events);
      this.#failing.push(...failing);
      this.#unknown.push(...unknown);
      this.#validity.push(...validity);
    }
  }

  result(): Forecast {
    const { trust, at, until, today, inventories } = this.#args;
    const problems = problemsOf(trust);
    return {
      version: 1,
      trust: { name: trust.name, ...(trust.commit !== undefined && { commit: trust.commit }) },
      at: at.toISOString(),
      until: until.toISOString(),
      made: today.toISOString(),
      partial: problems.length > 0 || this.#unknown.length > 0,
      problems,
      inventories: inventories?.() ?? [],
      events: this.#events.sort((a, b) => compare(a.instant, b.instant) || byReference(a, b)),
      failing: this.#failing.sort(byReference),
      counts: { ...this.#counts },
      unknown: this.#unknown.sort(byReference),
      validity: this.#validity.sort((a, b) => compare(a.notAfter, b.notAfter) || compare(a.label, b.label)),
    };
  }

  async #addImage(image: InventoryImage): Promise<void> {
    if (isOnNetwork(image)) this.#hosts.add(image.scope.slice(0, image.scope.indexOf("/")));
    const stacks = this.#governance.stacksOf(image.scope);
    if (stacks.length === 0) this.#ungoverned(image);
    const signatures = new HeldSignatures(image.signatures);
    for (const { stack, after } of stacks) {
      try {
        await this.#judge(image, stack, after, signatures);
      } catch (error) {
        const code = error instanceof BreakwaterError ? error.code : "VERDICT_FAILED";
        this.#addUnknown(image, stack, code, messageOf(error));
      }
    }
  }

  async #judge(image: InventoryImage, stack: string, side: Side, signatures: HeldSignatures): Promise<void> {
    if (side.kind === "absent") return;
    if (side.kind === "unreadable") {
      this.#addUnknown(image, stack, side.problem.code, side.problem.message);
      return;
    }
    const { at, until } = this.#args;
    const { trust } = side;
    const found = await forecastImage({ image, signatures, trust, at, until, revocation: this.#revocation });
    this.#args.onVerdict?.(image, stack, found.first);
    if (found.first.verdict === "skipped") this.#counts.skipped += 1;
    else if (found.first.verdict === "failed") this.#fails(image, stack, found.first);
    else if (found.refusals.length === 0) this.#counts.lasting += 1;
    else this.#refused(image, stack, side, found);
  }

  #refused(image: InventoryImage, stack: string, side: Side, found: ImageForecast): void {
    this.#counts.refused += 1;
    const statement = side.kind === "trust" ? applicableStatement(side.trust, image.scope) : undefined;
    for (const refusal of found.refusals) {
      const event = eventOf(image, stack, statement, refusal, found);
      this.#events.push(event);
      if (event.cause !== "signature-expiry") continue;
      const label = `signature of ${image.reference}`;
      this.#validity.push({
        what: "signature",
        label,
        stack,
        notBefore: null,
        notAfter: event.instant,
        change: "same",
      });
    }
  }

  #fails({ reference, tags }: InventoryImage, stack: string, verdict: ArtifactVerdict): void {
    this.#counts.failing += 1;
    const failure = decisiveFailure(verdict);
    const { code = "VERIFICATION_INCONCLUSIVE", message: why = "it gives no reason" } = failure ?? verdict;
    const validation = failure?.validation ?? null;
    this.#failing.push({ reference, tags, stack, validation, code, why, ended: ENDED.has(code) });
  }

  #ungoverned({ reference, tags }: InventoryImage): void {
    this.#counts.failing += 1;
    const [code, why] = ["NO_APPLICABLE_TRUST_POLICY", "no stack's trust says anything of this repository"];
    this.#failing.push({ reference, tags, stack: null, validation: null, code, why, ended: false });
  }

  #addUnknown({ reference, inventory }: InventoryImage, stack: string, code: string, why: string): void {
    this.#unknown.push({ reference, inventory, stack, code, why });
  }

  #isNew(reference: string): boolean {
    const key = createHash("sha256").update(reference).digest().toString("latin1", 0, 16);
    if (this.#seen.has(key)) return false;
    this.#seen.add(key);
    return true;
  }
}

/** A layout's images are in a folder, whatever registry they are meant for. */
function isOnNetwork({ inventory }: InventoryImage): boolean {
  return !inventory.startsWith("oci-layout:");
}

type Named = { readonly reference: string; readonly stack?: string | null };

function byReference(a: Named, b: Named): number {
  return compare(a.reference, b.reference) || compare(a.stack ?? "", b.stack ?? "");
}
