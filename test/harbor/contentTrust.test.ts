import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ManagedResource } from "../provider/managedResource";
import { connectionOf, expectRefused, newProcess, type Surroundings, surroundings } from "./resources";
import { replayed } from "./support";

// The gate of a project, and that it never stands open while it is changed.

let said: string[];
beforeEach(() => {
  said = [];
  vi.spyOn(console, "log").mockImplementation((text: string) => void said.push(text));
});
afterEach(() => vi.restoreAllMocks());

const PROJECT = "notation-project";

/** A gate, its project, and each state of the metadata on the way. */
async function gated() {
  const around = await surroundings();
  await (await around.resource("project")).up({ harbor: around.connection, projectName: PROJECT, public: false });
  around.harbor.mutations();
  const [project] = around.harbor.store.projects;
  if (project === undefined) throw new Error("the project was not made");
  const seen: string[] = [];
  around.harbor.fault = () => {
    const { enable_content_trust: notation, enable_content_trust_cosign: cosign } = project.metadata;
    const state = [notation === "true" && "notation", cosign === "true" && "cosign"].filter(Boolean).join("+");
    if (seen.at(-1) !== state) seen.push(state);
    return undefined;
  };
  return { around, project, seen, gate: await around.resource("contentTrust") };
}

function declared({ connection }: Pick<Surroundings, "connection">, ...required: string[]) {
  return { harbor: connection, project: PROJECT, require: required };
}

