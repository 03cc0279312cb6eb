import { createHash, randomUUID } from "node:crypto";
import { readFile, rm } from "node:fs/promises";
import path from "node:path";
import { writeAtomically } from "../files/ownedFiles";
import { resolvePath } from "../files/paths";
import { HarborApiError } from "./api/error";

/** What this machine knows of an object that it began to make, and that the engine may not have saved. */
export interface BegunCreation {
  /** Given by Harbor; absent when the answer did not come. */
  readonly id?: number;
  /** A random word that the object carries: what has it was made by this very attempt. */
  readonly mark?: string;
  /** Harbor shows it once; the file can be read by its owner alone. */
  readonly secret?: string;
  /** Of several objects that one resource began to make. */
  readonly names?: readonly string[];
}

/**
 * One object's journal. It is written before Harbor is asked to make the object, and stays until the engine has saved the
 * resource: what a killed run made is known for our own, and the next `up` goes on with it.
 */
export interface CreationJournal {
  /**
   * What a run before this one began. What this process began itself is not told: that object is another resource's, which
   * was declared with the same name.
   */
  begun(): Promise<BegunCreation | undefined>;
  /** Keeps what is known from now on. */
  write(begun: BegunCreation): Promise<void>;
  /** Journals `make`: before it, after it, and nothing if Harbor refused it. */
  around<Made extends { readonly id: number; readonly secret?: string }>(
    begun: BegunCreation,
    make: () => Promise<Made>,
  ): Promise<Made>;
  /** To be called when the engine has saved the object of this id. */
  saved(id: number): Promise<void>;
  forget(): Promise<void>;
}

/** Beside the engine's state, git-ignored. */
const DIRECTORY = ".breakwater/harbor";
const RUN = randomUUID();

/** The journal of the object that these words name, e.g. `journalOf(url, "robot", project, name)`. */
export function journalOf(url: string, ...words: readonly string[]): CreationJournal {
  const name = createHash("sha256")
    .update(JSON.stringify([url, ...words]))
    .digest("hex");
  const file = path.join(resolvePath(DIRECTORY), `${name.slice(0, 32)}.json`);
  const read = async () => parsed(await readFile(file, "utf8").catch(() => "{}"));
  const write = (begun: BegunCreation) =>
    writeAtomically(file, { content: JSON.stringify({ run: RUN, ...begun }), secret: true });
  const forget = () => rm(file, { force: true });
  return {
    async begun() {
      const { run, ...begun } = await read();
      return run === undefined || run === RUN ? undefined : begun;
    },
    write,
    async around(begun, make) {
      await write(begun);
      try {
        const made = await make();
        await write({ ...begun, id: made.id, ...(made.secret !== undefined && { secret: made.secret }) });
        return made;
      } catch (error) {
        if (isRefused(error)) await forget();
        throw error;
      }
    },
    async saved(id) {
      if ((await read()).id === id) await forget();
    },
    forget,
  };
}

/** Nothing is known when the file is damaged. */
function parsed(text: string): BegunCreation & { readonly run?: string } {
  try {
    const { run, id, mark, secret, names } = JSON.parse(text) as Record<string, unknown>;
    return {
      ...(typeof run === "string" && { run }),
      ...(typeof id === "number" && { id }),
      ...(typeof mark === "string" && { mark }),
      ...(typeof secret === "string" && { secret }),
      ...(Array.isArray(names) && { names: names.filter((name) => typeof name === "string") }),
    };
  } catch {
    return {};
  }
}

/** Harbor said no: it made nothing. */
function isRefused(error: unknown): boolean {
  return error instanceof HarborApiError && error.status !== undefined && error.status >= 400 && error.status < 500;
}
