import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { HarborInstallationState } from "../../../components/harbor/installation/inputs";
import { ask, login, pushBlob } from "./client";
import { makeInstaller, type OfflineInstaller } from "./installer";
import { type Machine, OLD, unwrap } from "./machine";

const FIRST = "Correct-Horse-1";
const SECOND = "Battery-Staple-2";

/** The life of an installation, each test going on from where the one before ended. */
export function describeInstallation(the: { readonly machine: Machine }): void {
  describe("an installation", () => {
    let machine: Machine;
    let id: string;
    let installer: OfflineInstaller;
    let state: HarborInstallationState;
    let blob: string;

    beforeAll(async () => {
      machine = the.machine;
      id = await machine.issue();
      installer = await makeInstaller(machine.engine, machine.home, OLD);
    });
    afterAll(() => machine.clear());

    test("comes up from an offline installer, every component healthy, its secrets open to nobody else", async () => {
      const call = machine.call("create", [machine.inputs(id, { installer })]);
      state = (unwrap(await call.outcome) as { outs: HarborInstallationState }).outs;
      expect(call.lines.some((line) => line.includes("loading the images"))).toBe(true);
      expect(call.lines.at(-1)).toContain("every component is healthy");
      expect(await machine.drift(state)).toBe("");
      expect(await login(machine, FIRST)).toBe(200);
      expect(statSync(machine.path("harbor", "harbor.yml")).mode & 0o777).toBe(0o600);
      expect(statSync(machine.path("harbor", "common")).mode & 0o777).toBe(0o700);
      expect(Object.keys(machine.containers())).toHaveLength(9);
      blob = await pushBlob(machine, FIRST, "kept through it all");
    });

    test("is left alone by a second run", async () => {
      const before = machine.containers();
      // As `docker image prune` would: nothing has to be rendered, and no registry is asked.
      machine.engine.docker(["rmi", `goharbor/prepare:v${OLD}`]);
      const call = machine.call("update", ["id", state, machine.inputs(id)]);
      unwrap(await call.outcome);
      expect(machine.containers()).toEqual(before);
      expect(call.lines.filter((line) => !line.includes("every component is healthy"))).toEqual([]);
    });

    test("takes another password without a restart, once", async () => {
      const before = machine.containers();
      const inputs = machine.inputs(id, { adminPassword: SECOND });
      state = await machine.update(state, inputs);
      expect(await login(machine, SECOND)).toBe(200);
      expect(await login(machine, FIRST)).toBe(401);
      expect(machine.containers()).toEqual(before);
      expect(readFileSync(machine.path("harbor", "harbor.yml"), "utf8")).toContain(SECOND);
      // As after a kill between the change and the state: what is declared is there already.
      state = await machine.update({ ...state, adminPassword: FIRST }, inputs);
    });

    test("is reconfigured: another port, the same data", async () => {
      const { http, https } = machine.ports;
      state = await machine.update(
        state,
        machine.inputs(id, { adminPassword: SECOND, httpsPort: https + 1, installer }),
      );
      expect((await ask(machine, blob, { password: SECOND, port: https + 1 })).body).toBe("kept through it all");
      await expect(ask(machine, "/", { port: https })).rejects.toThrow("ECONNREFUSED");
      const redirected = await fetch(`http://127.0.0.1:${http}/v2/`, { redirect: "manual" });
      expect(redirected.status).toBe(308);
      expect(redirected.headers.get("location")).toBe(`https://127.0.0.1:${https + 1}/v2/`);
    });

    test("that lost a container, or whose file was edited, says so and is repaired", async () => {
      machine.engine.docker(["rm", "--force", "harbor-portal"]);
      expect(await machine.drift(state)).toContain("portal");
      state = await machine.update(state, machine.inputs(id, { adminPassword: SECOND }));
      expect(await machine.drift(state)).toBe("");
      expect(Object.keys(machine.containers())).toHaveLength(9);
    });

    test("deleted keeps its data, which a new one takes over", async () => {
      await machine.delete(state);
      expect(machine.containers()).toEqual({});
      expect(existsSync(machine.path("harbor"))).toBe(false);
      expect(readdirSync(machine.path("data", "database"))).toContain("rows.json");
      state = await machine.create(machine.inputs(id, { adminPassword: SECOND, deleteData: true }));
      expect((await ask(machine, blob, { password: SECOND })).body).toBe("kept through it all");
    });

    test("deleted with its data leaves nothing", async () => {
      await machine.delete(state);
      expect(readdirSync(machine.home).filter((name) => name === "data" || name === "harbor")).toEqual([]);
      expect(machine.engine.docker(["ps", "--all", "--quiet"])).toBe("");
      expect(machine.engine.docker(["network", "ls", "--quiet", "--filter", "name=harbor"])).toBe("");
      await machine.delete(state);
    });
  });
}
