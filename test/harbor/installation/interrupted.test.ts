import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { backupFolder, makeBackup, setAsideFolder } from "../../../components/harbor/installation/backup";
import { newRecord, readRecord, writeRecord } from "../../../components/harbor/installation/dataRecord";
import { addressOf, readJournal, writeJournal } from "../../../components/harbor/installation/journal";
import { recoverUpgrade } from "../../../components/harbor/installation/upgrade";
import { makeLoopbackTls } from "../../support/registries";
import { makePlace, put, scriptDocker } from "./support";

// A run was killed while the new release started, and the engine's `restart: always` brought it up. What stands for it is a
// server of the test's own, over TLS, and a `docker` that lists its containers.

let status: string;

beforeEach(() => {
  status = "healthy";
});

async function cameUp(image = "goharbor/harbor-core:v2.15.2") {
  const place = await makePlace();
  const { layout, folder } = place;
  const tls = await makeLoopbackTls();
  const server = createServer({ key: tls.key, cert: tls.certificate }, (_request, response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ status, components: [{ name: "core", status }] }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const rootFile = `${folder}/root.pem`;
  await put(rootFile, tls.ca);
  const httpsPort = (server.address() as AddressInfo).port;
  const inputs = { ...place.inputs, hostname: "127.0.0.1", httpsPort, tls: { ...place.inputs.tls, rootFile } };

  const record = newRecord("2.14.3");
  await put(`${layout.data}/database/rows`, "old rows");
  await writeRecord(layout, record);
  const backup = backupFolder(layout, "2.14.3");
  await makeBackup(layout, backup);
  await put(`${layout.data}/database/rows`, "pushed since");
  await writeRecord(layout, { ...record, version: "2.15.2" });
  const [old, next] = [addressOf({ ...inputs, httpsPort: 1 }), addressOf(inputs)];
  await writeJournal(layout, { from: "2.14.3", to: "2.15.2", phase: "starting", ran: true, backup, old, next });
  const row = ["harbor-core", "running", image, "Up", "harbor", layout.directory, "core", ""].join("\t");
  const calls = await scriptDocker(`case "$1 $2" in "ps --all") echo '${row}' ;; esac`);
  const rows = () => readFile(`${layout.data}/database/rows`, "utf8");
  return { inputs, layout, backup, rows, calls };
}

describe("an upgrade that was killed while starting", () => {
  it.each(["2.15.2", "2.14.3", "2.16.0"])("has ended when its release came up, with %s declared", async (version) => {
    const { inputs, layout, backup, rows, calls } = await cameUp();
    // The address that counts is the one that the new release was rendered for.
    await recoverUpgrade({ ...inputs, version, httpsPort: 1 });
    expect([await readJournal(layout), await rows()]).toEqual([undefined, "pushed since"]);
    expect((await readRecord(layout))?.version).toBe("2.15.2");
    expect(await readFile(`${backup}/data/database/rows`, "utf8")).toBe("old rows");
    expect((await calls()).filter((call) => !call.startsWith("ps"))).toEqual([]); // nothing was stopped
  });

  it("goes back where it is not healthy and the old release is declared, and keeps what was pushed", async () => {
    status = "unhealthy";
    const { inputs, layout, backup, rows } = await cameUp();
    await recoverUpgrade({ ...inputs, version: "2.14.3" });
    expect([await readJournal(layout), await rows()]).toEqual([undefined, "old rows"]);
    expect(await readFile(`${setAsideFolder(backup)}/database/rows`, "utf8")).toBe("pushed since");
    expect(existsSync(`${setAsideFolder(backup)}/breakwater.json`)).toBe(true);
  }, 30_000);

  it("goes back where the old release was started by hand, and keeps what was pushed", async () => {
    const { inputs, backup, rows } = await cameUp("goharbor/harbor-core:v2.14.3");
    await recoverUpgrade({ ...inputs, version: "2.14.3" });
    expect(await rows()).toBe("old rows");
    expect(await readFile(`${setAsideFolder(backup)}/database/rows`, "utf8")).toBe("pushed since");
  });
});
