import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import path from "node:path";

/** So long a folder is left alone in any case: processes of another container, with numbers of their own, may share it. */
const LEFT_ALONE_MS = 3_600_000;

/**
 * Makes a folder `PREFIX-PID-…` for this user only, to be removed by its maker; and removes those of processes that were killed
 * before they could. Throws what the file system throws when the folder can't be made.
 */
export function makeTemporary(parent: string, prefix: string): string {
  removeLeftovers(parent, prefix);
  return mkdtempSync(path.join(parent, `${prefix}-${process.pid}-`));
}

/** What can't be removed, somebody else's for example, is left. */
function removeLeftovers(parent: string, prefix: string): void {
  for (const name of namesIn(parent)) {
    const pid = name.startsWith(`${prefix}-`)
      ? /^(\d{1,10})-[^-]+$/.exec(name.slice(prefix.length + 1))?.[1]
      : undefined;
    if (pid === undefined || isAlive(Number(pid))) continue;
    const folder = path.join(parent, name);
    try {
      const { mtimeMs, uid } = statSync(folder);
      if (Date.now() - mtimeMs < LEFT_ALONE_MS || uid !== process.getuid?.()) continue;
      rmSync(folder, { recursive: true, force: true });
    } catch {
      // Another process removes it as well.
    }
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
