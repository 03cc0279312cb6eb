import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { newRecord, writeRecord } from "../../../components/harbor/installation/dataRecord";
import { requireOwnFolders } from "../../../components/harbor/installation/ownFolders";
import { beginRendering } from "../../../components/harbor/installation/rendered";
import { expectCode, makePlace, put } from "./support";

describe("folders for a first installation", () => {
  it("may be absent, empty, or hold what no Harbor makes", async () => {
    const { layout } = await makePlace();
    await requireOwnFolders(layout);
    await put(join(layout.directory, "README"), "notes");
    await put(join(layout.data, "lost+found/x"), "");
    await put(join(layout.data, "breakwater-backup/x"), "");
    await requireOwnFolders(layout);
  });

  it.each(["harbor.yml", "docker-compose.yml", "common/config/core/env", "input/letter"])(
    "are refused when `directory` holds somebody's %s",
    async (name) => {
      const { layout } = await makePlace();
      await put(join(layout.directory, name), "theirs");
      const error = await expectCode(() => requireOwnFolders(layout), "HARBOR_DIRECTORY_UNKNOWN");
      expect(error.message).toContain(name.split("/")[0]);
      expect(await readFile(join(layout.directory, name), "utf8")).toBe("theirs");
    },
  );

  it.each(["database/PG_VERSION", "registry/docker/registry/v2/x", "secret/keys/secretkey", "redis/dump.rdb"])(
    "are refused when `dataDirectory` holds somebody's %s",
    async (name) => {
      const { layout } = await makePlace();
      await put(join(layout.data, name), "theirs");
      const error = await expectCode(() => requireOwnFolders(layout), "HARBOR_DATA_UNKNOWN");
      expect(error.message).toContain(layout.record);
    },
  );

  it("may hold what an earlier run left, killed or ended", async () => {
    const { layout } = await makePlace();
    await writeRecord(layout, newRecord("2.15.2"));
    await beginRendering(layout);
    await put(layout.harborYml, "half");
    await put(join(layout.data, "registry/docker/x"), "ours");
    await requireOwnFolders(layout);
  });

  it("may hold what a way back left that was killed while it moved the record", async () => {
    const { layout } = await makePlace();
    await put(join(layout.data, "database/PG_VERSION"), "15");
    await put(layout.harborYml, "half");
    await put(layout.journal, "{}");
    await requireOwnFolders(layout);
  });
});
