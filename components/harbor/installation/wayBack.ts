import { existsSync } from "node:fs";
import { messageOf } from "../../errors";
import { restoreBackup, setAsideFolder } from "./backup";
import { composeDown, composeUp } from "./compose";
import { HarborInstallationError } from "./error";
import { waitForHealth } from "./health";
import type { HarborInstallationInputs } from "./inputs";
import { removeJournal, type UpgradeJournal, writeJournal } from "./journal";
import { type Layout, layoutOf } from "./layout";
import { progress } from "./progress";

/**
 * Puts database, data and configuration back as they were before the upgrade; nothing is started. What a Harbor has written
 * since then is set aside and never removed.
 */
export async function restore(layout: Layout, journal: UpgradeJournal): Promise<void> {
  progress(`putting the data of ${journal.from} back`);
  await composeDown(layout);
  // For a person; what counts is the backup folder's name, which a full disk has room for.
  await writeJournal(layout, { ...journal, phase: "restoring" }).catch(() => undefined);
  await restoreBackup(layout, journal.backup, journal.ran === true);
  const note = setAsideNote(journal);
  if (note !== "") progress(note);
}

/** Where the data are that a restore set aside, in words; empty when there are none. */
export function setAsideNote({ backup, from }: UpgradeJournal): string {
  const folder = setAsideFolder(backup);
  if (!existsSync(folder)) return "";
  return (
    `what was pushed or changed after the backup is not in the data of ${from} that are back: it is kept in ${folder}. ` +
    "Push it again, and delete that folder when nobody misses anything"
  );
}

/**
 * Ends an upgrade that failed by starting the old release, whose data and configuration are in place. Throws
 * `HARBOR_WAY_BACK_FAILED` when it does not come up either.
 */
export async function startOld(
  inputs: HarborInstallationInputs,
  journal: UpgradeJournal,
  reason: unknown,
): Promise<void> {
  const layout = layoutOf(inputs);
  try {
    await removeJournal(layout);
    if (!existsSync(layout.composeFile)) return; // data without an installation: there was nothing that ran
    await composeUp(inputs, progress);
    const { healthTimeoutSeconds } = inputs;
    await waitForHealth(
      { ...journal.old, ...(healthTimeoutSeconds !== undefined && { healthTimeoutSeconds }) },
      progress,
    );
  } catch (failure) {
    throw wayBackFailed(journal, reason, failure);
  }
}

export function wayBackFailed(journal: UpgradeJournal, reason: unknown, failure: unknown): HarborInstallationError {
  const note = setAsideNote(journal);
  return new HarborInstallationError(
    "HARBOR_WAY_BACK_FAILED",
    `the upgrade to ${journal.to} failed (${messageOf(reason)}), and so did the way back to ${journal.from} (${messageOf(failure)}). ` +
      `No data are lost: mend what is named and run \`up\` again, with version ${journal.from} to go back or ${journal.to} to go on${note && `\n${note}`}`,
    { cause: reason },
  );
}
