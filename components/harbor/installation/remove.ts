import { rm, rmdir } from "node:fs/promises";
import path from "node:path";
import { BACKUPS } from "./backup";
import { composeDown } from "./compose";
import { requireLocalEngine } from "./engine";
import type { HarborInstallationState } from "./inputs";
import { settleUpgrade } from "./interrupted";
import { removeJournal } from "./journal";
import { DATA, type Layout, layoutOf } from "./layout";
import { endLeftOvers } from "./leftOvers";
import { requireMachine } from "./machine";
import { progress } from "./progress";
import { restore } from "./wayBack";

/** Stops and removes Harbor and what was rendered for it. Images and database stay unless `deleteData` is declared. */
export async function removeInstallation(state: HarborInstallationState): Promise<void> {
  const layout = layoutOf(state);
  requireMachine();
  await requireLocalEngine();
  await endLeftOvers(layout);
  if (!state.deleteData) await endUpgrade(layout);
  await composeDown(layout);
  const { harborYml, composeFile, common, input, rendered, before, journal } = layout;
  // The last two say whose the others are.
  for (const file of [harborYml, composeFile, common, input, before, rendered, journal]) {
    await rm(file, { recursive: true, force: true });
  }
  await removeEmpty(layout.directory);
  if (!state.deleteData) {
    progress(`images and database stay in ${layout.data}; \`deleteData: true\` would delete them too`);
    return;
  }
  // The record last, for the same reason.
  for (const file of [
    ...DATA.map((name) => path.join(layout.data, name)),
    path.join(layout.data, BACKUPS),
    layout.record,
  ]) {
    await rm(file, { recursive: true, force: true });
  }
  await removeEmpty(layout.data);
}

/** Data that stay are to be whole, and of one release: the new one where it came up, else the old one. */
async function endUpgrade(layout: Layout): Promise<void> {
  const journal = await settleUpgrade(layout);
  if (journal === undefined) return;
  await restore(layout, journal);
  await removeJournal(layout);
}

async function removeEmpty(folder: string): Promise<void> {
  await rmdir(folder).catch((error: NodeJS.ErrnoException) => {
    // Not empty: it holds what others put there. Busy: a file system is mounted there.
    if (!["ENOENT", "ENOTEMPTY", "EBUSY"].includes(error.code ?? "")) throw error;
  });
}
