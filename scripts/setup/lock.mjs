import { randomUUID } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** How often a holder shows that it lives, and after which silence it counts as dead, in milliseconds. */
const HEARTBEAT = 5_000;
const SILENCE = 60_000;
const POLL = 200;

/**
 * Runs `work` while holding a lock file; another holder is waited for.
 *
 * A lock is stale when its process is dead (on this host), or when its file was not touched for a minute: that covers a
 * recycled process id and a container that is gone.
 *
 * @template Result
 * @param {string} file
 * @param {() => Promise<Result>} work
 * @param {(holder: string) => void} [onWait] called once when another holder is waited for
 * @returns {Promise<Result>}
 */
export async function withLock(file, work, onWait) {
  const token = JSON.stringify({ pid: process.pid, host: hostname(), id: randomUUID() });
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  let told = false;
  while (!take(file, token)) {
    const holder = read(file);
    if (holder === undefined) continue;
    if (isStale(file, holder)) {
      breakLock(file, holder);
      continue;
    }
    if (!told) onWait?.(describe(holder));
    told = true;
    await sleep(POLL);
  }
  const heartbeat = setInterval(() => touch(file, token), HEARTBEAT).unref();
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    if (read(file) === token) rmSync(file, { force: true });
  }
}

/**
 * Creates the lock with its content in one step (a link fails when the name exists), so that no reader sees it empty.
 * @param {string} file
 * @param {string} token
 */
function take(file, token) {
  const own = `${file}.${process.pid}.${randomUUID()}`;
  writeFileSync(own, token, { flag: "wx" });
  try {
    linkSync(own, file);
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(own, { force: true });
  }
}

/** @param {string} file */
function read(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined; // released meanwhile
  }
}

/**
 * @param {string} holder
 * @returns {{pid?: number, host?: string}}
 */
function parse(holder) {
  try {
    return JSON.parse(holder);
  } catch {
    return {};
  }
}

/**
 * @param {string} file
 * @param {string} holder
 */
function isStale(file, holder) {
  const { pid, host } = parse(holder);
  if (host === hostname() && pid !== undefined && !isAlive(pid)) return true;
  const touched = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
  return touched !== undefined && Date.now() - touched > SILENCE;
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    // EPERM: it lives, but belongs to another user.
    return /** @type {NodeJS.ErrnoException} */ (error).code === "EPERM";
  }
}

/**
 * A zombie has ended; its parent has not asked for its exit code, and in some containers never will.
 * @param {number} pid
 */
function isZombie(pid) {
  try {
    const status = readFileSync(`/proc/${pid}/stat`, "utf8");
    return status.slice(status.lastIndexOf(")") + 2).startsWith("Z"); // proc(5): "pid (name) state …"
  } catch {
    return false; // no /proc here, or it is gone by now
  }
}

/**
 * Removes a stale lock. Two waiters may both see it as stale, and the slower one may catch the quicker one's new lock: the
 * file is moved aside and looked at, and a lock that is not the stale one is put back.
 * @param {string} file
 * @param {string} stale
 */
function breakLock(file, stale) {
  const aside = `${file}.stale.${randomUUID()}`;
  try {
    renameSync(file, aside);
    if (read(aside) !== stale) linkSync(aside, file);
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error);
    if (code !== "ENOENT" && code !== "EEXIST") throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

/**
 * @param {string} file
 * @param {string} token
 */
function touch(file, token) {
  if (read(file) === token) utimesSync(file, new Date(), new Date());
}

/** @param {string} holder */
function describe(holder) {
  const { pid, host } = parse(holder);
  return `process ${pid ?? "unknown"} on ${host ?? "an unknown host"}`;
}
