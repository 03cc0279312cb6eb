import { existsSync } from "node:fs";
import { chmod, mkdir, readdir, readFile, rename, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  BACKUPS,
  backupFolder,
  isRestoring,
  isUsedUp,
  lastBackup,
  makeBackup,
  removeOtherBackups,
  restoreBackup,
  setAsideFolder,
} from "../../../components/harbor/installation/backup";
import { makePlace, type Place, put } from "./support";

const BLOB = "registry/docker/registry/v2/blobs/sha256/ab/abc/data";
const TAG = "registry/docker/registry/v2/repositories/p/i/_manifests/tags/1/current/link";

/** A Harbor's data, its configuration, and a backup of both. */
async function backedUp(): Promise<Place & { backup: string; data: (name: string) => string }> {
  const place = await makePlace();
  const { layout } = place;
  const data = (name: string) => join(layout.data, name);
  await put(data("database/base/1"), "old rows");
  await put(data("secret/keys/secretkey"), "0123456789abcdef");
  await put(data("breakwater.json"), "{}");
  await put(data("trivy-adapter/trivy/db"), "fetched");
  await put(data(BLOB), "blob");
  await put(data(TAG), "sha256:old");
  await symlink("1", data("database/base/now"));
  await put(layout.composeFile, "old composition");
  await put(join(layout.common, "config/core/env"), "old");
  const backup = backupFolder(layout, "2.14.3");
  await makeBackup(layout, backup);
  return { ...place, backup, data };
}

/** What a newer release does to the data. */
async function changedByNewRelease({ layout, data }: Awaited<ReturnType<typeof backedUp>>): Promise<void> {
  await put(data("database/base/1"), "new rows");
  await put(data("database/base/2"), "new table");
  await put(data(TAG), "sha256:new");
  await rm(data(BLOB));
  await put(data(BLOB.replace("abc", "abd")), "new blob");
  await put(layout.composeFile, "new composition");
  await rm(layout.common, { recursive: true });
}

const text = (file: string) => readFile(file, "utf8");

async function expectAsBefore({ layout, data, backup }: Awaited<ReturnType<typeof backedUp>>): Promise<void> {
  expect(await text(data("database/base/now"))).toBe("old rows");
  expect(existsSync(data("database/base/2"))).toBe(false);
  expect(await text(data(TAG))).toBe("sha256:old");
  expect(await text(data(BLOB))).toBe("blob");
  expect(await text(data("trivy-adapter/trivy/db"))).toBe("fetched");
  expect(await text(layout.composeFile)).toBe("old composition");
  expect(await text(join(layout.common, "config/core/env"))).toBe("old");
  expect(isRestoring(backup)).toBe(false);
  expect(isUsedUp(backup)).toBe(true);
}

/** What the new release has written since is whole, in a folder that would do as a data folder. */
async function expectSetAside({ backup }: Awaited<ReturnType<typeof backedUp>>): Promise<void> {
  const aside = (name: string) => join(setAsideFolder(backup), name);
  expect(await text(aside("database/base/1"))).toBe("new rows");
  expect(await text(aside("database/base/2"))).toBe("new table");
  expect(await text(aside(TAG))).toBe("sha256:new");
  expect(await text(aside(BLOB.replace("abc", "abd")))).toBe("new blob");
  expect(await text(aside("breakwater.json"))).toBe("{}");
}

