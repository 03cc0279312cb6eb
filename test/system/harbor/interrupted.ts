import { existsSync, readdirSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { HarborInstallationState } from "../../../components/harbor/installation/inputs";
import { ask, login, pushBlob, runningRelease } from "./client";
import { type Machine, NEW, OLD } from "./machine";
import { rows } from "./upgrade";

const PASSWORD = "Correct-Horse-1";

/** Where a run is killed: at the first line that matches, alone or with what it had started. */
interface Kill {
  readonly at: RegExp;
  readonly whole?: "with its children";
}

/** Kills that come one after another, each in the run that goes on from the one before. */
export function describeInterruptions(the: { readonly machine: Machine }): void {
  describe("killed in the middle", () => {
    let machine: Machine;
    let id: string;
    let state: HarborInstallationState;
    let blob: string;

    beforeAll(async () => {
      machine = the.machine;
      id = await machine.issue();
    });
    afterAll(() => machine.clear());

    async function killedAt(method: string, args: readonly unknown[], { at, whole }: Kill) {
      const call = machine.call(method, args);
      await call.said(at);
      await call.kill(whole);
    }

    test("of each phase of an installation, the next run goes on", async () => {
      const args = [machine.inputs(id)];
      await killedAt("create", args, { at: /rendering the configuration/ });
      await killedAt("create", args, { at: /rendering the configuration/, whole: "with its children" });
      await killedAt("create", args, { at: /harbor-core +Created/ });
      await killedAt("create", args, { at: /harbor-db +Started/, whole: "with its children" });
      await killedAt("create", args, { at: /nginx +Started|waiting for|healthy/ });
      state = await machine.create(machine.inputs(id));
      expect(await machine.drift(state)).toBe("");
      expect(await login(machine, PASSWORD)).toBe(200);
      blob = await pushBlob(machine, PASSWORD, "from before");
    });

    test("of each phase of an upgrade, the next run goes on to the new release, or back to the old one", async () => {
      const forward = ["id", state, machine.inputs(id, { version: NEW, healthTimeoutSeconds: 30 })];
      await killedAt("update", forward, { at: /: stopping/ });
      await killedAt("update", forward, { at: /backing up/, whole: "with its children" });
      await killedAt("update", forward, { at: /carrying the configuration/ });
      expect(await machine.drift(state)).toMatch(
        /an upgrade from 2\.14\.1 to 2\.15\.2 was interrupted while migrating/,
      );
      await killedAt("update", forward, { at: /harbor-core +Started/, whole: "with its children" });
      await killedAt("update", forward, { at: /nginx +Started/ });

      // Whoever declares the old release again gets it, with the data of before.
      state = await machine.update(state, machine.inputs(id));
      expect(await runningRelease(machine, PASSWORD)).toBe(OLD);
      expect(rows(machine)).toMatchObject({ schema: `v${OLD}`, notes: null });
      expect((await ask(machine, blob, { password: PASSWORD })).body).toBe("from before");
      expect(await machine.drift(state)).toBe("");
    });

    test("of the way back, the next run goes on with it, and the upgrade succeeds at last", async () => {
      machine.setFaults({ exits: { core: `v${NEW}` } });
      const forward = machine.inputs(id, { version: NEW, healthTimeoutSeconds: 3 });
      await killedAt("update", ["id", state, forward], { at: /putting the data of/ });
      await killedAt("update", ["id", state, machine.inputs(id)], { at: /putting the data of|Created/ });
      machine.setFaults({});
      state = await machine.update(state, machine.inputs(id, { version: NEW }));
      expect(await runningRelease(machine, PASSWORD)).toBe(NEW);
      expect(rows(machine)).toMatchObject({ schema: `v${NEW}`, notes: [`migrated from v${OLD}`] });
      expect((await ask(machine, blob, { password: PASSWORD })).body).toBe("from before");
      expect(existsSync(machine.path("harbor", "upgrade.json"))).toBe(false);
      expect(readdirSync(machine.path("data", "breakwater-backup"))).toHaveLength(1);
      expect(await machine.drift(state)).toBe("");
    });

    test("of a deletion, the next run ends it", async () => {
      const deleting = machine.call("delete", ["id", state]);
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      await deleting.kill("with its children");
      await machine.delete(state);
      expect(machine.containers()).toEqual({});
      expect(existsSync(machine.path("harbor"))).toBe(false);
      expect(rows(machine)).toMatchObject({ schema: `v${NEW}` });
    });
  });
}
