import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { expectRefused, type Surroundings, surroundings } from "./resources";

// The life of a label, of one project and of all. Nothing of it was recorded: the stand-in follows Harbor's swagger.yaml.

beforeEach(() => void vi.spyOn(console, "log").mockImplementation(() => undefined));
afterEach(() => vi.restoreAllMocks());

const PROJECT = "notation-project";

async function labelled() {
  const around = await surroundings();
  await (await around.resource("project")).up({ harbor: around.connection, projectName: PROJECT, public: false });
  around.harbor.mutations();
  return { around, label: await around.resource("label"), labels: around.harbor.store.labels };
}

function declared({ connection }: Pick<Surroundings, "connection">, how: object = {}) {
  return {
    harbor: connection,
    project: PROJECT,
    labelName: "trusted",
    color: "#00AB9A",
    description: "passes the policy",
    ...how,
  };
}

describe("A label", () => {
  it.each([
    ["of a project", {}],
    ["of all projects", { project: undefined }],
  ])("%s is made as declared, and a second `up` changes nothing", async (_, how) => {
    const { around, label, labels } = await labelled();
    expect(await label.up(declared(around, how))).toBe("create");
    expect(labels).toMatchObject([{ name: "trusted", color: "#00AB9A", description: "passes the policy" }]);
    expect(labels[0]?.scope).toBe("project" in how ? "g" : "p");
    expect(label.state.labelId).toBe(labels[0]?.id);
    expect(around.harbor.mutations()).toEqual(["POST /labels"]);
    expect(await label.up(declared(around, how))).toBe("same");
    expect(around.harbor.mutations()).toEqual([]);
  });

  it("is known by its exact name", async () => {
    const { around, label, labels } = await labelled();
    await (await around.resource("label")).up(declared(around, { labelName: "not trusted" }));
    expect(await label.up(declared(around))).toBe("create");
    expect(labels.map(({ name }) => name)).toEqual(["not trusted", "trusted"]);
  });

  it("shows and mends what somebody else has changed, and does not mind the colour's case", async () => {
    const { around, label, labels } = await labelled();
    await label.up(declared(around));
    Object.assign(labels[0] ?? {}, { color: "#00ab9a" });
    expect(await label.preview(declared(around))).toBe("same");
    Object.assign(labels[0] ?? {}, { color: "#FF0000", description: "" });
    expect(await label.refresh()).toMatch(/colour.*description/);
    expect(await label.up(declared(around))).toBe("update");
    expect(labels).toMatchObject([{ color: "#00AB9A", description: "passes the policy" }]);
  });

  it("is made again when it is gone, and deleted with its resource", async () => {
    const { around, label, labels } = await labelled();
    await label.up(declared(around));
    labels.length = 0;
    expect(await label.refresh()).toMatch(/is gone/);
    expect(await label.up(declared(around))).toBe("update");
    expect(labels).toHaveLength(1);
    await label.destroy();
    expect(labels).toEqual([]);
    expect(await label.up(declared(around))).toBe("create");
    labels.length = 0;
    await label.destroy(); // gone already
  });

  it("does not delete what has its id in a restored database, nor what has its name", async () => {
    const { around, label, labels } = await labelled();
    await label.up(declared(around));
    const [live] = labels;
    const { id = 0, name = "" } = live ?? {};
    Object.assign(live ?? {}, { name: "foreign" });
    labels.push({ ...(live as (typeof labels)[0]), id: id + 100, name });
    around.harbor.mutations();
    await label.destroy();
    expect(around.harbor.mutations()).toEqual([]);
    expect(labels.map((label) => label.name)).toEqual(["foreign", "trusted"]);
  });

  it("is deleted without a word when its project is gone", async () => {
    const { around, label } = await labelled();
    await label.up(declared(around));
    around.harbor.store.projects.length = 0;
    around.harbor.mutations();
    await label.destroy();
    expect(around.harbor.mutations()).toEqual([]);
  });

  it("is another one under another name", async () => {
    const { around, label, labels } = await labelled();
    await label.up(declared(around));
    expect(await label.up(declared(around, { labelName: "verified" }))).toBe("replace");
    expect(labels.map(({ name }) => name)).toEqual(["verified"]);
  });

  it("that is there already is refused; taken over without a change when it is as declared", async () => {
    const { around, label, labels } = await labelled();
    labels.push({
      id: 77,
      name: "trusted",
      scope: "p",
      project_id: around.harbor.store.projects[0]?.id ?? 0,
      color: "#00AB9A",
      description: "passes the policy",
    });
    await expectRefused(label.up(declared(around)), "OBJECT_EXISTS", /adopt: true/);
    expect(await label.up(declared(around, { adopt: true, lookAhead: true }))).toBe("create");
    expect(label.state.labelId).toBe(77);
    const differing = declared(around, { adopt: true, lookAhead: true, color: "#FF0000" });
    const handler = await around.handler("label");
    expect((await handler.check({}, differing)).failures).toMatchObject([{ property: "adopt", reason: /#00AB9A/ }]);
    await expectRefused(handler.create(differing), "OBJECT_DIFFERS");
    expect(around.harbor.mutations()).toEqual([]);
  });

  it("is gone on with after a run that was killed", async () => {
    const { around, labels } = await labelled();
    await (await around.resource("label")).upThenKilled(declared(around));
    const label = await around.resource("label");
    expect(await label.up(declared(around, { color: "#123456" }))).toBe("create");
    expect(labels).toMatchObject([{ color: "#123456" }]);
    expect(await label.preview(declared(around, { color: "#123456" }))).toBe("same");
  });

  it("has a colour that Harbor shows, and a project that exists", async () => {
    const { around, label } = await labelled();
    const handler = await around.handler("label");
    for (const color of ["red", "#12345", "#GGGGGG", "00AB9A"]) {
      expect((await handler.check({}, declared(around, { color }))).failures).toMatchObject([{ property: "color" }]);
    }
    await expectRefused(label.up(declared(around, { project: "other" })), "OBJECT_MISSING", /other/);
  });
});
