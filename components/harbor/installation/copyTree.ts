import { constants, existsSync } from "node:fs";
import {
  chmod,
  chown,
  copyFile,
  lchown,
  link,
  lstat,
  mkdir,
  readdir,
  readlink,
  rename,
  rm,
  symlink,
  utimes,
} from "node:fs/promises";
import path from "node:path";

/** Whether a file is copied, linked (its content never changes), or left out. */
export type CopyRule = (file: string) => "copy" | "link" | "skip";

/**
 * Copies a folder or file with owners, modes and times, as a database needs them. In this process and not by `cp`, so that
 * nothing goes on writing when the process is killed.
 */
export async function copyTree(from: string, to: string, rule: CopyRule = () => "copy"): Promise<void> {
  const how = rule(from);
  if (how === "skip") return;
  const status = await lstat(from);
  if (status.isDirectory()) {
    await makeFolder(to);
    for (const name of await readdir(from)) await copyTree(path.join(from, name), path.join(to, name), rule);
  } else if (status.isSymbolicLink()) {
    await symlink(await readlink(from), to);
    await lchown(to, status.uid, status.gid);
    return;
  } else if (!status.isFile()) {
    return; // sockets and pipes of processes that are stopped
  } else if (how === "link") {
    await link(from, to);
    return;
  } else {
    await copyFile(from, to, constants.COPYFILE_FICLONE);
  }
  await chown(to, status.uid, status.gid);
  await chmod(to, status.mode & 0o7777);
  await utimes(to, status.atime, status.mtime);
}

/** False when the folder is there. Not recursive: that one says ENOENT of a full disk. */
export async function makeFolder(folder: string): Promise<boolean> {
  try {
    await mkdir(folder, { mode: 0o700 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Puts `from` in the place of `to` without needing room. A kill between leaves `from`, and the next call ends it. */
export async function putInPlace(from: string, to: string): Promise<void> {
  await rm(to, { recursive: true, force: true });
  await mkdir(path.dirname(to), { recursive: true });
  await rename(from, to);
}

/**
 * Puts `from` in the place of `to`, and what is there in that of `replaced`, by renames alone. A kill between leaves `from`, and
 * the next call ends it.
 */
export async function exchange(from: string, to: string, replaced: string): Promise<void> {
  let free = replaced;
  // Taken where something came up at `to` again after a kill.
  for (let number = 2; existsSync(free); number++) free = `${replaced}.${number}`;
  await rename(to, free).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
  });
  await rename(from, to);
}

/** Bytes that `copyTree` would write; of what is in use, as near as can be. */
export async function sizeOf(from: string, rule: CopyRule = () => "copy"): Promise<number> {
  if (rule(from) !== "copy") return 0;
  try {
    const status = await lstat(from);
    if (!status.isDirectory()) return status.size;
    let size = status.size;
    for (const name of await readdir(from)) size += await sizeOf(path.join(from, name), rule);
    return size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return 0; // gone since: a database's temporary file
    throw error;
  }
}
