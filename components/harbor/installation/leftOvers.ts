import { endProcess, listProcesses } from "../../local/process";
import type { Layout } from "./layout";

/** Who takes a process over whose parent has ended. */
const INIT = 1;

/**
 * Ends the Compose commands for this folder that a killed run left: they would go on starting and stopping beside this one.
 * One whose parent lives belongs to somebody who waits for it.
 */
export async function endLeftOvers({ directory }: Layout): Promise<void> {
  for (const { pid, parent, command } of await listProcesses()) {
    if (parent === INIT && command.includes(` --project-directory ${directory} `)) await endProcess(pid);
  }
}
