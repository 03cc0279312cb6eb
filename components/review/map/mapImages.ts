import { flips } from "../verdicts/flip";
import type { ImageVerdicts } from "../verdicts/verdictDiff";
import type { MapImage } from "./map";

/** A map of more images is no map; those that flip are all there. */
const UNCHANGED_MAX = 2000;

/** The images that the trust map shows. */
export class MapImages {
  readonly #flips: MapImage[] = [];
  readonly #others: MapImage[] = [];
  #leftOut = 0;

  /** How many images are not among `all`, for want of room. */
  get leftOut(): number {
    return this.#leftOut;
  }

  add({ image, stack, before, after }: ImageVerdicts): void {
    const isFlip = flips(before, after);
    const list = isFlip ? this.#flips : this.#others;
    if (!isFlip && list.length >= UNCHANGED_MAX) {
      this.#leftOut += 1;
      return;
    }
    const { reference, scope, tags } = image;
    list.push({ stack, reference, scope, tags, verdict: after.verdict, flips: isFlip });
  }

  all(): readonly MapImage[] {
    return [...this.#flips, ...this.#others].sort((a, b) => (a.reference < b.reference ? -1 : 1));
  }
}
