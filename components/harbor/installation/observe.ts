import { containersOf } from "./containers";
import { readRecord } from "./dataRecord";
import { troubleOf } from "./health";
import type { HarborInstallationState } from "./inputs";
import { stoppedServices } from "./install";
import { readJournal } from "./journal";
import { layoutOf } from "./layout";
import { driftOfRendered } from "./rendered";
import { driftOfServed } from "./servedCertificate";

/** Says in words how this machine's Harbor differs from what was installed; empty when it does not. */
export async function driftOfInstallation(state: HarborInstallationState): Promise<string> {
  const layout = layoutOf(state);
  const journal = await readJournal(layout);
  if (journal) return `an upgrade from ${journal.from} to ${journal.to} was interrupted while ${journal.phase}`;
  const record = await readRecord(layout);
  if (record === undefined) return `${layout.data} holds no Harbor's data`;
  const files = await driftOfRendered(state, record.databasePassword);
  if ((await containersOf(layout.directory)).length === 0) return together([files, "Harbor does not run"]);
  if (files !== "") return files;
  const stopped = await stoppedServices(layout);
  if (stopped.length > 0) return `these do not run: ${stopped.join(", ")}`;
  const trouble = await troubleOf(state);
  return together([trouble && `not healthy: ${trouble}`, await driftOfServed(state)]);
}

function together(drifts: readonly string[]): string {
  return drifts.filter((drift) => drift !== "").join("; ");
}
