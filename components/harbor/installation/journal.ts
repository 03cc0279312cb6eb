import { readFile, rm } from "node:fs/promises";
import { writeAtomically } from "../../files/ownedFiles";
import type { Address } from "./address";
import type { Layout } from "./layout";

/**
 * Where an upgrade is. Up to `backing-up` nothing but the containers was touched. From `migrating` on the backup is whole, and
 * configuration and keys may be the new release's; from `starting` on the new release may run. A new release that is healthy
 * ends the upgrade, and the journal with it; `restoring` is the way back.
 */
export type UpgradePhase = "stopping" | "backing-up" | "migrating" | "starting" | "restoring";

/** The upgrade that is under way, as `upgrade.json` keeps it; it is there as long as the upgrade has not ended. */
export interface UpgradeJournal {
  readonly from: string;
  readonly to: string;
  readonly phase: UpgradePhase;
  /** Folder of the backup. */
  readonly backup: string;
  /** Where the old release is reached when it runs again. */
  readonly old: Address;
  /** Where the new release is reached. */
  readonly next: Address;
  /** A Harbor ran on the data since the backup was made, and may have taken pushes: the way back must not remove them. */
  readonly ran?: boolean;
}

export function addressOf({ hostname, httpsPort, tls }: Address): Address {
  return { hostname, tls, ...(httpsPort !== undefined && { httpsPort }) };
}

export async function readJournal(layout: Layout): Promise<UpgradeJournal | undefined> {
  const text = await readFile(layout.journal, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  return text === undefined ? undefined : (JSON.parse(text) as UpgradeJournal);
}

export async function writeJournal(layout: Layout, journal: UpgradeJournal): Promise<void> {
  await writeAtomically(layout.journal, { content: `${JSON.stringify(journal, undefined, 2)}\n` });
}

export async function removeJournal(layout: Layout): Promise<void> {
  await rm(layout.journal, { force: true });
}
