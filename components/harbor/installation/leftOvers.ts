import { runDocker } from "../../docker/cli";
import { removeDrafts } from "../../files/ownedFiles";
import { endProcess, listProcesses } from "../../local/process";
import type { Layout } from "./layout";

/** Who takes a process over whose parent has ended. */
const INIT = 1;

/** The container that `prepare` runs in: a name of ours, so that one that a killed run left is found. */
export const PREPARE_CONTAINER = "breakwater-harbor-prepare";

/**
 * Ends what a killed run left, the Compose commands for this folder and the container of `prepare`: they would go on starting,
 * stopping and writing beside this run. One whose parent lives belongs to somebody who waits for it. Files that were half written
 * go: some have passwords.
 */
export async function endLeftOvers(layout: Layout): Promise<void> {
  const { directory, harborYml, composeFile, rendered, journal, record } = layout;
  const processes = await listProcesses();
  for (const { pid, parent, command } of processes) {
    if (parent === INIT && command.includes(` --project-directory ${directory} `)) await endProcess(pid);
  }
  const clients = processes.filter(({ command }) => command.includes(` --name ${PREPARE_CONTAINER} `));
  if (clients.every(({ parent }) => parent === INIT)) await removePrepareContainer();
  for (const file of [harborYml, composeFile, rendered, journal, record]) await removeDrafts(file);
}

export async function removePrepareContainer(): Promise<void> {
  const filter = `name=^/?${PREPARE_CONTAINER}$`;
  const found = await runDocker(["ps", "--all", "--quiet", "--filter", filter], { timeoutMs: 60_000 });
  if (found.trim() !== "") await runDocker(["rm", "--force", PREPARE_CONTAINER], { timeoutMs: 60_000 });
}
