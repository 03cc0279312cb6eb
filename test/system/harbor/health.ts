import { mkdirSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask } from "./client";
import { type Machine, OLD } from "./machine";

export function describeHealth(the: { readonly machine: Machine }): void {
  describe("a component that does not get healthy", () => {
    let machine: Machine;
    let id: string;

    beforeAll(async () => {
      machine = the.machine;
      id = await machine.issue();
      mkdirSync(machine.path("data"));
    });
    afterAll(() => machine.clear());

    test("is named, although Harbor answers 200; the next run goes on when it is mended", async () => {
      machine.setFaults({ unhealthy: { jobservice: `v${OLD}` } });
      const call = machine.call("create", [machine.inputs(id, { healthTimeoutSeconds: 4 })]);
      expect(await call.outcome).toEqual({ error: expect.stringMatching(/: jobservice\..*\[HARBOR_NOT_HEALTHY\]$/s) });
      expect(call.lines.at(-1)).toMatch(/waiting for jobservice/);
      expect((await ask(machine, "/api/v2.0/health")).status).toBe(200);

      const before = machine.containers();
      machine.setFaults({});
      const state = await machine.create(machine.inputs(id));
      expect(machine.containers()).toEqual(before);

      machine.setFaults({ unhealthy: { registryctl: `v${OLD}` } });
      expect(await machine.drift(state)).toBe("not healthy: registryctl");
      machine.setFaults({});
      expect(await machine.drift(state)).toBe("");
    });
  });
}
