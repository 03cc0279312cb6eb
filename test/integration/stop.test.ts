import { rm, stat } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { copyProject, type ProjectCopy } from "../support/project";
import { LOCAL, listedByNotation, prove } from "./support";

let project: ProjectCopy;

beforeAll(async () => {
  project = await copyProject();
  await project.json();
});
afterAll(() => project?.remove());

/** Exactly the two services run, and nothing of the engine. */
async function expectServicesAlone(): Promise<void> {
  await project.service("pebble");
  await project.service("registry");
  expect(await project.processes()).toHaveLength(2);
}

describe("what a person deletes while services run", () => {
  it("is made again: everything that the stack made", async () => {
    await rm(project.path(LOCAL), { recursive: true });
    const summary = await project.json();
    await prove(summary);
    expect(await listedByNotation(project, summary)).toEqual([summary.signature.digest]);
    await expectServicesAlone();
  });

  it("is made again: the engine's state, and running services are replaced, not doubled", async () => {
    const before = { pebble: await project.service("pebble"), registry: await project.service("registry") };
    await rm(project.path(".breakwater/state"), { recursive: true });
    await rm(project.path(".breakwater/passphrase"));
    const summary = await project.json();
    await prove(summary);
    await expectServicesAlone();
    expect(await project.service("pebble")).not.toBe(before.pebble);
    expect(await project.service("registry")).not.toBe(before.registry);
    // The lost state held the identity: the registry keeps what the former one signed, beside the new signature.
    expect(await listedByNotation(project, summary)).toContain(summary.signature.digest);
  });
});

describe("`npm stop`", () => {
  it("leaves no process and nothing that the stack made", async () => {
    await expectServicesAlone();
    const { code, stderr } = await project.stop();
    expect(code, stderr).toBe(0);
    expect(await project.processes()).toEqual([]);
    await expect(stat(project.path(LOCAL))).rejects.toThrow();
  });

  it("has nothing to do the second time, and says success", async () => {
    expect((await project.stop()).code).toBe(0);
    expect(await project.processes()).toEqual([]);
  });

  it("is no end: `npm start` makes everything again", async () => {
    const summary = await project.json();
    expect(summary.changes.create).toBe(17);
    await prove(summary);
    await expectServicesAlone();
  });
});
