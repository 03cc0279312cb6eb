import { messageOf } from "../../errors";
import {
  backupFolder,
  isRestoring,
  makeBackup,
  removeOtherBackups,
  removePartial,
  requireBackupPossible,
} from "./backup";
import { composeDown, composeUp } from "./compose";
import { type DataRecord, readRecord, writeRecord } from "./dataRecord";
import { HarborInstallationError } from "./error";
import { waitForHealth } from "./health";
import { provideImages } from "./images";
import type { HarborInstallationInputs } from "./inputs";
import { readJournal, removeJournal, type UpgradeJournal, writeJournal } from "./journal";
import { layoutOf } from "./layout";
import { prepare } from "./prepare";
import { progress } from "./progress";
import { restore, startOld, wayBackFailed } from "./wayBack";

/**
 * Goes from the release of `record` to the declared one: stop, back up, migrate and render, start, wait for health; and all
 * the way back when that fails. Throws `HARBOR_UPGRADE_FAILED` when the old release runs again,
 * `HARBOR_WAY_BACK_FAILED` when it does not.
 *
 * @param old the declaration that the old release runs by
 */
export async function upgrade(
  inputs: HarborInstallationInputs,
  record: DataRecord,
  old: HarborInstallationInputs = inputs,
): Promise<void> {
  const layout = layoutOf(inputs);
  await requireBackupPossible(layout);
  const { hostname, httpsPort, tls } = old;
  const journal: UpgradeJournal = {
    from: record.version,
    to: inputs.version,
    phase: "stopping",
    backup: backupFolder(layout, record.version),
    old: { hostname, tls, ...(httpsPort !== undefined && { httpsPort }) },
  };
  try {
    progress(`upgrading from ${journal.from} to ${journal.to}: stopping`);
    await writeJournal(layout, journal);
    await composeDown(layout);
    await writeJournal(layout, { ...journal, phase: "backing-up" });
    progress(`backing up database and data into ${journal.backup}`);
    await makeBackup(layout, journal.backup);
    await writeJournal(layout, { ...journal, phase: "migrating" });
  } catch (error) {
    // Nothing was changed yet: what was stopped is started, and the reason told.
    await removePartial(layout, journal.backup);
    await startOld(inputs, journal, error);
    throw error;
  }
  await goOn(inputs, record, journal);
}

/** Ends what a run left that was killed in the middle of an upgrade: goes on to the declared release, or undoes it. */
export async function recoverUpgrade(inputs: HarborInstallationInputs): Promise<void> {
  const layout = layoutOf(inputs);
  const journal = await readJournal(layout);
  if (journal === undefined) return;
  const { from, to, backup, phase } = journal;
  progress(`an upgrade from ${from} to ${to} was interrupted while ${phase}`);
  if (phase === "stopping" || phase === "backing-up") {
    await removePartial(layout, backup);
    return await removeJournal(layout);
  }
  if (phase !== "restoring" && !isRestoring(backup) && to === inputs.version) {
    const record = await readRecord(layout);
    if (record !== undefined) {
      await provideImages(inputs, progress);
      return await goOn(inputs, record, journal);
    }
  }
  await restore(layout, journal);
  await removeJournal(layout);
}

/** From the point on where the backup is whole. */
async function goOn(inputs: HarborInstallationInputs, record: DataRecord, journal: UpgradeJournal): Promise<void> {
  const layout = layoutOf(inputs);
  try {
    await writeJournal(layout, { ...journal, phase: "migrating" });
    await composeDown(layout); // of a run that was killed while starting
    await writeRecord(layout, { ...record, version: journal.to });
    progress(`carrying the configuration over to ${journal.to}`);
    await prepare(inputs, record.databasePassword, journal.from);
    await writeJournal(layout, { ...journal, phase: "starting" });
    await composeUp(inputs, progress);
    await waitForHealth(inputs, progress);
  } catch (error) {
    progress(`${journal.to} does not come up; going back to ${journal.from}`);
    try {
      await restore(layout, journal);
    } catch (failure) {
      throw wayBackFailed(journal, error, failure);
    }
    await startOld(inputs, journal, error);
    throw new HarborInstallationError(
      "HARBOR_UPGRADE_FAILED",
      `the upgrade to ${journal.to} failed, and ${journal.from} is back as it was, with its data. Why: ${messageOf(error)}`,
      { cause: error },
    );
  }
  await removeJournal(layout);
  await removeOtherBackups(journal.backup);
  progress(`${journal.to} runs; the data as they were before are in ${journal.backup}`);
}
