import type { VerdictProgress } from "../../../components/review/verdicts/verdictDiff";
import { say } from "../command";

const EVERY_MS = 2000;

/** Tells from time to time how far thousands of images are. */
export class ImageProgress<Progress> {
  readonly #inWords: (progress: Progress) => string;
  #last = Date.now();
  #tags = 0;
  #now: Progress | undefined;

  constructor(inWords: (progress: Progress) => string) {
    this.#inWords = inWords;
  }

  show(progress: Progress): void {
    this.#now = progress;
    this.#tell(() => this.#inWords(progress));
  }

  /** A tag was looked up: what is before the first image. */
  tag(): void {
    this.#tags += 1;
    this.#tell(() => `${this.#tags} tags looked up`);
  }

  #tell(words: () => string): void {
    if (Date.now() - this.#last < EVERY_MS) return;
    this.#last = Date.now();
    say(`  … ${words()}`);
  }

  end(): void {
    if (this.#now !== undefined) say(`Judged ${this.#inWords(this.#now)}.`);
  }
}

export function verdictsInWords({ images, flips, unknown }: VerdictProgress): string {
  return `${images} images, ${flips} of them flip, ${unknown} unknown`;
}
