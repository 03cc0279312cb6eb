import {
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { toolsDirectory, toolVariable } from "./paths.mjs";
import { fingerprint, readStamp, writeStamp } from "./stamp.mjs";

// .breakwater/tools/
//   store/<entry>/bin/<name>   made elsewhere, renamed here when whole, never changed
//   store/<entry>/stamp.json
//   <name>     -> store/<entry>          switched atomically; a root with bin/<name>, as programs take it
//   bin/<name> -> ../<name>/bin/<name>

/**
 * @typedef {"variable" | "PATH" | "download" | "go"} Source
 * @typedef {{path: string, size: number, mtimeMs: number}} Observed a binary outside the project
 * @typedef {{source: Source, row: string, size: number, observed?: Observed}} ToolStamp
 * @typedef {import("./tools.mjs").Tool} Tool
 */

/** @param {Tool} tool */
const rowFingerprint = ({ version, accepts, go }) =>
  fingerprint([version, accepts.from, accepts.before, go.ldflags, go.tags]);

/**
 * The entry of a binary that the set-up downloaded or built itself.
 * @param {Tool} tool
 */
export const ownEntry = (tool) => `${tool.name}-${tool.version}`;

/**
 * Whether `.breakwater/tools/bin/<name>` is what the table and the variable ask for. Nothing is executed.
 * @param {string} root
 * @param {Tool} tool
 */
export function toolIsCurrent(root, tool) {
  const tools = toolsDirectory(root);
  const stamp = readToolStamp(join(tools, tool.name));
  const named = process.env[toolVariable(tool.name)];
  if (stamp === undefined || (stamp.source === "variable") !== Boolean(named)) return false;
  if (named && stamp.observed?.path !== resolve(named)) return false;
  return isWhole(join(tools, tool.name), tool) && sizeOf(join(tools, "bin", tool.name)) === stamp.size;
}

/**
 * Whether an entry fits the table, and its binary is the one that was stamped.
 * @param {string} entry path of the entry
 * @param {Tool} tool
 */
export function isWhole(entry, tool) {
  const stamp = readToolStamp(entry);
  if (stamp === undefined || stamp.row !== rowFingerprint(tool)) return false;
  if (sizeOf(join(entry, "bin", tool.name)) !== stamp.size) return false;
  if (stamp.observed === undefined) return true;
  const now = observe(stamp.observed.path);
  return now?.size === stamp.observed.size && now.mtimeMs === stamp.observed.mtimeMs;
}

/**
 * Provides a binary outside the project, by a link.
 * @param {string} root
 * @param {Tool} tool
 * @param {string} binary absolute path of an existing file
 * @param {"variable" | "PATH"} source
 */
export function linkTool(root, tool, binary, source) {
  const observed = observe(binary);
  if (observed === undefined) throw new Error(`${binary} has vanished`);
  const partial = newPartial(root);
  const bin = join(partial, "bin");
  mkdirSync(bin);
  // A program looks for its companion beside its real binary, where the set-up may not write: such a binary is copied.
  const alone = tool.companion && !existsSync(join(dirname(realpathSync(binary)), basename(tool.companion)));
  if (alone) copyFileSync(binary, join(bin, tool.name), constants.COPYFILE_FICLONE);
  else symlinkSync(binary, join(bin, tool.name));
  const hash = fingerprint([source, JSON.stringify(observed), rowFingerprint(tool)]).slice(0, 12);
  keep(root, tool, partial, `${tool.name}-linked-${hash}`, source, observed);
}

/**
 * Makes a finished folder (with `bin/<name>`) an entry of the store and the tool in use.
 * @param {string} root
 * @param {Tool} tool
 * @param {string} partial from {@link newPartial}
 * @param {string} entry
 * @param {Source} source
 * @param {Observed} [observed]
 */
export function keep(root, tool, partial, entry, source, observed) {
  addCompanion(root, tool, join(partial, "bin"));
  /** @type {ToolStamp} */
  const stamp = { source, row: rowFingerprint(tool), size: sizeOf(join(partial, "bin", tool.name)) ?? 0 };
  writeStamp(join(partial, "stamp.json"), JSON.stringify(observed ? { ...stamp, observed } : stamp));
  const store = join(toolsDirectory(root), "store");
  mkdirSync(store, { recursive: true });
  rmSync(join(store, entry), { recursive: true, force: true });
  renameSync(partial, join(store, entry));
  activate(root, tool, entry);
}

/**
 * Switches a tool to an entry of the store and removes the entries that nothing will ask for again.
 * @param {string} root
 * @param {Tool} tool
 * @param {string} entry
 */
export function activate(root, tool, entry) {
  const tools = toolsDirectory(root);
  mkdirSync(join(tools, "bin"), { recursive: true });
  switchLink(join(tools, tool.name), join("store", entry));
  switchLink(join(tools, "bin", tool.name), join("..", tool.name, "bin", tool.name));
  for (const other of readdirSync(join(tools, "store"))) {
    const obsolete = other.startsWith(`${tool.name}-`) && other !== entry && other !== ownEntry(tool);
    if (obsolete) rmSync(join(tools, "store", other), { recursive: true, force: true });
  }
}

/**
 * An empty folder to make an entry in, on the file system of the store. Its name is this process's own: a compiler that
 * outlived a killed set-up must not write into it.
 * @param {string} root
 */
export function newPartial(root) {
  removePartials(root);
  const partial = join(toolsDirectory(root), `partial-${process.pid}`);
  mkdirSync(partial, { recursive: true });
  return partial;
}

/**
 * Removes unfinished entries, those of killed runs too. Only for the holder of the set-up's lock.
 * @param {string} root
 */
export function removePartials(root) {
  const tools = toolsDirectory(root);
  mkdirSync(tools, { recursive: true });
  for (const name of readdirSync(tools)) {
    if (name.startsWith("partial-")) rmSync(join(tools, name), { recursive: true, force: true });
  }
}

/**
 * @param {string} root
 * @param {Tool} tool
 * @param {string} bin
 */
function addCompanion(root, tool, bin) {
  if (tool.companion === undefined) return;
  const beside = join(bin, basename(tool.companion));
  if (existsSync(beside)) return;
  copyFileSync(join(root, tool.companion), beside);
  chmodSync(beside, 0o755);
}

/**
 * @param {string} link
 * @param {string} target relative to the link's folder
 */
function switchLink(link, target) {
  const fresh = `${link}.new`;
  rmSync(fresh, { force: true });
  symlinkSync(target, fresh);
  // A folder cannot be replaced by rename; only something foreign can have put one there.
  if (lstatSync(link, { throwIfNoEntry: false })?.isDirectory()) rmSync(link, { recursive: true });
  renameSync(fresh, link);
}

/**
 * @param {string} entry
 * @returns {ToolStamp | undefined}
 */
function readToolStamp(entry) {
  const text = readStamp(join(entry, "stamp.json"));
  return text === undefined ? undefined : JSON.parse(text);
}

/**
 * @param {string} path
 * @returns {Observed | undefined}
 */
function observe(path) {
  const found = statSync(path, { throwIfNoEntry: false });
  return found && { path, size: found.size, mtimeMs: found.mtimeMs };
}

/** @param {string} path */
const sizeOf = (path) => statSync(path, { throwIfNoEntry: false })?.size;
