import { spawn } from "node:child_process";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { once } from "node:events";
import { lstat, readdir, readFile, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { HarborInstallationInputs } from "../../../components/harbor/installation/inputs";
import type { Layout } from "../../../components/harbor/installation/layout";
import { placeCertificate } from "../../../components/harbor/installation/servedCertificate";
import { opensslCertificate } from "../../certificate/opensslCertificate";
import { projectRoot } from "../../support/tools";
import { makePlace, put } from "./support";

type Pair = Awaited<ReturnType<typeof opensslCertificate>>;

// As long as nginx has one pair or the other, whenever it starts or is told to reload, no client meets a failure.
describe("the certificate and key that nginx reads", () => {
  let layout: Layout;
  let inputs: HarborInstallationInputs;
  let pairs: Pair[];

  beforeAll(async () => {
    pairs = await Promise.all([1, 2, 3].map(() => opensslCertificate({ names: ["DNS:harbor.example.org"] })));
  });
  beforeEach(async () => {
    ({ layout, inputs } = await makePlace());
    await prepared();
  });

  /** As `prepare` leaves them. */
  const prepared = async () => {
    await rm(dirname(layout.served.chain), { recursive: true, force: true });
    await put(layout.served.chain, String(pairs[0]?.chain));
    await put(layout.served.key, String(pairs[0]?.key));
  };

  const declare = async (pair: Pair | undefined) => {
    await put(layout.certificate.chain, String(pair?.chain));
    await put(layout.certificate.key, String(pair?.key));
  };

  /** Which pair nginx finds: of each file the first of what it looks for, whatever else is there. */
  async function served(): Promise<Pair | undefined> {
    const certificate = new X509Certificate(await readFile(layout.served.chain));
    expect(certificate.checkPrivateKey(createPrivateKey(await readFile(layout.served.key)))).toBe(true);
    return pairs.find((pair) => new X509Certificate(pair.chain).fingerprint256 === certificate.fingerprint256);
  }

  /** Places it in a process that is killed before its rename of this number. False when it ended by itself. */
  async function placeKilledBefore(rename: number): Promise<boolean> {
    const script = `
      const files = require("node:fs/promises");
      const { rename } = files;
      let left = ${rename};
      files.rename = async (from, to) => {
        if (left-- === 0) process.kill(process.pid, "SIGKILL");
        await rename(from, to);
      };
      const { placeCertificate } = require(${JSON.stringify(join(projectRoot, "bin/components/harbor/installation/servedCertificate.js"))});
      placeCertificate(${JSON.stringify(inputs)});`;
    const child = spawn(process.execPath, ["--eval", script], { stdio: ["ignore", "ignore", "inherit"] });
    const [code, signal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
    if (code !== null && code !== 0) throw new Error(`it ended with exit code ${code}`);
    return signal === "SIGKILL";
  }

  it("are of one pair after a kill at any moment of an exchange, and the next run ends it", async () => {
    await declare(pairs[1]);
    let kills = 0;
    while (await placeKilledBefore(kills)) {
      expect(pairs.slice(0, 2)).toContain(await served());
      kills++;
    }
    expect(kills).toBeGreaterThan(0);
    expect(await served()).toBe(pairs[1]);

    await declare(pairs[2]);
    expect(await placeKilledBefore(0)).toBe(true);
    expect(await served()).toBe(pairs[1]);
    expect(await placeKilledBefore(1)).toBe(false); // one rename is all
    expect(await served()).toBe(pairs[2]);
  });

  it("are of one pair when the next run is in another process, on what each kill left", async () => {
    for (let kills = 0; ; kills++) {
      await prepared();
      await declare(pairs[1]);
      const wasKilled = await placeKilledBefore(kills);
      await declare(pairs[2]);
      await placeCertificate(inputs);
      expect(await served()).toBe(pairs[2]);
      expect((await readdir(dirname(layout.served.chain))).sort()).toEqual(["server.crt", "server.key"]);
      if (!wasKilled) break;
    }
  });

  it("can be read by nginx's user alone, and are found in whatever folder the container sees them", async () => {
    await declare(pairs[1]);
    await placeCertificate(inputs);
    for (const file of [layout.served.chain, layout.served.key]) {
      expect(await stat(file)).toMatchObject({ uid: 10000, gid: 10000 });
      expect((await stat(file)).mode & 0o777).toBe(0o600);
    }
    expect((await lstat(layout.served.key)).isSymbolicLink()).toBe(true);
  });

  it("are left alone when they are the declared ones, as two files or as one", async () => {
    await declare(pairs[0]);
    await placeCertificate(inputs);
    expect((await lstat(layout.served.key)).isSymbolicLink()).toBe(false);
    await declare(pairs[1]);
    await placeCertificate(inputs);
    const { ino } = await stat(layout.served.chain);
    await placeCertificate(inputs);
    expect((await stat(layout.served.chain)).ino).toBe(ino);
  });
});
