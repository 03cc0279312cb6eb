import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { acmeCertificate } from "../../../components/certificate/acmeCertificate.handler";
import type { HarborInstallationState } from "../../../components/harbor/installation/inputs";
import { toHandler } from "../../../components/provider/handler";
import { type PebbleProcess, spawnPebble } from "../../certificate/pebbleProcess";
import type { AcmeTestRequest } from "../../certificate/support";
import { ManagedResource } from "../../provider/managedResource";
import { pushBlob, servedCertificate, startPulling } from "./client";
import { HOSTNAME, type Machine } from "./machine";

/** Certificates of a real ACME server for a Harbor that runs, each test going on from the one before. */
export function describeCertificate(the: { readonly machine: Machine }): void {
  describe("a certificate by ACME", () => {
    let machine: Machine;
    let pebble: PebbleProcess;
    let request: AcmeTestRequest;
    let state: HarborInstallationState;
    const certificate = new ManagedResource(toHandler(acmeCertificate));

    beforeAll(async () => {
      machine = the.machine;
      pebble = await spawnPebble({ env: { PEBBLE_AUTHZREUSE: "0" } });
      const nginx = { container: "nginx", confDirectory: machine.path("harbor/common/config/nginx/conf.d") };
      request = {
        server: pebble.server,
        challenge: { type: "http-01", address: "127.0.0.1", port: pebble.http01Port, nginx },
        identifiers: [HOSTNAME],
        directory: machine.path("tls", "acme"),
      };
    });
    afterAll(async () => {
      machine.clear();
      await pebble?.stop();
    });
    beforeEach(() => {
      vi.spyOn(console, "log").mockImplementation(() => undefined);
      for (const [name, value] of Object.entries(machine.engine.environment)) vi.stubEnv(name, value);
    });
    afterEach(() => {
      vi.restoreAllMocks();
      vi.unstubAllEnvs();
    });

    function inputs() {
      const file = (name: string) => machine.path("tls", "acme", name);
      const tls = { chainFile: file("chain.pem"), keyFile: file("key.pem"), rootFile: file("root.pem") };
      return machine.inputs(certificate.id, { tls, httpPort: pebble.http01Port });
    }

    test("is issued by a listener on port 80 while no Harbor runs, and served when it does", async () => {
      expect(await certificate.up(request)).toBe("create");
      state = await machine.create(inputs());
      expect(await servedCertificate(machine)).toBe(certificate.id);
    });

    test("is renewed through Harbor's nginx and its redirect, and taken into use without one failed request", async () => {
      const [first, before] = [certificate.id, machine.containers()];
      const [{ adminPassword }, ca] = [inputs(), readFileSync(machine.path("tls/acme/root.pem"), "utf8")];
      const blob = await pushBlob(machine, adminPassword, "pulled through a renewal", ca);
      const client = startPulling(machine, blob, adminPassword, ca);
      const suggestedWindow = { start: "2020-01-01T00:00:00Z", end: "2020-01-02T00:00:00Z" };
      await pebble.setRenewalInfo(`${certificate.state.chain}`, JSON.stringify({ suggestedWindow }));
      // The server is asked again some hours after it was asked last.
      vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 7 * 3_600_000 });
      try {
        expect(await certificate.up(request)).toBe("replace");
      } finally {
        vi.useRealTimers();
      }
      expect(await servedCertificate(machine)).toBe(first);
      state = await machine.update(state, inputs());
      expect(await servedCertificate(machine)).toBe(certificate.id);
      const { pulls, failures } = await client.stop();
      expect(failures).toEqual([]);
      expect(pulls).toBeGreaterThan(50);
      expect(machine.containers()).toEqual(before);
      expect(readdirSync(machine.path("harbor/common/config/nginx/conf.d"))).toEqual([]);
    });

    test("survives the next rendering, which copies it afresh", async () => {
      rmSync(machine.path("harbor", "docker-compose.yml"));
      expect(await machine.drift(state)).not.toBe("");
      const call = machine.call("update", ["id", state, inputs()]);
      await call.said(/rendering the configuration/);
      expect(await call.outcome).toHaveProperty("value");
      expect(await servedCertificate(machine)).toBe(certificate.id);
      expect(await machine.drift(state)).toBe("");
    });

    test("whose key is another one's is refused, and the one before is served on", async () => {
      await machine.issue();
      writeFileSync(machine.path("tls/acme/key.pem"), readFileSync(machine.tls.keyFile));
      const outcome = await machine.call("update", ["id", state, inputs()]).outcome;
      expect(outcome).toEqual({ error: expect.stringContaining("[HARBOR_CERTIFICATE_UNFIT]") });
      expect(await servedCertificate(machine)).toBe(certificate.id);
    });
  });
}
