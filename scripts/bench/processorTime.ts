import { readFile } from "node:fs/promises";

const TICKS_PER_SECOND = 100; // Linux' USER_HZ

/** Milliseconds of processor time that this process has used, all its threads. */
export function ownProcessorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** The same of another process; NaN where the system does not tell (only Linux does, in /proc). */
export async function processorMs(pid: number | undefined): Promise<number> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" "); // the name before may have blanks
    return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_SECOND;
  } catch {
    return Number.NaN;
  }
}
