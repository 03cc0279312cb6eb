import { mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Summary } from "../../scripts/commands/summary";
import { selfSignedLeaf } from "../support/certificates";
import { copyProject, type ProjectCopy } from "../support/project";
import { expectDrift, expectMended, expectNothingToDo, filesBelow, LOCAL } from "./support";

// Each drift: the preview shows it with its reason and changes nothing, the next `npm start` mends it.

let project: ProjectCopy;
let first: Summary;

beforeAll(async () => {
  project = await copyProject();
  first = await project.json();
});
afterAll(() => project?.remove());

describe("a service that was killed", () => {
  it.each(["registry", "pebble"] as const)("comes back on the same ports: %s", async (name) => {
    const configuration = project.path(LOCAL, name, name === "pebble" ? "pebble.json" : "config.yml");
    const before = await readFile(configuration, "utf8");
    await project.killService(name);

    const resource = name === "pebble" ? "Pebble pebble" : "Registry registry";
    await expectDrift(project, resource, /does not run/);
    await expect(project.service(name)).rejects.toThrow();

    expectMended(await project.json(), first);
    await project.service(name);
    expect(await readFile(configuration, "utf8")).toBe(before);
  });
});

describe("a file that was deleted", () => {
  it("is written again, the same bytes, and nothing else changes", async () => {
    await expectRestored(["certificate/chain.pem"], ["AcmeCertificate registry"]);
  });

  it("is written again, the same bytes, when it is a key, and a policy beside it", async () => {
    const resources = ["AcmeCertificate registry", "Trust wabbit-networks-images"];
    await expectRestored(["certificate/key.pem", "trust/trustpolicy.json"], resources);
  });
});

describe("trust that was widened by hand", () => {
  it("is shown in full and put back: an edited policy, a certificate more in a store, a store more", async () => {
    const policy = project.path(LOCAL, "trust/trustpolicy.json");
    const stores = project.path(LOCAL, "trust/truststore/x509/ca");
    const declared = await filesBelow(project.path(LOCAL, "trust"));
    const before = await readFile(policy, "utf8");
    const edited = before.replace('"strict"', '"audit"');
    expect(edited).not.toBe(before);
    await writeFile(policy, edited);
    const { pem } = await selfSignedLeaf();
    await writeFile(`${stores}/wabbit-networks.io/foreign.pem`, pem);
    await mkdir(`${stores}/stranger`);
    await writeFile(`${stores}/stranger/root.pem`, pem);

    const resource = "Trust wabbit-networks-images";
    const reason = /trustpolicy\.json.*stranger\/root\.pem.*foreign\.pem/;
    expect(await expectDrift(project, resource, reason)).toEqual([resource]);
    expect(await readFile(policy, "utf8")).toBe(edited);
    expect(await filesBelow(project.path(LOCAL, "trust"))).toHaveLength(declared.length + 2);

    expect((await project.json()).changes).toEqual({ create: 0, update: 1, delete: 0, same: 16 });
    expect(await readFile(policy, "utf8")).toBe(before);
    expect((await filesBelow(project.path(LOCAL, "trust"))).sort()).toEqual(declared.sort());
    await expectNothingToDo(project);
  });
});

describe("a check for drift", () => {
  it("fails as long as something differs, and changes nothing", async () => {
    const policy = project.path(LOCAL, "trust/trustpolicy.json");
    const before = await readFile(policy, "utf8");
    await writeFile(policy, before.replace('"strict"', '"audit"'));
    const drifted = await project.start("--preview", "--expect-no-changes");
    expect(drifted).toMatchObject({ code: 1, stderr: expect.stringMatching(/\[DRIFT_FOUND\]\s*$/) });
    expect(drifted.stdout).toContain("1 to update");
    expect(await readFile(policy, "utf8")).not.toBe(before);

    await writeFile(policy, before);
    expect(await project.start("--preview", "--expect-no-changes")).toMatchObject({ code: 0 });
  });
});

/** Deletes files of the stack; expects exactly these resources to be shown and updated, and the files back as they were. */
async function expectRestored(names: readonly string[], resources: readonly string[]): Promise<void> {
  const files = names.map((name) => project.path(LOCAL, name));
  const read = () => Promise.all(files.map(async (file) => [await readFile(file, "utf8"), (await stat(file)).mode]));
  const before = await read();
  const registry = await project.service("registry");
  for (const file of files) await rm(file);

  expect((await expectDrift(project, resources[0] ?? "", /missing/)).sort()).toEqual(resources);
  for (const file of files) await expect(stat(file)).rejects.toThrow();

  const { changes } = await project.json();
  expect(changes).toEqual({ create: 0, update: resources.length, delete: 0, same: 17 - resources.length });
  expect(await read()).toEqual(before);
  expect(await project.service("registry")).toBe(registry); // not even restarted
}
