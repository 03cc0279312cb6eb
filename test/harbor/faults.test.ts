import { rm } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ManagedResource } from "../provider/managedResource";
import { expectRefused, newProcess, type Surroundings, surroundings } from "./resources";
import type { Fault } from "./standIn";

// What goes wrong on the way to Harbor, for each kind of resource: an error with its code, nothing twice, and the next `up` goes on.

beforeEach(() => void vi.spyOn(console, "log").mockImplementation(() => undefined));
afterEach(() => vi.restoreAllMocks());

const PROJECT = "app";
const KINDS = {
  project: { projectName: "other", public: false },
  contentTrust: { project: PROJECT, require: ["notation"] },
  robot: {
    project: PROJECT,
    robotName: "ci",
    permissions: "push",
    duration: -1,
    overlap: "7d",
    directory: "robots/ci",
  },
  immutableRule: { project: PROJECT, tags: "v*", repositories: "**", disabled: false },
  label: { project: PROJECT, labelName: "mine", color: "#00AB9A", description: "" },
} as const;
type Kind = keyof typeof KINDS;
const kinds = Object.keys(KINDS) as Kind[];
/** A gate is a state of its project, and nothing that can be there already. */
const made = kinds.filter((kind) => kind !== "contentTrust");

async function prepared() {
  const around = await surroundings();
  await (await around.resource("project")).up({ harbor: around.connection, projectName: PROJECT, public: false });
  around.harbor.mutations();
  return around;
}

function declared({ connection, harbor }: Surroundings, kind: Kind, how: object = {}) {
  return { harbor: connection, ...(kind === "robot" && { host: harbor.host }), ...KINDS[kind], ...how };
}

/** What Harbor has of this kind: the projects are two then, of which one was there before. */
function count({ harbor: { store } }: Surroundings, kind: Kind): number {
  const gates = store.projects.filter(({ metadata }) => metadata.enable_content_trust === "true");
  const of = { project: store.projects.slice(1), contentTrust: gates, robot: store.robots };
  return { ...of, immutableRule: store.rules, label: store.labels }[kind].length;
}

describe.each(kinds)("A %s", (kind) => {
  it.each<[string, Fault, Fault, string]>([
    ["500, with nothing done", "failed", "failed", "HARBOR_UNHEALTHY"],
    ["an HTML 502 when all was done", "bad gateway", "bad gateway", "HARBOR_UNHEALTHY"],
    ["a cut connection when all was done", "lost", "refused", "HARBOR_UNREACHABLE"],
  ])("whose making ends with %s is an error, and the next `up` goes on", async (_, fault, after, code) => {
    const around = await prepared();
    let begun = false;
    around.harbor.fault = (request) => {
      const isFirst = !begun && !request.startsWith("GET");
      begun ||= isFirst;
      if (isFirst) return fault;
      return begun ? after : undefined;
    };
    await expectRefused((await around.resource(kind)).up(declared(around, kind)), code);
    around.harbor.fault = () => undefined;
    expect(count(around, kind)).toBe(fault === "failed" ? 0 : 1);

    const next = await around.resource(kind);
    expect(await next.up(declared(around, kind))).toBe("create");
    expect(count(around, kind)).toBe(1);
    expect(await next.up(declared(around, kind))).toBe("same");
  });
});

describe.each(made)("A %s that two runs make at once", (kind) => {
  it("is made by one of them; the other one says so, and may take it over without a change", async () => {
    const around = await prepared();
    const elsewhere = { ...around, home: `${around.home}/elsewhere` }; // another checkout, which knows nothing of this one
    const runs = await Promise.all([around, elsewhere].map(({ home }) => newProcess(home, kind)));
    const inputs = declared(around, kind);
    const ends = await Promise.allSettled(runs.map((handler) => new ManagedResource(handler).up(inputs)));
    expect(ends.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const refused = ends.find((end) => end.status === "rejected");
    await expectRefused(Promise.reject(refused?.reason), "OBJECT_EXISTS", /adopt: true/);
    expect(count(around, kind)).toBe(1);

    around.harbor.mutations();
    const next = new ManagedResource(await newProcess(elsewhere.home, kind));
    expect(await next.up({ ...inputs, adopt: true })).toBe("create");
    expect(around.harbor.mutations()).toEqual([]);
  });
});

describe.each(made)("A %s of a run that was cut off in a folder that is lost", (kind) => {
  it("is nobody's by what can be seen: it is taken over where that is declared, and not before", async () => {
    const around = await prepared();
    await (await around.resource(kind)).upThenKilled(declared(around, kind));
    await rm(`${around.home}/.breakwater`, { recursive: true });
    around.harbor.mutations();
    await expectRefused((await around.resource(kind)).up(declared(around, kind)), "OBJECT_EXISTS", /adopt: true/);
    const next = await around.resource(kind);
    expect(await next.up(declared(around, kind, { adopt: true }))).toBe("create");
    expect(await next.up(declared(around, kind, { adopt: true }))).toBe("same");
    expect(around.harbor.mutations()).toEqual([]);
    expect(count(around, kind)).toBe(1);
  });
});

it("A run with a wrong password changes nothing, and the next one with the right password goes on", async () => {
  const around = await prepared();
  const wrong = new ManagedResource(await newProcess(around.home, "project", "Wrong-Passw0rd"));
  await expectRefused(wrong.up(declared(around, "project")), "HARBOR_UNAUTHORIZED", /password/);
  expect(around.harbor.mutations()).toEqual([]);
  const right = await around.resource("project");
  expect(await right.up(declared(around, "project"))).toBe("create");
  expect(await right.up(declared(around, "project"))).toBe("same");
});
