import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { lstat, readdir, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { type CopyRule, copyTree, exchange, makeFolder, putInPlace, sizeOf } from "./copyTree";
import { HarborInstallationError } from "./error";
import { DATA, type Layout } from "./layout";
import { requireDisk } from "./machine";

/** A name of our own: all that is in it is removed one day. */
export const BACKUPS = "breakwater-backup";
/** Trivy's databases are fetched anew, and are large. */
const FETCHED = "trivy-adapter";
/** distribution's storage: blobs are named by their content and never written again; links below `repositories` are. */
const BLOBS = "registry/docker/registry/v2/blobs";
const REPOSITORIES = "registry/docker/registry/v2/repositories";
const SET_ASIDE = ".set-aside";
/** Within a backup, what a restore has replaced so far. */
const REPLACED = "replaced";
/** Room that stays free beside the copy. */
const RESERVE_BYTES = 2 ** 28;

/** Where a backup made at `now` before leaving `version` is. */
export function backupFolder(layout: Layout, version: string, now = new Date()): string {
  const time = now.toISOString().replaceAll(/[-:]|\.\d+/g, "");
  return path.join(layout.data, BACKUPS, `${version}-${time}`);
}

/** Throws, before anything is stopped, when there is no room for a backup, or it could not be put back by renames. */
export async function requireBackupPossible(layout: Layout): Promise<void> {
  const entries = await entriesOf(layout);
  await requireOneFileSystem(layout, entries);
  const rule = ruleOf(layout);
  const sizes = await Promise.all(entries.map((name) => sizeOf(path.join(layout.data, name), rule)));
  const needed = sizes.reduce((sum, size) => sum + size, RESERVE_BYTES);
  await requireDisk(layout.data, needed);
}

/**
 * Copies database, keys and settings into `backup`, and what was rendered into the folder of its own file system, of a
 * Harbor that is stopped. The blobs of the images are hard links. `backup` appears last and by a rename, so that it is whole
 * or not there.
 */
export async function makeBackup(layout: Layout, backup: string): Promise<void> {
  await keepRendering(layout);
  const rule = ruleOf(layout);
  const partial = `${backup}.partial`;
  // The folder for what a restore replaces is made here, for a restore may have to do without any room.
  const folders = [path.dirname(partial), partial, path.join(partial, "data"), path.join(partial, REPLACED)];
  for (const folder of folders) await makeFolder(folder);
  for (const name of await entriesOf(layout)) {
    await copyTree(path.join(layout.data, name), path.join(partial, "data", name), rule);
  }
  await promisify(execFile)("sync", ["--file-system", partial]); // a power cut after this finds it whole
  await rename(partial, backup);
}

async function keepRendering(layout: Layout): Promise<void> {
  await rm(layout.before, { recursive: true, force: true });
  await makeFolder(layout.directory);
  await makeFolder(layout.before);
  for (const file of renderedOf(layout)) {
    const kept = path.join(layout.before, path.basename(file));
    if (existsSync(file)) await copyTree(file, kept);
    else await writeFile(absent(kept), "");
  }
}

/** The mark that there was no such file: data outlive an installation, and their release with them. */
function absent(kept: string): string {
  return `${kept}.absent`;
}

/** What a run that was killed left half-made. */
export async function removePartial(layout: Layout, backup: string): Promise<void> {
  // Whole already when the kill, or the full disk, came before the journal said so.
  for (const folder of [`${backup}.partial`, backup]) await rm(folder, { recursive: true, force: true });
  await rm(layout.before, { recursive: true, force: true });
}

/** True when `restoreBackup` was begun and has not ended. */
export function isRestoring(backup: string): boolean {
  return existsSync(restoringOf(backup));
}

/** True when a restore came to its end: nothing is left of the backup but the journal's word of it. */
export function isUsedUp(backup: string): boolean {
  return !existsSync(backup) && !isRestoring(backup);
}

/** Where a restore of `backup` puts the data that it replaces; a folder that would do as a data folder. */
export function setAsideFolder(backup: string): string {
  return `${backup}${SET_ASIDE}`;
}

/**
 * Puts the backup in the place of what is there, by renames: it needs no room, and goes on where a kill stopped it. The backup is
 * used up.
 *
 * @param setAside keeps what is replaced, in `setAsideFolder`; it is removed otherwise
 */
export async function restoreBackup(layout: Layout, backup: string, setAside: boolean): Promise<void> {
  const restoring = restoringOf(backup);
  // Said by a name and not in a file: a disk that is full has room for it.
  if (!existsSync(restoring)) await rename(backup, restoring);
  const [data, replaced] = [path.join(restoring, "data"), path.join(restoring, REPLACED)];
  await makeFolder(replaced);
  for (const name of await readdir(data).catch(() => [])) {
    await exchange(path.join(data, name), path.join(layout.data, name), path.join(replaced, name));
  }
  for (const file of renderedOf(layout)) {
    const kept = path.join(layout.before, path.basename(file));
    if (existsSync(kept)) await putInPlace(kept, file);
    // The new release's file would start it on the old one's data.
    if (existsSync(absent(kept))) await rm(file, { recursive: true, force: true });
  }
  for (const folder of [layout.input, layout.before]) await rm(folder, { recursive: true, force: true });
  if (setAside && !existsSync(setAsideFolder(backup))) await rename(replaced, setAsideFolder(backup));
  await rm(restoring, { recursive: true, force: true });
}

/** The folder of the last whole backup; undefined when there is none. */
export async function lastBackup(layout: Layout): Promise<string | undefined> {
  const names = await readdir(path.join(layout.data, BACKUPS)).catch(() => []);
  const whole = names.filter((name) => !/\.(partial|restoring|set-aside)$/.test(name)).sort(byTime);
  const last = whole.at(-1);
  return last === undefined ? undefined : path.join(layout.data, BACKUPS, last);
}

function byTime(a: string, b: string): number {
  const [left, right] = [a, b].map((name) => name.slice(name.indexOf("-") + 1));
  return (left ?? "") < (right ?? "") ? -1 : 1;
}

/** Removes all backups but this one. What was set aside is in no backup: only a person knows when nobody misses it. */
export async function removeOtherBackups(backup: string): Promise<void> {
  const folder = path.dirname(backup);
  for (const name of await readdir(folder).catch(() => [])) {
    if (name === path.basename(backup) || name.endsWith(SET_ASIDE)) continue;
    await rm(path.join(folder, name), { recursive: true, force: true });
  }
}

function restoringOf(backup: string): string {
  return `${backup}.restoring`;
}

/** What Harbor made there, and the record of it: what else is there is somebody's, whose changes a restore would undo. */
async function entriesOf(layout: Layout): Promise<string[]> {
  const ours = [...DATA.filter((name) => name !== FETCHED), path.basename(layout.record)];
  return (await readdir(layout.data)).filter((name) => ours.includes(name));
}

function renderedOf(layout: Layout): string[] {
  return [layout.harborYml, layout.composeFile, layout.common, layout.rendered];
}

function ruleOf(layout: Layout): CopyRule {
  const blobs = path.join(layout.data, BLOBS);
  return (file) => (file.startsWith(`${blobs}/`) ? "link" : "copy");
}

/** A restore is renames within the data folder; a folder that is mounted there can't be renamed. */
async function requireOneFileSystem(layout: Layout, entries: readonly string[]): Promise<void> {
  const { dev } = await lstat(layout.data);
  for (const name of [...entries, BLOBS, REPOSITORIES]) {
    const status = await lstat(path.join(layout.data, name)).catch(() => undefined);
    if (status === undefined || status.dev === dev) continue;
    throw new HarborInstallationError(
      "HARBOR_DATA_SCATTERED",
      `${path.join(layout.data, name)} is on another file system than ${layout.data}, so a backup could not be put back at once. ` +
        "Mount one file system as the data folder, or upgrade by hand as Harbor's guide says and set the new version in its record",
    );
  }
}