describe("a backup", () => {
  it("copies what changes, links the blobs, and leaves out what is fetched anew", async () => {
    const { backup, data } = await backedUp();
    const inode = async (file: string) => (await stat(file)).ino;
    expect(await inode(join(backup, "data", BLOB))).toBe(await inode(data(BLOB)));
    expect(await inode(join(backup, "data", TAG))).not.toBe(await inode(data(TAG)));
    expect(await readdir(join(backup, "data"))).not.toContain("trivy-adapter");
    expect(await readdir(join(backup, "data"))).not.toContain(BACKUPS);
    expect((await stat(backup)).mode & 0o777).toBe(0o700);
  });

  it("keeps modes and times", async () => {
    const place = await makePlace();
    await put(join(place.layout.data, "database/PG_VERSION"), "15");
    const folder = join(place.layout.data, "database");
    await chmod(folder, 0o700);
    await utimes(join(folder, "PG_VERSION"), 1, 1);
    const backup = backupFolder(place.layout, "2.14.3");
    await makeBackup(place.layout, backup);
    expect((await stat(join(backup, "data/database"))).mode & 0o777).toBe(0o700);
    expect((await stat(join(backup, "data/database/PG_VERSION"))).mtimeMs).toBe(1000);
  });

  it("puts everything back", async () => {
    const harbor = await backedUp();
    await changedByNewRelease(harbor);
    await restoreBackup(harbor.layout, harbor.backup, false);
    await expectAsBefore(harbor);
    expect(await readdir(join(harbor.layout.data, BACKUPS))).toEqual([]);
  });

  it("keeps what it replaces where a Harbor may have taken pushes since, also when a later upgrade succeeds", async () => {
    const harbor = await backedUp();
    await changedByNewRelease(harbor);
    await restoreBackup(harbor.layout, harbor.backup, true);
    await expectAsBefore(harbor);
    await expectSetAside(harbor);
    const next = backupFolder(harbor.layout, "2.14.3", new Date("2030-01-01T00:00:00Z"));
    await makeBackup(harbor.layout, next);
    expect(await lastBackup(harbor.layout)).toBe(next);
    await removeOtherBackups(next);
    await expectSetAside(harbor);
  });

  it("goes on putting back after a kill between any two of its steps", async () => {
    for (const killed of [
      async () => undefined,
      // after the database was taken away, and after the old one was put in place
      async (restoring: string, data: (name: string) => string) => {
        await rename(data("database"), join(restoring, "replaced/database"));
      },
      async (restoring: string, data: (name: string) => string) => {
        await rename(data("database"), join(restoring, "replaced/database"));
        await rename(join(restoring, "data/database"), data("database"));
      },
      // the engine made the folder of a container's mount anew
      async (restoring: string, data: (name: string) => string) => {
        await rename(data("database"), join(restoring, "replaced/database"));
        await put(data("database/base/1"), "made meanwhile");
      },
    ]) {
      const harbor = await backedUp();
      await changedByNewRelease(harbor);
      await rename(harbor.backup, `${harbor.backup}.restoring`);
      expect(isRestoring(harbor.backup)).toBe(true);
      await killed(`${harbor.backup}.restoring`, harbor.data);
      await restoreBackup(harbor.layout, harbor.backup, true);
      await expectAsBefore(harbor);
      await expectSetAside(harbor);
    }
  });

  it("that is in place but for its last steps ends, and what was set aside stays", async () => {
    const harbor = await backedUp();
    await changedByNewRelease(harbor);
    await restoreBackup(harbor.layout, harbor.backup, true);
    await mkdir(join(`${harbor.backup}.restoring`, "data"), { recursive: true });
    await restoreBackup(harbor.layout, harbor.backup, true);
    await expectAsBefore(harbor);
    await expectSetAside(harbor);
  });

  it("holds nothing of others that is in the data folder, and leaves it as it is when it is put back", async () => {
    const harbor = await backedUp();
    const { layout, data } = harbor;
    await put(data("wiki/pages"), "written before");
    const backup = backupFolder(layout, "2.14.3", new Date("2030-01-01T00:00:00Z"));
    await makeBackup(layout, backup);
    await put(data("wiki/pages"), "written since");
    await changedByNewRelease(harbor);
    await restoreBackup(layout, backup, false);
    await expectAsBefore({ ...harbor, backup });
    expect(await text(data("wiki/pages"))).toBe("written since");
  });

  it("is the last one by its time, and replaces the earlier ones", async () => {
    const { layout } = await makePlace();
    const names = [
      backupFolder(layout, "2.9.0", new Date("2026-03-01T00:00:00Z")),
      backupFolder(layout, "2.14.0", new Date("2026-01-01T00:00:00Z")),
    ];
    for (const name of [...names, `${names[0]}.partial`]) await mkdir(name, { recursive: true });
    expect(await lastBackup(layout)).toBe(names[0]);
    await removeOtherBackups(`${names[0]}`);
    expect(await readdir(join(layout.data, BACKUPS))).toEqual(["2.9.0-20260301T000000Z"]);
  });

  it("that a kill left half-made is no backup", async () => {
    const { layout } = await makePlace();
    const backup = backupFolder(layout, "2.14.3");
    await mkdir(`${backup}.partial`, { recursive: true });
    await writeFile(join(`${backup}.partial`, "x"), "");
    expect(await lastBackup(layout)).toBeUndefined();
  });
});
