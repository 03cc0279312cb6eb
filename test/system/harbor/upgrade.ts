import { existsSync, readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { HarborInstallationState } from "../../../components/harbor/installation/inputs";
import { ask, pushBlob, runningRelease } from "./client";
import { type Faults, type Machine, NEW, OLD, unwrap } from "./machine";

const MEBIBYTE = 2 ** 20;
const PASSWORD = "Correct-Horse-1";

/** What the stand-in's database holds. */
export function rows(machine: Machine): { schema: string; notes: string[] | null } {
  return JSON.parse(readFileSync(machine.path("data", "database", "rows.json"), "utf8"));
}

/** Each test goes on from where the one before ended: an upgrade that failed leaves what was there before. */
export function describeUpgrade(the: { readonly machine: Machine }): void {
  describe("an upgrade", () => {
    let machine: Machine;
    let id: string;
    let state: HarborInstallationState;
    let blob: string;

    beforeAll(async () => {
      machine = the.machine;
      id = await machine.issue();
      machine.mountData();
      state = await machine.create(machine.inputs(id));
      blob = await pushBlob(machine, PASSWORD, "from before");
    });
    afterAll(() => machine.clear());

    async function expectAsBefore() {
      expect(await runningRelease(machine, PASSWORD)).toBe(OLD);
      expect((await ask(machine, blob, { password: PASSWORD })).body).toBe("from before");
      expect(rows(machine)).toMatchObject({ schema: `v${OLD}`, notes: null });
      expect(existsSync(machine.path("harbor", "upgrade.json"))).toBe(false);
      expect(await machine.drift(state)).toBe("");
    }

    test("without room for a backup is refused, and nothing is stopped", async () => {
      const before = machine.containers();
      machine.leaveFree(100 * MEBIBYTE);
      const outcome = await machine.call("update", ["id", state, machine.inputs(id, { version: NEW })]).outcome;
      machine.leaveFree(2048 * MEBIBYTE);
      expect(outcome).toEqual({ error: expect.stringContaining("[HARBOR_DISK_TOO_SMALL]") });
      expect(machine.containers()).toEqual(before);
      await expectAsBefore();
    });

    test("in which the disk gets full loses nothing, and the next run goes on when there is room", async () => {
      const inputs = { version: NEW, healthTimeoutSeconds: 3 };
      const call = machine.call("update", ["id", state, machine.inputs(id, inputs)]);
      await call.said(/carrying the configuration/);
      machine.leaveFree(0);
      expect(await call.outcome).toEqual({ error: expect.stringMatching(/a disk is full.*\[HARBOR_[A-Z_]+\]$/s) });
      machine.leaveFree(2048 * MEBIBYTE);
      state = await machine.update(state, machine.inputs(id));
      await expectAsBefore();
    });

    // The first has migrated the database when it fails, and the old release refuses a newer one: it must be put back.
    test.each<[string, Faults]>([
      ["a component never gets healthy", { unhealthy: { registryctl: `v${NEW}` } }],
      ["prepare migrate fails", { fails: { migrate: `v${NEW}` } }],
    ])("in which %s goes all the way back", async (_what, faults) => {
      const backups = () => readdirSync(machine.path("data", "breakwater-backup"));
      const before = backups();
      machine.setFaults(faults);
      const inputs = machine.inputs(id, { version: NEW, healthTimeoutSeconds: 6 });
      const outcome = await machine.call("update", ["id", state, inputs]).outcome;
      machine.setFaults({});
      expect(outcome).toEqual({ error: expect.stringContaining("[HARBOR_UPGRADE_FAILED]") });
      await expectAsBefore();
      // What a release may have taken that was started is kept; one that was not has written nothing.
      const setAside = backups().filter((name) => !before.includes(name));
      expect(setAside).toHaveLength(faults.unhealthy ? 1 : 0);
      for (const name of setAside) {
        expect(name).toMatch(/\.set-aside$/);
        expect(outcome).toEqual({ error: expect.stringContaining(name) });
      }
    });

    test("carries configuration and data over, and keeps what was before", async () => {
      const call = machine.call("update", ["id", state, machine.inputs(id, { version: NEW })]);
      state = (unwrap(await call.outcome) as { outs: HarborInstallationState }).outs;
      expect(await runningRelease(machine, PASSWORD)).toBe(NEW);
      expect((await ask(machine, blob, { password: PASSWORD })).body).toBe("from before");
      expect(rows(machine)).toMatchObject({ schema: `v${NEW}`, notes: [`migrated from v${OLD}`] });
      expect(readFileSync(machine.path("harbor", "harbor.yml"), "utf8")).toMatch(/^_version: 2\.15\.0$/m);
      const images = machine.engine.docker(["ps", "--format", "{{.Image}}"]).trim().split("\n");
      expect(images.every((image) => image.endsWith(`:v${NEW}`))).toBe(true);
      const backup = JSON.parse(readFileSync(`${state.backup}/data/database/rows.json`, "utf8"));
      expect(backup).toMatchObject({ schema: `v${OLD}` });
      const kept = readdirSync(machine.path("data", "breakwater-backup"));
      expect(kept.filter((name) => !name.endsWith(".set-aside"))).toHaveLength(1);
      expect(await machine.drift(state)).toBe("");
    });

    test("is not undone by declaring the older release", async () => {
      const outcome = await machine.call("update", ["id", state, machine.inputs(id)]).outcome;
      expect(outcome).toEqual({ error: expect.stringContaining("[HARBOR_DOWNGRADE_REFUSED]") });
      expect(await runningRelease(machine, PASSWORD)).toBe(NEW);
    });
  });
}
