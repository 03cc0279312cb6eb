import { createHash } from "node:crypto";
import { BreakwaterError, messageOf } from "../../errors";
import type { Clock } from "../../notary/clock";
import type { RevocationSource } from "../../notary/revocation/revocationSource";
import type { ArtifactVerdict } from "../../notary/verification/verdict";
import { compare } from "../compare";
import type { InventoryEntry, InventoryImage } from "../inventory/inventory";
import type { Flip, Report, UnknownImage } from "../report/report";
import type { TrustState } from "../state/state";
import { flipOf } from "./flip";
import { Governance } from "./governance";
import { heldRevocation } from "./heldRevocation";
import { HeldSignatures } from "./heldSignatures";
import { type JudgePorts, judge } from "./judgement";

const CONCURRENT_IMAGES = 32;

export interface VerdictDiffArgs {
  readonly images: AsyncIterable<InventoryEntry>;
  readonly base: TrustState;
  readonly head: TrustState;
  /** Read once: all images are judged at that time, on both sides. */
  readonly clock: Clock;
  readonly revocation: RevocationSource;
  /** Images at a time; 32 when absent. */
  readonly concurrency?: number;
  /** Called whenever an image is done. */
  readonly onProgress?: (progress: VerdictProgress) => void;
  /** Called with the verdicts on each image by each stack that governs it, for those who show more than flips. */
  readonly onVerdicts?: (verdicts: ImageVerdicts) => void;
}

export interface VerdictProgress {
  readonly images: number;
  readonly flips: number;
  readonly unknown: number;
}

export interface ImageVerdicts {
  readonly image: InventoryImage;
  readonly stack: string;
  readonly before: ArtifactVerdict;
  readonly after: ArtifactVerdict;
}

export type VerdictDiff = Pick<Report, "flips" | "unchanged" | "unknown">;

/**
 * Judges every image of an inventory by the trust of both sides, with one clock and one list of signatures for both, and tells
 * those whose verdict changes. An image that several inventories name is judged once, as the first of them finds it. What
 * can't be had, or judged, is unknown. Memory holds the images at work, the flips, what is unknown, and 16 bytes of every other.
 * Throws what `images` throws; no image's own error.
 */
export async function verdictDiff(args: VerdictDiffArgs): Promise<VerdictDiff> {
  const { images, concurrency = CONCURRENT_IMAGES } = args;
  const diff = new Diff(args);
  const underWay = new Set<Promise<void>>();
  for await (const entry of images) {
    const work = diff.add(entry).finally(() => underWay.delete(work));
    underWay.add(work);
    if (underWay.size >= concurrency) await Promise.race(underWay);
  }
  await Promise.all(underWay);
  return diff.result();
}

class Diff {
  readonly #governance: Governance;
  readonly #ports: JudgePorts;
  readonly #args: VerdictDiffArgs;
  readonly #seen = new Set<string>();
  readonly #flips = new Map<string, Flip[]>();
  readonly #unknown: UnknownImage[] = [];
  readonly #unchanged = { verified: 0, failed: 0, skipped: 0 };
  /** Of images at work and of flips: all tags that any inventory has for them. */
  readonly #tags = new Map<string, Set<string>>();

  constructor(args: VerdictDiffArgs) {
    const now = args.clock();
    this.#args = args;
    this.#governance = new Governance(args.base, args.head);
    this.#ports = { clock: () => now, revocation: heldRevocation(args.revocation) };
  }

  async add(entry: InventoryEntry): Promise<void> {
    if ("unknown" in entry) this.#unknown.push(entry.unknown);
    else await this.#addImage(entry.image);
    this.#args.onProgress?.({ images: this.#seen.size, flips: this.#flips.size, unknown: this.#unknown.length });
  }

  result(): VerdictDiff {
    const withAllTags = (flip: Flip) => ({ ...flip, tags: [...(this.#tags.get(flip.reference) ?? [])].sort(compare) });
    const flips = [...this.#flips.values()].flat().map(withAllTags);
    return {
      flips: flips.sort(
        (a, b) => b.towards.localeCompare(a.towards) || compare(a.reference, b.reference) || compare(a.stack, b.stack),
      ),
      unchanged: { ...this.#unchanged },
      unknown: this.#unknown.sort((a, b) => compare(a.reference, b.reference)),
    };
  }

  async #addImage(image: InventoryImage): Promise<void> {
    const { reference, tags } = image;
    if (!this.#isNew(reference)) {
      for (const tag of tags) this.#tags.get(reference)?.add(tag);
      return;
    }
    this.#tags.set(reference, new Set(tags));
    await this.#judge(image);
    if (!this.#flips.has(reference)) this.#tags.delete(reference);
  }

  async #judge(image: InventoryImage): Promise<void> {
    const stacks = this.#governance.stacksOf(image.scope);
    // No trust on either side says anything of it: refused before and after.
    if (stacks.length === 0) this.#unchanged.failed += 1;
    const signatures = new HeldSignatures(image.signatures);
    for (const sides of stacks) {
      const { stack } = sides;
      const unknown = { reference: image.reference, inventory: image.inventory, stack };
      try {
        const judged = await judge(image, sides, signatures, this.#ports);
        if ("problem" in judged) {
          this.#unknown.push({ ...unknown, code: judged.problem.code, why: judged.problem.message });
          continue;
        }
        this.#args.onVerdicts?.({ image, stack, ...judged });
        const flip = flipOf(image, stack, judged);
        if (flip === undefined) this.#unchanged[judged.after.verdict] += 1;
        else this.#flips.set(image.reference, [...(this.#flips.get(image.reference) ?? []), flip]);
      } catch (error) {
        this.#unknown.push({ ...unknown, code: codeOf(error), why: messageOf(error) });
      }
    }
  }

  #isNew(reference: string): boolean {
    const key = createHash("sha256").update(reference).digest().toString("latin1", 0, 16);
    if (this.#seen.has(key)) return false;
    this.#seen.add(key);
    return true;
  }
}

function codeOf(error: unknown): string {
  return error instanceof BreakwaterError ? error.code : "VERDICT_FAILED";
}
