import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { HarborInstallationInputs } from "../../../components/harbor/installation/inputs";
import { type Machine, NOWHERE, OLD } from "./machine";

/** What stops an installation before anything is touched. */
export function describeRefusals(the: { readonly machine: Machine }): void {
  describe("an installation is refused, and nothing is touched,", () => {
    let machine: Machine;
    let id: string;

    beforeAll(async () => {
      machine = the.machine;
      id = await machine.issue();
    });
    afterAll(() => machine.clear());

    async function expectRefused(
      code: string,
      fact: string,
      changes: Partial<HarborInstallationInputs> = {},
      environment?: Record<string, string>,
    ) {
      const outcome = await machine.call("create", [machine.inputs(id, changes)], environment).outcome;
      expect(outcome).toEqual({ error: expect.stringContaining(`[${code}]`) });
      expect(outcome).toEqual({ error: expect.stringContaining(fact) });
      expect(existsSync(machine.path("harbor"))).toBe(false);
      expect(existsSync(machine.path("data"))).toBe(false);
    }

    test.each(["tcp://127.0.0.1:2375", "ssh://somebody@harbor.example"])("with the engine at %s", async (address) => {
      await expectRefused("HARBOR_ENGINE_REMOTE", address.slice(0, 6), {}, { DOCKER_HOST: address });
    });

    test("with an engine that does not answer", async () => {
      const socket = `unix://${machine.path("nobody.sock")}`;
      await expectRefused("DOCKER_ENGINE_UNREACHABLE", "systemctl start docker", {}, { DOCKER_HOST: socket });
    });

    test("without Compose", async () => {
      await expectRefused("HARBOR_COMPOSE_MISSING", "compose", {}, { DOCKER_CONFIG: machine.path("empty") });
    });

    test("when a port is taken", async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(machine.ports.http, resolve));
      try {
        await expectRefused("HARBOR_PORT_IN_USE", `${machine.ports.http}`);
      } finally {
        await new Promise((resolve) => server.close(resolve));
      }
    });

    test("for a hostname without an address", async () => {
      await expectRefused("HARBOR_HOSTNAME_UNKNOWN", NOWHERE, { hostname: NOWHERE });
    });

    test("beside somebody else's container of one of Harbor's names", async () => {
      machine.engine.docker(["create", "--name", "redis", `goharbor/harbor-portal:v${OLD}`]);
      try {
        await expectRefused("HARBOR_FOREIGN", "redis");
      } finally {
        machine.engine.docker(["rm", "redis"]);
      }
    });

    test("in the folder of a Harbor that was installed by hand", async () => {
      const file = machine.path("harbor", "docker-compose.yml");
      mkdirSync(machine.path("harbor"));
      writeFileSync(file, "services: {}\n");
      try {
        const outcome = await machine.call("create", [machine.inputs(id)]).outcome;
        expect(outcome).toEqual({ error: expect.stringContaining("[HARBOR_DIRECTORY_UNKNOWN]") });
        expect(readFileSync(file, "utf8")).toBe("services: {}\n");
        expect(existsSync(machine.path("data"))).toBe(false);
      } finally {
        rmSync(machine.path("harbor"), { recursive: true });
      }
    });

    test("on the data of another registry", async () => {
      mkdirSync(machine.path("data", "registry", "docker"), { recursive: true });
      try {
        const outcome = await machine.call("create", [machine.inputs(id)]).outcome;
        expect(outcome).toEqual({ error: expect.stringContaining("[HARBOR_DATA_UNKNOWN]") });
        expect(readdirSync(machine.path("data"))).toEqual(["registry"]);
        expect(existsSync(machine.path("harbor"))).toBe(false);
      } finally {
        rmSync(machine.path("data"), { recursive: true });
      }
    });

    test("in a release that is nowhere to be had", async () => {
      const outcome = await machine.call("create", [machine.inputs(id, { version: "2.15.99" })]).outcome;
      expect(outcome).toEqual({ error: expect.stringContaining("[HARBOR_IMAGE_MISSING]") });
      expect(machine.engine.docker(["ps", "--all", "--quiet"])).toBe("");
    });
  });
}
