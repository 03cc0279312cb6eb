import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
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

    /** A blob of this content, pushed as soon as Harbor takes it. */
    async function pushed(content: string): Promise<string> {
      return await vi.waitFor(() => pushBlob(machine, PASSWORD, content), { timeout: 60_000, interval: 2_000 });
    }

    /** Backups, and what was set aside for one. */
    function kept(): { backups: string[]; setAside: string[] } {
      const folder = machine.path("data", "breakwater-backup");
      const names = existsSync(folder) ? readdirSync(folder) : [];
      const [setAside, backups] = [true, false].map((is) => names.filter((name) => name.endsWith(".set-aside") === is));
      return { backups: backups ?? [], setAside: (setAside ?? []).map((name) => `${folder}/${name}`) };
    }

    test("while `prepare` runs, a deletion leaves nothing of it running", async () => {
      mkdirSync(machine.path("data"));
      machine.setFaults({ seconds: { prepare: 600 } });
      const call = machine.call("create", [machine.inputs(id)]);
      const list = () => machine.engine.docker(["ps", "--format", "{{.Names}} {{.Command}}"]);
      await vi.waitFor(() => expect(list()).toMatch(/^breakwater-harbor-prepare .* prepare"/m), { timeout: 60_000 });
      await call.kill("with its children");
      machine.setFaults({});
      await machine.delete(machine.inputs(id));
      expect(machine.engine.docker(["ps", "--all", "--quiet"])).toBe("");
    });

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
      machine.setFaults({ unhealthy: { registryctl: `v${NEW}` } });
      const forward = ["id", state, machine.inputs(id, { version: NEW, healthTimeoutSeconds: 60 })];
      await killedAt("update", forward, { at: /: stopping/ });
      await killedAt("update", forward, { at: /backing up/, whole: "with its children" });
      await killedAt("update", forward, { at: /carrying the configuration/ });
      expect(await machine.drift(state)).toMatch(
        /an upgrade from 2\.14\.1 to 2\.15\.2 was interrupted while migrating/,
      );
      await killedAt("update", forward, { at: /harbor-core +Started/, whole: "with its children" });
      await killedAt("update", forward, { at: /nginx +Started/ });

      // Whoever declares the old release again gets it, with the data of before, for the new one is not healthy. What that one
      // took is not lost.
      const late = await pushed("to the new release");
      state = await machine.update(state, machine.inputs(id));
      machine.setFaults({});
      expect(await runningRelease(machine, PASSWORD)).toBe(OLD);
      expect(rows(machine)).toMatchObject({ schema: `v${OLD}`, notes: null });
      expect((await ask(machine, blob, { password: PASSWORD })).body).toBe("from before");
      expect((await ask(machine, late, { password: PASSWORD })).status).toBe(404);
      expect(await machine.drift(state)).toBe("");
      const [setAside] = kept().setAside;
      expect(JSON.parse(readFileSync(`${setAside}/database/rows.json`, "utf8"))).toMatchObject({ schema: `v${NEW}` });
      const digest = late.replace(/^.*sha256:/, "");
      const content = `${setAside}/registry/docker/registry/v2/blobs/sha256/${digest.slice(0, 2)}/${digest}/data`;
      expect(readFileSync(content, "utf8")).toBe("to the new release");
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
      expect(kept().backups).toHaveLength(1);
      expect(kept().setAside).not.toEqual([]); // a later upgrade leaves it to a person
      expect(await machine.drift(state)).toBe("");
    });

    test("of a deletion, the next run ends it", async () => {
      const deleting = machine.call("delete", ["id", state]);
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      await deleting.kill("with its children");
      await machine.delete(state);
      expect(machine.containers()).toEqual({});
      const folder = machine.path("harbor");
      expect(existsSync(folder) ? readdirSync(folder) : []).toEqual([]);
      expect(existsSync(folder)).toBe(false);
      expect(rows(machine)).toMatchObject({ schema: `v${NEW}` });
    });

    describe("when the new release has come up by itself, an upgrade", () => {
      let late: string;

      // Killed with all that it had started but the engine's containers, and a client pushes to what answers.
      async function leftRunning() {
        machine.clear();
        id = await machine.issue();
        state = await machine.create(machine.inputs(id));
        await killedAt("update", ["id", state, machine.inputs(id, { version: NEW })], { at: /nginx +Started/ });
        late = await pushed("to the new release");
        expect(existsSync(machine.path("harbor", "upgrade.json"))).toBe(true);
      }

      async function expectKept() {
        expect(existsSync(machine.path("harbor", "upgrade.json"))).toBe(false);
        expect(rows(machine)).toMatchObject({ schema: `v${NEW}`, notes: [`migrated from v${OLD}`] });
        expect(kept()).toEqual({ backups: [expect.stringContaining(OLD)], setAside: [] });
      }

      test("has ended, and is not undone by declaring the older release", async () => {
        await leftRunning();
        const before = machine.containers();
        const outcome = await machine.call("update", ["id", state, machine.inputs(id)]).outcome;
        expect(outcome).toEqual({ error: expect.stringContaining("[HARBOR_DOWNGRADE_REFUSED]") });
        await expectKept();
        state = await machine.update(state, machine.inputs(id, { version: NEW }));
        expect(machine.containers()).toEqual(before);
        expect((await ask(machine, late, { password: PASSWORD })).body).toBe("to the new release");
        expect(await machine.drift(state)).toBe("");
      });

      test("has ended, and a deletion keeps its data, which a new installation takes over", async () => {
        await leftRunning();
        await machine.delete(state);
        await expectKept();
        await machine.create(machine.inputs(id, { version: NEW }));
        expect((await ask(machine, late, { password: PASSWORD })).body).toBe("to the new release");
      });
    });
  });
}
