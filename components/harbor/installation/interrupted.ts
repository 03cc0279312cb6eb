import { isRestoring, isUsedUp, removeOtherBackups, removePartial } from "./backup";
import { type Container, containersOf } from "./containers";
import { waitForHealth } from "./health";
import { readJournal, removeJournal, type UpgradeJournal } from "./journal";
import type { Layout } from "./layout";
import { progress } from "./progress";
import { setAsideNote } from "./wayBack";

/** Enough for the answers in a row that `waitForHealth` wants; what starts slower than this can't be known to be healthy. */
const SETTLED_SECONDS = 15;

/**
 * Ends an upgrade that a killed run left, where that needs no choice: one that had touched nothing yet, one whose way back had
 * come to its end, and one whose new release came up by itself, for its clients have pushed to it since. Returns the journal of
 * any other, which is to go on or all the way back.
 */
export async function settleUpgrade(layout: Layout): Promise<UpgradeJournal | undefined> {
  const journal = await readJournal(layout);
  if (journal === undefined) return undefined;
  const { from, to, phase, backup } = journal;
  progress(`an upgrade from ${from} to ${to} was interrupted while ${phase}`);
  if (phase === "stopping" || phase === "backing-up") {
    await removePartial(layout, backup);
    await removeJournal(layout);
    return undefined;
  }
  if (isUsedUp(backup)) {
    const note = setAsideNote(journal);
    if (note !== "") progress(note);
    await removeJournal(layout);
    return undefined;
  }
  const containers = await containersOf(layout.directory);
  if (phase !== "restoring" && !isRestoring(backup) && (await runs(journal, containers))) {
    await completeUpgrade(layout, journal);
    return undefined;
  }
  // While migrating there are none, unless somebody started them by hand.
  return phase === "starting" || containers.length > 0 ? { ...journal, ran: true } : journal;
}

/** Ends an upgrade that succeeded: the journal goes, and the backup stays as the only one. */
export async function completeUpgrade(layout: Layout, { to, backup }: UpgradeJournal): Promise<void> {
  await removeJournal(layout);
  await removeOtherBackups(backup);
  progress(`${to} runs; the data as they were before are in ${backup}`);
}

/** True when the new release runs, and all of it is healthy. */
async function runs({ to, next }: UpgradeJournal, containers: readonly Container[]): Promise<boolean> {
  const core = containers.find(({ service }) => service === "core");
  if (core?.state !== "running" || !core.image.endsWith(`:v${to}`)) return false;
  try {
    await waitForHealth({ ...next, healthTimeoutSeconds: SETTLED_SECONDS }, progress);
    return true;
  } catch {
    progress(`${to} runs, and is not known to be healthy`);
    return false;
  }
}
