import type { Git } from "../state/git";
import type { ContentIds, HashName, ProgramFiles } from "./program";

/** The files of a commit, from its trees alone. */
export class GitProgram implements ProgramFiles {
  readonly untold: readonly string[] = [];
  readonly #git: Git;
  readonly #commit: string;
  readonly #prefix: string;

  /** @param commit whole, as git names it */
  constructor(git: Git, commit: string) {
    this.#git = git;
    this.#commit = commit;
    this.#prefix = git.prefix();
  }

  get hash(): HashName {
    return this.#commit.length === 64 ? "sha256" : "sha1";
  }

  top(): ContentIds {
    return this.#ids(this.#git.ids(this.#commit, this.#prefix, "one level"));
  }

  files(name: string): ContentIds {
    return this.#ids(this.#git.ids(this.#commit, `${this.#prefix}${name}`, "all below"));
  }

  /** Of `MODE TYPE OID\tPATH`. */
  #ids(lines: readonly string[]): ContentIds {
    return new Map(
      lines.map((line) => {
        const tab = line.indexOf("\t");
        const [, , id = ""] = line.slice(0, tab).split(" ");
        return [line.slice(tab + 1 + this.#prefix.length), id];
      }),
    );
  }
}
