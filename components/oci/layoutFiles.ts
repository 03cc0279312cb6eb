import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { chmod, lstat, mkdir, open, realpath, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { OciError } from "./error";

/**
 * Files below one folder, whose parts the caller has checked to be plain names. Symbolic links below it are refused: a layout
 * is made by others and must not lead out of its folder.
 */
export class LayoutFiles {
  readonly directory: string;
  #root: Promise<string> | undefined;

  constructor(directory: string) {
    this.directory = directory;
  }

  /**
   * A regular file's bytes, at most `limit`; undefined when there is none.
   * Throws OciError LAYOUT_INVALID, LAYOUT_UNREADABLE, RESPONSE_TOO_LARGE.
   */
  async read(parts: readonly string[], limit: number): Promise<Buffer | undefined> {
    const path = await this.#pathOf(parts, false);
    if (path === undefined) {
      return undefined;
    }
    // Not blocking: a named pipe must not make us wait for its writer.
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch((error) =>
      this.#absentOr(error, path),
    );
    if (file === undefined) {
      return undefined;
    }
    try {
      const found = await file.stat();
      if (!found.isFile()) {
        throw this.invalid(`${parts.join("/")} is no regular file`);
      }
      if (found.size > limit) {
        throw new OciError("RESPONSE_TOO_LARGE", `${path} has ${found.size} bytes, ${limit} is the most that is read.`);
      }
      return await file.readFile();
    } finally {
      await file.close();
    }
  }

  /** Puts a file in place as a whole: readers see the old one or the new one. */
  async write(parts: readonly string[], bytes: Uint8Array, mode: number): Promise<void> {
    const path = await this.#pathOf(parts, true);
    const temporary = await this.#pathOf(["ingest", `${parts.at(-1)}_${randomBytes(8).toString("hex")}`], true);
    if (path === undefined || temporary === undefined) {
      throw this.invalid("it is no folder");
    }
    try {
      const file = await open(temporary, "wx", 0o600);
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      await chmod(temporary, mode);
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw this.#unreadable(path, error);
    }
  }

  /** Makes a file that must not exist yet. True when it was made. */
  async claim(name: string): Promise<boolean> {
    const path = join(await this.root(), name);
    try {
      await (await open(path, "wx", 0o600)).close();
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
      throw this.#unreadable(path, error);
    }
  }

  async release(name: string): Promise<void> {
    await rm(join(await this.root(), name), { force: true });
  }

  /** The real path of the folder. Throws OciError LAYOUT_UNREADABLE. */
  root(): Promise<string> {
    this.#root ??= realpath(this.directory).catch((error) => {
      this.#root = undefined;
      throw this.#unreadable(this.directory, error);
    });
    return this.#root;
  }

  invalid(reason: string): OciError {
    return new OciError(
      "LAYOUT_INVALID",
      `${this.directory} is no OCI image layout that can be used: ${reason}. Have it written again by the tool that makes it.`,
    );
  }

  /** Undefined when a folder on the way is absent and is not to be made. */
  async #pathOf(parts: readonly string[], make: boolean): Promise<string | undefined> {
    let path = await this.root();
    for (const part of parts.slice(0, -1)) {
      path = join(path, part);
      if (make) {
        await mkdir(path).catch((error: NodeJS.ErrnoException) => {
          if (error.code !== "EEXIST") throw this.#unreadable(path, error);
        });
      }
      const folder = await lstat(path).catch((error) => this.#absentOr(error, path));
      if (folder === undefined) {
        return undefined;
      }
      if (!folder.isDirectory()) {
        throw this.invalid(`${part} is no folder of its own`);
      }
    }
    return join(path, parts.at(-1) ?? "");
  }

  #absentOr(error: unknown, path: string): undefined {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    if (code === "ELOOP") throw this.invalid(`${path} is a symbolic link`);
    throw this.#unreadable(path, error);
  }

  #unreadable(path: string, error: unknown): OciError {
    const { code = "unknown" } = error as NodeJS.ErrnoException;
    return new OciError(
      "LAYOUT_UNREADABLE",
      `${path} cannot be used (${code}): correct the path, or make it readable (and writable, to sign) for this user.`,
      { cause: error },
    );
  }
}
