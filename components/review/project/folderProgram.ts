import { createHash } from "node:crypto";
import { type Dirent, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "../../errors";
import { TreeError } from "../../files/tree";
import type { ContentIds, HashName, ProgramFiles } from "./program";

/** What is made in a project's folder, and is in no commit. */
const MADE = [".git", ".breakwater", "bin", "node_modules"];

/** The files of a folder on disk; links are not followed. */
export class FolderProgram implements ProgramFiles {
  readonly hash = undefined;
  readonly untold = MADE;
  readonly #root: string;
  readonly #tellIgnored: () => readonly string[];
  #ignored: ReadonlySet<string> | undefined;

  /** @param tellIgnored paths that are left out, as git tells them: a folder's with `/` at its end; asked only where files are */
  constructor(root: string, tellIgnored: () => readonly string[] = () => []) {
    this.#root = root;
    this.#tellIgnored = tellIgnored;
  }

  top(): ReadonlyMap<string, undefined> {
    return new Map(this.#entries("").map(({ name }) => [name, undefined]));
  }

  files(name: string, hash: HashName): ContentIds {
    const entry = this.#entries("").find((other) => other.name === name);
    return new Map(entry === undefined ? [] : this.#of(name, entry, hash));
  }

  #of(path: string, entry: Dirent, hash: HashName): [string, string][] {
    if (entry.isDirectory()) {
      return this.#entries(`${path}/`).flatMap((inner) => this.#of(`${path}/${inner.name}`, inner, hash));
    }
    const file = join(this.#root, path);
    if (entry.isSymbolicLink()) return [[path, blobId(Buffer.from(readlinkSync(file)), hash)]];
    return entry.isFile() ? [[path, this.#reading(path, () => blobId(readFileSync(file), hash))]] : [];
  }

  /** @param folder empty, or with `/` at its end */
  #entries(folder: string): Dirent[] {
    const all = this.#reading(folder, () => readdirSync(join(this.#root, folder), { withFileTypes: true }));
    this.#ignored ??= new Set(this.#tellIgnored());
    const ignored = this.#ignored;
    return all.filter((entry) => !ignored.has(`${folder}${entry.name}${entry.isDirectory() ? "/" : ""}`));
  }

  #reading<Value>(path: string, read: () => Value): Value {
    try {
      return read();
    } catch (error) {
      const message = `${join(this.#root, path)} cannot be read (${messageOf(error)}): give the right to read it`;
      throw new TreeError("TREE_UNREADABLE", message, { cause: error });
    }
  }
}

/** As git names a blob. */
function blobId(content: Buffer, hash: HashName): string {
  return createHash(hash).update(`blob ${content.length}\0`).update(content).digest("hex");
}