describe("The gate of a project", () => {
  it("is closed by one write, and a second `up` changes nothing, whatever the order of kinds", async () => {
    const { around, project, gate } = await gated();
    expect(await gate.up(declared(around, "cosign", "notation", "cosign"))).toBe("create");
    expect(project.metadata).toMatchObject({ enable_content_trust: "true", enable_content_trust_cosign: "true" });
    expect(around.harbor.mutations()).toEqual([`PUT /projects/${PROJECT}`]);
    expect(await gate.up(declared(around, "notation", "cosign"))).toBe("same");
    expect(around.harbor.mutations()).toEqual([]);
  });

  it("writes nothing when it is closed already", async () => {
    const { around, project, gate } = await gated();
    project.metadata.enable_content_trust = "1"; // Harbor's own other word for true
    expect(await gate.up(declared(around, "notation"))).toBe("create");
    expect(await gate.preview(declared(around, "notation"))).toBe("same");
    expect(around.harbor.mutations()).toEqual([]);
  });

  it("is never open while what is required changes", async () => {
    const { around, project, gate, seen } = await gated();
    await gate.up(declared(around, "notation"));
    seen.length = 0;
    expect(await gate.up(declared(around, "cosign"))).toBe("update");
    expect(project.metadata).toMatchObject({ enable_content_trust: "false", enable_content_trust_cosign: "true" });
    await gate.up(declared(around, "cosign"));
    expect(seen).toEqual(["notation", "notation+cosign", "cosign"]);
  });

  it.each(["yes", "", "on", undefined])("is open, and closed again, when somebody has written %j", async (value) => {
    const { around, project, gate } = await gated();
    await gate.up(declared(around, "notation"));
    if (value === undefined) delete project.metadata.enable_content_trust;
    else project.metadata.enable_content_trust = value;
    expect(await gate.refresh()).toMatch(/the gate is open: no signature by notation is required/);
    expect(await gate.up(declared(around, "notation"))).toBe("update");
    expect(project.metadata.enable_content_trust).toBe("true");
    expect(await gate.preview(declared(around, "notation"))).toBe("same");
  });

  it("shows a kind that is required and not declared", async () => {
    const { around, project, gate } = await gated();
    await gate.up(declared(around, "notation"));
    project.metadata.enable_content_trust_cosign = "true";
    expect(await gate.refresh()).toMatch(/cosign is required, too/);
    expect(await gate.up(declared(around, "notation"))).toBe("update");
    expect(project.metadata).toMatchObject({ enable_content_trust: "true", enable_content_trust_cosign: "false" });
  });

  it("is an error when Harbor does not keep it", async () => {
    const { around, project, gate } = await gated();
    Object.defineProperty(project, "metadata", { get: () => ({ public: "false" }) });
    await expectRefused(gate.up(declared(around, "notation")), "METADATA_NOT_KEPT", /enable_content_trust/);
  });

  it("is an error when somebody else opens it on the way", async () => {
    const { around, project, gate } = await gated();
    project.metadata.enable_content_trust_cosign = "true";
    let puts = 0;
    around.harbor.fault = (request) => {
      if (request.startsWith("PUT")) puts += 1;
      else if (puts === 2) project.metadata.enable_content_trust = "false";
      return undefined;
    };
    await expectRefused(gate.up(declared(around, "notation")), "GATE_NOT_CLOSED", /notation/);
  });

  it("of an empty project is opened when it is no longer declared, and says so; not what others have closed", async () => {
    const { around, project, gate } = await gated();
    await gate.up(declared(around, "notation"));
    project.metadata.enable_content_trust_cosign = "true";
    gate.continueWith(await around.handler("contentTrust"));
    await gate.destroy();
    expect(project.metadata).toMatchObject({ enable_content_trust: "false", enable_content_trust_cosign: "true" });
    expect(said.join()).toMatch(/is empty, is open.*notation is required/);
  });

  it("stays closed when it is no longer declared and there are images behind it, with the way to open it", async () => {
    const { around, project, gate } = await gated();
    await gate.up(declared(around, "notation"));
    project.repoCount = 1;
    around.harbor.mutations();
    gate.continueWith(await around.handler("contentTrust"));
    await gate.destroy();
    expect(around.harbor.mutations()).toEqual([]);
    expect(project.metadata.enable_content_trust).toBe("true");
    expect(said.join()).toMatch(/stays closed.*by hand.*enable_content_trust/);
  });

  it.each([0, 1])("stays closed when its declaration is renamed, with %i repositories", async (repoCount) => {
    const { around, project, gate } = await gated();
    await gate.up(declared(around, "notation"));
    project.repoCount = repoCount;
    around.harbor.mutations();
    const next = await around.handler("contentTrust");
    gate.continueWith(next);
    const renamed = new ManagedResource(next);
    expect(await renamed.up(declared(around, "notation"))).toBe("create");
    await gate.destroy();
    expect(around.harbor.mutations()).toEqual([]);
    expect(project.metadata.enable_content_trust).toBe("true");
  });

  it("is closed again without a refresh, also after a killed run has left the old declaration to be deleted", async () => {
    const { around, project, gate } = await gated();
    await gate.up(declared(around, "notation"));
    const next = await around.handler("contentTrust");
    await next.delete(gate.id, gate.state); // before the program runs
    expect(project.metadata.enable_content_trust).toBe("false");
    const { inputs } = await next.check(declared(around, "notation"), declared(around, "notation"));
    expect(await next.diff(gate.id, gate.state, inputs)).toMatchObject({ changes: true, replaces: [] });
    await next.update(gate.id, gate.state, inputs);
    expect(project.metadata.enable_content_trust).toBe("true");
  });

  it("is deleted without a word when its project is gone", async () => {
    const { around, gate } = await gated();
    await gate.up(declared(around, "notation"));
    around.harbor.store.projects.length = 0;
    expect(await gate.refresh()).toMatch(/project notation-project is gone/);
    around.harbor.mutations();
    gate.continueWith(await around.handler("contentTrust"));
    await gate.destroy();
    expect(around.harbor.mutations()).toEqual([]);
  });

  it("needs its project", async () => {
    const { around, gate } = await gated();
    await expectRefused(gate.up({ ...declared(around, "notation"), project: "other" }), "OBJECT_MISSING", /other/);
  });

  it.each([[[]], [["notary"]], [["notation", "yes"]]])("can't require %j", async (required) => {
    const { around } = await gated();
    const handler = await around.handler("contentTrust");
    expect((await handler.check({}, declared(around, ...required))).failures).toMatchObject([{ property: "require" }]);
  });

  it("is declared once: two declarations that require something else are refused in a preview", async () => {
    const { around } = await gated();
    const handler = await around.handler("contentTrust");
    const failuresOf = async (...required: string[]) =>
      (await handler.check({}, declared(around, ...required))).failures;
    expect(await failuresOf("notation")).toEqual([]);
    expect(await failuresOf("notation")).toEqual([]); // as the engine checks one declaration twice
    expect(await failuresOf("cosign")).toMatchObject([
      { property: "require", reason: expect.stringMatching(/notation.*declare it once/) },
    ]);
    const other = { ...declared(around, "cosign"), project: "other" };
    expect((await handler.check({}, other)).failures).toEqual([]);
  });

  it("follows a project to another name: the new gate is closed first, the old one stays so while it holds images", async () => {
    const { around, project, gate } = await gated();
    await gate.up(declared(around, "notation"));
    project.repoCount = 1;
    const other = { harbor: around.connection, projectName: "other", public: false };
    await (await around.resource("project")).up(other);
    around.harbor.mutations();
    gate.continueWith(await around.handler("contentTrust"));
    expect(await gate.up({ ...declared(around, "notation"), project: "other" })).toBe("replace");
    expect(around.harbor.mutations()).toEqual(["PUT /projects/other"]);
    expect(project.metadata.enable_content_trust).toBe("true");
  });
});

describe("By the recordings of a real Harbor, the gate", () => {
  it("is closed, and read back", async () => {
    const { replay } = await replayed([
      "project-get-by-name",
      "project-put-content-trust-notation",
      "project-get-after-content-trust",
    ]);
    const gate = new ManagedResource(await newProcess("/nonexistent", "contentTrust"));
    await gate.up(declared({ connection: connectionOf(replay) }, "notation"));
    expect(replay.mutations()).toEqual([`PUT /api/v2.0/projects/${PROJECT}`]);
  });

  it("is taken as it is when it is closed", async () => {
    const { replay } = await replayed({ pool: ["users-current-admin", "project-get-after-content-trust"] });
    const gate = new ManagedResource(await newProcess("/nonexistent", "contentTrust"));
    const inputs = declared({ connection: connectionOf(replay) }, "notation");
    expect(await gate.up(inputs)).toBe("create");
    expect(await gate.up(inputs)).toBe("same");
    expect(replay.mutations()).toEqual([]);
  });
});
