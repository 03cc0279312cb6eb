import { messageOf } from "../../errors";
import type { Address } from "./address";
import { backupFolder, isRestoring, makeBackup, removePartial, requireBackupPossible } from "./backup";
import { composeDown, composeUp } from "./compose";
import { containersOf } from "./containers";
import { type DataRecord, readRecord, writeRecord } from "./dataRecord";
import { HarborInstallationError } from "./error";
import { waitForHealth } from "./health";
import { provideImages } from "./images";
import type { HarborInstallationInputs } from "./inputs";
import { completeUpgrade, settleUpgrade } from "./interrupted";
import { addressOf, removeJournal, type UpgradeJournal, writeJournal } from "./journal";
import { type Layout, layoutOf } from "./layout";
import { prepare } from "./prepare";
import { progress } from "./progress";
import { restore, setAsideNote, startOld, wayBackFailed } from "./wayBack";

/**
 * Goes from the release of `record` to the declared one: stop, back up, migrate and render, start, wait for health; and all
 * the way back when that fails. Throws `HARBOR_UPGRADE_FAILED` when the old release runs again,
 * `HARBOR_WAY_BACK_FAILED` when it does not.
 *
 * @param old where the old release is reached
 */
export async function upgrade(
  inputs: HarborInstallationInputs,
  record: DataRecord,
  old: Address = inputs,
): Promise<void> {
  const layout = layoutOf(inputs);
  await requireBackupPossible(layout);
  const journal: UpgradeJournal = {
    from: record.version,
    to: inputs.version,
    phase: "stopping",
    backup: backupFolder(layout, record.version),
    old: addressOf(old),
    next: addressOf(inputs),
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

/**
 * Ends what a run left that was killed in the middle of an upgrade. A new release that came up meanwhile stays; otherwise goes
 * on to the declared release, or undoes the upgrade.
 */
export async function recoverUpgrade(inputs: HarborInstallationInputs): Promise<void> {
  const layout = layoutOf(inputs);
  const journal = await settleUpgrade(layout);
  if (journal === undefined) return;
  const { to, backup, phase } = journal;
  if (phase !== "restoring" && !isRestoring(backup) && to === inputs.version) {
    const record = await readRecord(layout);
    if (record !== undefined) {
      await provideImages(inputs, progress);
      return await goOn(inputs, record, { ...journal, next: addressOf(inputs) });
    }
  }
  await restore(layout, journal);
  await removeJournal(layout);
}

/** From the point on where the backup is whole. */
async function goOn(inputs: HarborInstallationInputs, record: DataRecord, begun: UpgradeJournal): Promise<void> {
  const layout = layoutOf(inputs);
  let journal = begun;
  try {
    await writeJournal(layout, { ...journal, phase: "migrating" });
    await composeDown(layout); // of a run that was killed while starting
    await writeRecord(layout, { ...record, version: journal.to });
    progress(`carrying the configuration over to ${journal.to}`);
    await prepare(inputs, record.databasePassword, journal.from);
    journal = { ...journal, phase: "starting", ran: true };
    await writeJournal(layout, journal);
    await composeUp(inputs, progress);
    await waitForHealth(inputs, progress);
  } catch (error) {
    progress(`${journal.to} does not come up; going back to ${journal.from}`);
    // A release of which no container was made, as when an image is missing, has written nothing.
    journal = { ...journal, ran: begun.ran === true || (journal.ran === true && (await hasContainers(layout))) };
    try {
      await restore(layout, journal);
    } catch (failure) {
      throw wayBackFailed(journal, error, failure);
    }
    await startOld(inputs, journal, error);
    const note = setAsideNote(journal);
    throw new HarborInstallationError(
      "HARBOR_UPGRADE_FAILED",
      `the upgrade to ${journal.to} failed, and ${journal.from} is back as it was, with its data. Why: ${messageOf(error)}${note && `\n${note}`}`,
      { cause: error },
    );
  }
  await completeUpgrade(layout, journal);
}

async function hasContainers(layout: Layout): Promise<boolean> {
  return await containersOf(layout.directory).then(
    (containers) => containers.length > 0,
    () => true, // the engine does not say
  );
}
