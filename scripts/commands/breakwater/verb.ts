import type { VerbArguments, VerbOptions } from "./arguments";
import type { Terminal } from "./terminal";

/** One verb of `breakwater`. */
export interface Verb {
  readonly name: string;
  readonly aliases?: readonly string[];
  /** One line in the list of verbs. */
  readonly summary: string;
  readonly help: string;
  /** Beside `--help`. */
  readonly options: VerbOptions;
  /** Resolves to the exit code; throws when there is no answer. */
  readonly run: (args: VerbArguments, terminal: Terminal) => Promise<number>;
}
