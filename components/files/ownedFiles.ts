import { randomBytes } from "node:crypto";
import { chmod, mkdir, readdir, readFile, rename, rm, rmdir, stat, writeFile } from "node:fs/promises";
import path from "node:path";

/** A file that a resource writes and owns as long as its content is the one that it wrote. */
export interface OwnedFile {
  /** Relative to the directory, with `/`. */
  readonly name: string;
  readonly content: string;
  /** 0600, for private keys and passwords. */
  readonly secret?: boolean;
}

const modeOf = (file: OwnedFile) => (file.secret ? 0o600 : 0o644);

/**
 * Writes each file that is missing, differs or is too open; each appears by a rename, so never half. The first appears when all
 * are written: files that belong together, as a certificate and its key, stay as they were where there is no room for all.
 */
export async function writeOwnedFiles(directory: string, files: readonly OwnedFile[]): Promise<void> {
  const drafts: { readonly draft: string; readonly target: string }[] = [];
  try {
    for (const file of files) {
      if ((await driftOf(directory, file)) === "") continue;
      const target = path.join(directory, file.name);
      drafts.push({ draft: await writeDraft(target, file), target });
    }
    for (const { draft, target } of drafts) await rename(draft, target);
  } catch (error) {
    for (const { draft } of drafts) await rm(draft, { force: true });
    throw error;
  }
}

/** Says in words which files are missing, were edited, or can be read by others; empty when none. */
export async function driftOfOwnedFiles(directory: string, files: readonly OwnedFile[]): Promise<string> {
  const drifts = await Promise.all(files.map((file) => driftOf(directory, file)));
  return drifts.filter((drift) => drift !== "").join("; ");
}

/** Removes the files whose content is still the written one, then the folders that this left empty. */
export async function deleteOwnedFiles(directory: string, files: readonly OwnedFile[]): Promise<void> {
  const folders = new Set<string>();
  for (const file of files) {
    const target = path.join(directory, file.name);
    if ((await contentOf(target)) === file.content) await rm(target, { force: true });
    for (let folder = path.dirname(target); folder.startsWith(directory); folder = path.dirname(folder)) {
      folders.add(folder);
    }
  }
  for (const folder of [...folders].sort((a, b) => b.length - a.length)) {
    await rmdir(folder).catch(() => undefined); // not empty: it holds what others put there
  }
}

/** Writes one file by a rename; the folders above it are made. */
export async function writeAtomically(target: string, file: Omit<OwnedFile, "name">): Promise<void> {
  const draft = await writeDraft(target, file);
  try {
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/** Writes what a rename will put in the place of `target`; returns its path. */
async function writeDraft(target: string, file: Omit<OwnedFile, "name">): Promise<string> {
  const mode = modeOf({ name: target, ...file });
  await mkdir(path.dirname(target), { recursive: true });
  const draft = `${target}.${randomBytes(4).toString("hex")}.tmp`;
  try {
    await writeFile(draft, file.content, { mode, flag: "wx" });
    await chmod(draft, mode); // whatever the umask says
    return draft;
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/** Removes what writes of this file that were killed have left; nobody may be writing it. */
export async function removeDrafts(target: string): Promise<void> {
  const folder = path.dirname(target);
  const names = await readdir(folder).catch(() => []);
  const isDraft = (name: string) =>
    name.startsWith(`${path.basename(target)}.`) &&
    /^\.[0-9a-f]{8}\.tmp$/.test(name.slice(path.basename(target).length));
  for (const name of names.filter(isDraft)) await rm(path.join(folder, name), { force: true });
}

async function driftOf(directory: string, file: OwnedFile): Promise<string> {
  const target = path.join(directory, file.name);
  const shown = path.join(path.basename(directory), file.name);
  const content = await contentOf(target);
  if (content === undefined) return `file ${shown} is missing`;
  if (content !== file.content) return `file ${shown} was edited by hand`;
  const { mode } = await stat(target);
  return (mode & 0o777 & ~modeOf(file)) === 0 ? "" : `file ${shown} can be read or changed by others`;
}

async function contentOf(target: string): Promise<string | undefined> {
  try {
    return await readFile(target, "utf8");
  } catch {
    return undefined;
  }
}
