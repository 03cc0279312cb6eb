import type { VerdictProgress } from "../../../components/review/verdicts/verdictDiff";
import { say } from "../command";

const EVERY_MS = 2000;

/** Tells from time to time how far thousands of images are. */
export class ReviewProgress {
  #last = Date.now();
  #now: VerdictProgress | undefined;

  show(progress: VerdictProgress): void {
    this.#now = progress;
    if (Date.now() - this.#last < EVERY_MS) return;
    this.#last = Date.now();
    say(`  … ${inWords(progress)}`);
  }

  end(): void {
    if (this.#now !== undefined) say(`Judged ${inWords(this.#now)}.`);
  }
}

function inWords({ images, flips, unknown }: VerdictProgress): string {
  return `${images} images, ${flips} of them flip, ${unknown} unknown`;
}
