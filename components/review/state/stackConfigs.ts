import type { FileTree } from "../../files/tree";
import { ReviewError } from "../error";
import { PROJECT_FILE, requireNoProjectConfig } from "../project/projectFile";
import { readable } from "../readable";
import { readYamlText } from "./smallFile";
import type { Readable, StackSettings } from "./state";

/** Reads a stack's config. It is handed in: what a config may say, the stacks know. May throw. */
export type ReadSettings = (text: string, stack: string, file: string) => StackSettings;

/** Of all stacks of a side: a thousand configs of a size that is let through would take an hour to parse. */
const BYTES_MAX = 2 * 1024 * 1024;

/** Reads the configs of one tree's stacks: the project's file once, and so much YAML in all as is parsed in a minute. */
export class StackConfigs {
  readonly #tree: FileTree;
  readonly #readSettings: ReadSettings;
  #project: Readable<void> | undefined;
  #bytes = 0;

  constructor(tree: FileTree, readSettings: ReadSettings) {
    this.#tree = tree;
    this.#readSettings = readSettings;
  }

  /** What the project says holds for every stack, also for one without a config of its own. */
  project(): Readable<void> {
    this.#project ??= readable(PROJECT_FILE, () => requireNoProjectConfig(this.#tree));
    return this.#project;
  }

  /** @throws ReviewError REVIEW_FILE_UNREADABLE, TreeError, and what the reader of configs throws */
  read(stack: string, file: string): StackSettings {
    const text = readYamlText(this.#tree, file);
    this.#bytes += Buffer.byteLength(text);
    if (this.#bytes <= BYTES_MAX) return this.#readSettings(text, stack, file);
    throw new ReviewError(
      "REVIEW_FILE_UNREADABLE",
      `${this.#tree.shown(file)} is not read: the configs of all stacks have more than ${BYTES_MAX} bytes together; make them smaller`,
    );
  }
}
