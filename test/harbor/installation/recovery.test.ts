import { existsSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { backupFolder, makeBackup, setAsideFolder } from "../../../components/harbor/installation/backup";
import { newRecord, readRecord, writeRecord } from "../../../components/harbor/installation/dataRecord";
import {
  addressOf,
  readJournal,
  type UpgradePhase,
  writeJournal,
} from "../../../components/harbor/installation/journal";
import { recoverUpgrade } from "../../../components/harbor/installation/upgrade";
import { expectCode, makePlace, put, scriptDocker } from "./support";

/** A machine on which an upgrade from 2.14.3 to 2.15.2 was killed in `phase`; its containers are gone. */
async function killedWhile(phase: UpgradePhase, composition?: string) {
  const place = await makePlace();
  const { inputs, layout } = place;
  const record = { ...newRecord("2.14.3") };
  await put(`${layout.data}/database/rows`, "old rows");
  await writeRecord(layout, record);
  if (composition !== undefined) await put(layout.composeFile, composition);
  const backup = backupFolder(layout, "2.14.3");
  const address = addressOf(inputs);
  if (phase === "backing-up") await put(`${backup}.partial/data/database/rows`, "old");
  if (!["stopping", "backing-up"].includes(phase)) {
    await makeBackup(layout, backup);
    await put(`${layout.data}/database/rows`, "new rows");
    await writeRecord(layout, { ...record, version: "2.15.2" });
  }
  await writeJournal(layout, { from: "2.14.3", to: "2.15.2", phase, backup, old: address, next: address });
  const rows = () => readFile(`${layout.data}/database/rows`, "utf8");
  return { ...place, backup, rows, version: async () => (await readRecord(layout))?.version };
}

describe("an upgrade that was killed", () => {
  it.each(["stopping", "backing-up"] as const)("while %s is forgotten: nothing was changed yet", async (phase) => {
    const { inputs, layout, backup, rows, version } = await killedWhile(phase);
    await scriptDocker("");
    await recoverUpgrade(inputs);
    expect(await readJournal(layout)).toBeUndefined();
    expect(existsSync(`${backup}.partial`)).toBe(false);
    expect([await rows(), await version()]).toEqual(["old rows", "2.14.3"]);
  });

  it.each(["migrating", "starting", "restoring"] as const)(
    "while %s is undone when the old version is declared again",
    async (phase) => {
      const { inputs, layout, rows, version } = await killedWhile(phase);
      await scriptDocker("");
      await recoverUpgrade({ ...inputs, version: "2.14.3" });
      expect(await readJournal(layout)).toBeUndefined();
      expect([await rows(), await version()]).toEqual(["old rows", "2.14.3"]);
    },
  );

  // Its containers were removed by hand, or do not run: whether it took pushes before can't be known.
  it("while starting loses nothing of what the new release wrote when it is undone", async () => {
    const { inputs, backup } = await killedWhile("starting");
    await scriptDocker("");
    await recoverUpgrade({ ...inputs, version: "2.14.3" });
    expect(await readFile(`${setAsideFolder(backup)}/database/rows`, "utf8")).toBe("new rows");
  });

  it("while migrating, after which somebody started a Harbor by hand, loses nothing of what that one wrote", async () => {
    const { inputs, layout, backup } = await killedWhile("migrating");
    await scriptDocker(
      `[ "$1" != ps ] || printf 'harbor-core\\trunning\\tx\\tUp\\tharbor\\t${layout.directory}\\tcore\\t\\n'`,
    );
    await recoverUpgrade({ ...inputs, version: "2.14.3" });
    expect(await readFile(`${setAsideFolder(backup)}/database/rows`, "utf8")).toBe("new rows");
  });

  it("while migrating leaves nothing beside the old data when it is undone: no Harbor ran", async () => {
    const { inputs, backup } = await killedWhile("migrating");
    await scriptDocker("");
    await recoverUpgrade({ ...inputs, version: "2.14.3" });
    expect(existsSync(setAsideFolder(backup))).toBe(false);
  });

  it("at the end of its way back, before the journal said so, has ended", async () => {
    const { inputs, layout, backup, rows } = await killedWhile("starting");
    await rm(backup, { recursive: true });
    await scriptDocker("");
    await recoverUpgrade(inputs);
    expect([await readJournal(layout), await rows()]).toEqual([undefined, "new rows"]);
  });

  it("while restoring, after the backup was used up, has ended", async () => {
    const { inputs, layout, backup, rows } = await killedWhile("restoring");
    await rm(backup, { recursive: true });
    await scriptDocker("");
    await recoverUpgrade(inputs);
    expect([await readJournal(layout), await rows()]).toEqual([undefined, "new rows"]);
  });

  it("between the backup's end and the journal's word of it leaves no backup", async () => {
    const { inputs, layout, backup } = await killedWhile("backing-up");
    await put(`${backup}/data/database/rows`, "old");
    await scriptDocker("");
    await recoverUpgrade(inputs);
    expect([await readJournal(layout), existsSync(backup)]).toEqual([undefined, false]);
  });

  it("while restoring is undone to its end, also when the new version is still declared", async () => {
    const { inputs, rows, version } = await killedWhile("restoring");
    await scriptDocker("");
    await recoverUpgrade(inputs);
    expect([await rows(), await version()]).toEqual(["old rows", "2.14.3"]);
  });

  it.each(["migrating", "starting"] as const)(
    "while %s goes on; when that fails, the data are put back before anything is reported",
    async (phase) => {
      const { inputs, layout, rows, version } = await killedWhile(phase, "old");
      await put(layout.composeFile, "new");
      // Neither `prepare` nor a start works: the way back can't start the old release either, and says so.
      await scriptDocker(
        'case "$1 $*" in images*) echo present ;; run*|*" up "*) echo "no such luck" >&2; exit 1 ;; esac',
      );
      const error = await expectCode(() => recoverUpgrade(inputs), "HARBOR_WAY_BACK_FAILED");
      expect(error.message).toContain("no such luck");
      expect(await readFile(layout.composeFile, "utf8")).toBe("old");
      expect([await rows(), await version()]).toEqual(["old rows", "2.14.3"]);
      expect(await readJournal(layout)).toBeUndefined();
    },
  );

  it("while migrating goes back though a full disk has left nothing of the new composition", async () => {
    const { inputs, layout, rows, version } = await killedWhile("migrating", "old");
    await put(layout.composeFile, "");
    await scriptDocker('[ "$1" != compose ] || [ -s "$9" ] || { echo "empty compose file" >&2; exit 1; }');
    await recoverUpgrade({ ...inputs, version: "2.14.3" });
    expect([await rows(), await version(), await readFile(layout.composeFile, "utf8")]).toEqual([
      "old rows",
      "2.14.3",
      "old",
    ]);
  });

  it("of data that no Harbor ran on leaves no composition of the new release beside the old data", async () => {
    const { inputs, layout, rows, version } = await killedWhile("starting");
    await put(layout.composeFile, "new");
    await scriptDocker(
      'case "$1 $*" in images*) echo present ;; run*|*" up "*|*" down "*) echo "no such luck" >&2; exit 1 ;; esac',
    );
    // `down` fails first: nothing is put back as long as the new release may still run.
    await expectCode(() => recoverUpgrade(inputs), "HARBOR_WAY_BACK_FAILED");
    expect([await rows(), existsSync(layout.composeFile), (await readJournal(layout))?.phase]).toEqual([
      "new rows",
      true,
      "migrating",
    ]);
    await scriptDocker('case "$1" in images) echo present ;; run) echo "no such luck" >&2; exit 1 ;; esac');
    await expectCode(() => recoverUpgrade(inputs), "HARBOR_UPGRADE_FAILED");
    expect([await rows(), await version(), existsSync(layout.composeFile)]).toEqual(["old rows", "2.14.3", false]);
  });
});
