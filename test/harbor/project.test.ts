import { rm } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ManagedResource } from "../provider/managedResource";
import { replayed } from "./support";
import { connectionOf, expectRefused, newProcess, type Surroundings, surroundings } from "./resources";

// The life of a project: against a stand-in that keeps things, and adoption against the recordings of a real Harbor.

beforeEach(() => void vi.spyOn(console, "log").mockImplementation(() => undefined));
afterEach(() => vi.restoreAllMocks());

function declared({ connection }: Pick<Surroundings, "connection">, how: object = {}) {
  return { harbor: connection, projectName: "notation-project", public: false, ...how };
}

describe("A project of Harbor's", () => {
  it("is made as declared, and a second `up` changes nothing", async () => {
    const around = await surroundings();
    const project = await around.resource("project");
    const full = declared(around, {
      storageQuota: "10GiB",
      metadata: { autoScan: true, preventVulnerable: false, severity: "high" },
    });
    expect(await project.up(full)).toBe("create");
    expect(around.harbor.mutations()).toEqual(["POST /projects"]);
    const [live] = around.harbor.store.projects;
    expect(live?.metadata).toEqual({ public: "false", auto_scan: "true", prevent_vul: "false", severity: "high" });
    expect(project.state).toMatchObject({ projectId: live?.id, storageLimit: 10 * 1024 ** 3, drift: "" });
    expect(await project.up(full)).toBe("same");
    expect(around.harbor.mutations()).toEqual([]);
  });

  it("knows what Harbor left out for false, and its other ways to write true", async () => {
    const around = await surroundings();
    const project = await around.resource("project");
    const flags = declared(around, { metadata: { autoScan: false, preventVulnerable: true, severity: "high" } });
    await project.up(flags);
    const [live] = around.harbor.store.projects;
    if (live) live.metadata = { public: "", prevent_vul: "True", severity: "High" };
    expect(await project.preview(flags)).toBe("same");
  });

  it.each([
    [
      "a flag",
      (live: Record<string, string>) => Object.assign(live, { auto_scan: "false" }),
      /auto_scan is false, declared is true/,
    ],
    ["who may see it", (live: Record<string, string>) => Object.assign(live, { public: "1" }), /public is 1/],
    ["a severity", (live: Record<string, string>) => Object.assign(live, { severity: "bogus" }), /severity is bogus/],
  ])("shows and mends what somebody else has changed: %s", async (_, change, words) => {
    const around = await surroundings();
    const project = await around.resource("project");
    const flags = declared(around, { metadata: { autoScan: true, severity: "low" } });
    await project.up(flags);
    const [live] = around.harbor.store.projects;
    change(live?.metadata ?? {});
    const before = around.harbor.mutations();
    expect(await project.refresh()).toMatch(words);
    expect(around.harbor.mutations()).toEqual([]);
    expect(await project.up(flags)).toBe("update");
    expect(before).toEqual(["POST /projects"]);
    expect(around.harbor.mutations()).toEqual(["PUT /projects/notation-project"]);
    expect(live?.metadata).toMatchObject({ public: "false", auto_scan: "true", severity: "low" });
    expect(await project.preview(flags)).toBe("same");
  });

  it("takes an absent list of allowed vulnerabilities for the system's, as Harbor does", async () => {
    const around = await surroundings();
    const project = await around.resource("project");
    const reused = declared(around, { metadata: { reuseSystemCveAllowlist: true } });
    const own = declared(around, { metadata: { reuseSystemCveAllowlist: false } });
    await project.up(reused);
    const [live] = around.harbor.store.projects;
    if (live) live.metadata = { public: "false" };
    expect(await project.preview(reused)).toBe("same");
    await project.up(own);
    expect(live?.metadata.reuse_sys_cve_allowlist).toBe("false");
    if (live) live.metadata = { public: "false" };
    expect(await project.refresh()).toMatch(/reuse_sys_cve_allowlist is not set, declared is false/);
    await project.up(own);
    expect(live?.metadata.reuse_sys_cve_allowlist).toBe("false");
    await project.up(declared(around)); // no longer declared: Harbor's own setting
    expect(live?.metadata.reuse_sys_cve_allowlist).toBe("true");
  });

  it("writes only the keys that changed, and leaves those of others alone", async () => {
    const around = await surroundings();
    const project = await around.resource("project");
    await project.up(declared(around, { metadata: { autoScan: true, autoSbom: true } }));
    const [live] = around.harbor.store.projects;
    Object.assign(live?.metadata ?? {}, { enable_content_trust: "true" });
    expect(await project.up(declared(around, { public: true, metadata: { autoSbom: true } }))).toBe("update");
    expect(live?.metadata).toEqual({
      public: "true",
      auto_scan: "false", // no longer declared: Harbor's own setting
      auto_sbom_generation: "true",
      enable_content_trust: "true",
    });
  });

  it("has its quota set where Harbor keeps it, in any spelling, and never below what is used", async () => {
    const around = await surroundings();
    const project = await around.resource("project");
    await project.up(declared(around, { storageQuota: "1GiB" }));
    expect(await project.up(declared(around, { storageQuota: "1024MiB" }))).toBe("same");
    expect(await project.up(declared(around, { storageQuota: "unlimited" }))).toBe("update");
    const [quota] = around.harbor.store.quotas.values();
    expect(quota?.hard).toBe(-1);
    Object.assign(quota ?? {}, { used: 5 * 1024 ** 3 });
    await expectRefused(project.up(declared(around, { storageQuota: "4GiB" })), "QUOTA_BELOW_USE", /5 GiB/, /4 GiB/);
    expect(quota?.hard).toBe(-1);
    expect(await project.up(declared(around))).toBe("update");
    expect(await project.up(declared(around))).toBe("same");
  });

  it.each(["10", "10GB", "0GiB", "-1", "1.5GiB", ""])("refuses the quota %j before anything happens", async (quota) => {
    const around = await surroundings();
    const { failures } = await (await around.handler("project")).check({}, declared(around, { storageQuota: quota }));
    expect(failures).toMatchObject([{ property: "storageQuota" }]);
  });

  it.each(["Upper", "team/app", "-app", "app.", "a..b", "", "a".repeat(256)])(
    "can't be called %j",
    async (projectName) => {
      const around = await surroundings();
      const { failures } = await (await around.handler("project")).check({}, declared(around, { projectName }));
      expect(failures).toMatchObject([{ property: "projectName" }]);
      expect(around.harbor.mutations()).toEqual([]);
    },
  );

  it.each(["app", "a", "0", "team_app.x-1"])("may be called %j", async (projectName) => {
    const around = await surroundings();
    const { failures } = await (await around.handler("project")).check({}, declared(around, { projectName }));
    expect(failures).toEqual([]);
  });

  it("is another one under another name: the new one is made, the old one deleted", async () => {
    const around = await surroundings();
    const project = await around.resource("project");
    await project.up(declared(around));
    expect(await project.up(declared(around, { projectName: "other" }))).toBe("replace");
    expect(around.harbor.store.projects.map(({ name }) => name)).toEqual(["other"]);
  });

  it("finds a project whose name is a number", async () => {
    const around = await surroundings();
    const project = await around.resource("project");
    expect(await project.up(declared(around, { projectName: "12345" }))).toBe("create");
    expect(await project.up(declared(around, { projectName: "12345" }))).toBe("same");
    await project.destroy();
    expect(around.harbor.store.projects).toEqual([]);
  });

  it("is the same one at another address of its Harbor, and another one in another Harbor", async () => {
    const around = await surroundings();
    const project = await around.resource("project");
    await project.up(declared(around));
    around.harbor.mutations();
    const moved = { connection: { ...around.connection, url: around.harbor.otherUrl } };
    expect(await project.up(declared(moved))).toBe("update");
    expect(await project.up(declared(moved))).toBe("same");
    expect(around.harbor.mutations()).toEqual([]);

    const other = await surroundings();
    expect(await project.up(declared(other))).toBe("update");
    expect(other.harbor.store.projects).toHaveLength(1);
    expect(around.harbor.store.projects).toHaveLength(1);
  });

  it("is made again when it is gone", async () => {
    const around = await surroundings();
    const project = await around.resource("project");
    await project.up(declared(around));
    around.harbor.store.projects.length = 0;
    expect(await project.refresh()).toContain("is gone");
    expect(await project.up(declared(around))).toBe("update");
    expect(project.state.projectId).toBe(around.harbor.store.projects[0]?.id);
  });

  it("is not deleted while it holds images, with the way out", async () => {
    const around = await surroundings();
    const project = await around.resource("project");
    await project.up(declared(around));
    const [live] = around.harbor.store.projects;
    if (live) live.repoCount = 2;
    await expectRefused(project.destroy(), "PROJECT_NOT_EMPTY", /retainOnDelete/);
    expect(around.harbor.mutations()).toEqual(["POST /projects"]);
    if (live) live.repoCount = 0;
    await project.destroy();
    expect(around.harbor.store.projects).toEqual([]);
  });

  it("is refused in Harbor's own words where Harbor sees more than this stack", async () => {
    const around = await surroundings();
    const project = await around.resource("project");
    await project.up(declared(around));
    const [live] = around.harbor.store.projects;
    around.harbor.fault = (request) => {
      if (live && request.startsWith("DELETE")) live.repoCount = 1; // pushed after the look
      return undefined;
    };
    await expectRefused(project.destroy(), "PROJECT_NOT_EMPTY", /the project contains repositories/, /retainOnDelete/);
  });

  it("does not delete what somebody else has put in its place", async () => {
    const around = await surroundings();
    const project = await around.resource("project");
    await project.up(declared(around));
    const [live] = around.harbor.store.projects;
    if (live) live.id += 100;
    expect(await project.refresh()).toContain("made it anew");
    await project.destroy();
    expect(around.harbor.store.projects).toHaveLength(1);
  });
});

describe("A project that is there already", () => {
  it("is refused, with the way out", async () => {
    const around = await surroundings();
    await (await around.resource("project")).up(declared(around));
    around.harbor.mutations();
    await rm(`${around.home}/.breakwater`, { recursive: true }); // as on another machine
    await expectRefused((await around.resource("project")).up(declared(around)), "OBJECT_EXISTS", /adopt: true/);
    expect(around.harbor.mutations()).toEqual([]);
  });

  it("is refused as well when two resources of one program have the same name", async () => {
    const around = await surroundings();
    const handler = await around.handler("project");
    await new ManagedResource(handler).up(declared(around));
    await expectRefused(new ManagedResource(handler).up(declared(around)), "OBJECT_EXISTS");
  });

  it("is taken over without any change when it is as declared: by the recordings of a real Harbor", async () => {
    const { replay } = await replayed({
      pool: ["users-current-admin", "project-get-by-name", "quota-list-project"],
    });
    const project = new ManagedResource(await newProcess("/nonexistent", "project"));
    const inputs = declared(
      { connection: connectionOf(replay) },
      { adopt: true, lookAhead: true, storageQuota: "unlimited" },
    );
    expect(await project.up(inputs)).toBe("create");
    expect(project.state).toMatchObject({ projectId: 2 });
    expect(await project.up(inputs)).toBe("same");
    expect(replay.mutations()).toEqual([]);
  });

  it("is not taken over when something differs: the preview says what, and nothing is changed", async () => {
    const { replay } = await replayed({
      pool: ["users-current-admin", "project-get-by-name", "quota-list-project"],
    });
    const inputs = declared(
      { connection: connectionOf(replay) },
      { adopt: true, lookAhead: true, public: true, storageQuota: "10GiB" },
    );
    const handler = await newProcess("/nonexistent", "project");
    const { failures } = await handler.check({}, inputs);
    expect(failures).toMatchObject([
      { property: "adopt", reason: /public is false.*quota is unlimited, declared is 10 GiB/ },
    ]);
    await expectRefused(handler.create({ ...inputs, storageLimit: 10 * 1024 ** 3 }), "OBJECT_DIFFERS");
    expect(replay.mutations()).toEqual([]);
  });

  it("is looked at no more than once it is this stack's, and not before Harbor can be reached", async () => {
    const around = await surroundings();
    const handler = await around.handler("project");
    around.harbor.fault = () => "refused";
    const { failures } = await handler.check({}, declared(around, { adopt: true, lookAhead: true }));
    expect(failures).toEqual([]);
  });
});

describe("A run that was killed while it made a project", () => {
  it("is gone on with when everything was done but nothing was saved", async () => {
    const around = await surroundings();
    await (await around.resource("project")).upThenKilled(declared(around));
    around.harbor.mutations();
    const project = await around.resource("project");
    expect(await project.up(declared(around, { metadata: { autoScan: true } }))).toBe("create");
    expect(around.harbor.mutations()).toEqual(["PUT /projects/notation-project"]);
    expect(await project.up(declared(around, { metadata: { autoScan: true } }))).toBe("same");
  });

  it("is gone on with when Harbor's answer never came", async () => {
    const around = await surroundings();
    let made = false;
    around.harbor.fault = (request) => {
      if (request === "POST /projects") made = true;
      return made ? (request.startsWith("POST") ? "lost" : "refused") : undefined;
    };
    await expect((await around.resource("project")).up(declared(around))).rejects.toThrow(/\[HARBOR_UNREACHABLE\]/);
    around.harbor.fault = () => undefined;
    expect(await (await around.resource("project")).up(declared(around))).toBe("create");
    expect(around.harbor.mutations()).toEqual(["POST /projects"]);
  });

  it("takes nobody's project for its own: not one that is in use, nor one that Harbor refused to make", async () => {
    const around = await surroundings();
    around.harbor.fault = (request) => (request === "POST /projects" ? "refused" : undefined);
    await expect((await around.resource("project")).up(declared(around))).rejects.toThrow();
    around.harbor.fault = () => undefined;
    around.harbor.store.answer(asked("notation-project"));
    const [live] = around.harbor.store.projects;
    if (live) live.repoCount = 1;
    await expectRefused((await around.resource("project")).up(declared(around)), "OBJECT_EXISTS");

    const upper = declared(around, { projectName: "Upper" });
    await expectRefused((await around.handler("project")).create(upper), "HARBOR_REQUEST_REFUSED");
  });
});

describe("Harbor's answers", () => {
  it("a wrong password is said, without the password, and is no drift that hides others", async () => {
    const around = await surroundings();
    const handler = await newProcess(around.home, "project", "Wrong-Passw0rd");
    await expectRefused(handler.create(declared(around)), "HARBOR_UNAUTHORIZED", /password/);
    await expect(handler.create(declared(around))).rejects.not.toThrow(/Wrong-Passw0rd/);
    const { props } = await handler.read("id", { ...declared(around), projectId: 2 });
    expect(props.drift).toMatch(/can't be looked at/);
  });

  it("an unreachable Harbor is drift of the project, and an error of the update", async () => {
    const around = await surroundings();
    const project = await around.resource("project");
    await project.up(declared(around));
    around.harbor.fault = () => "refused";
    expect(await project.refresh()).toMatch(/can't be looked at/);
    await expectRefused(project.up(declared(around)), "HARBOR_UNREACHABLE");
  });

  it("a CA that can't be read is named", async () => {
    const around = await surroundings();
    const inputs = declared({ connection: { ...around.connection, caFile: "no/such.pem" } });
    await expectRefused((await around.resource("project")).up(inputs), "CA_UNREADABLE", /no\/such\.pem/);
  });

  it("a missing config value is named", async () => {
    const around = await surroundings();
    const inputs = declared({ connection: { ...around.connection, passwordKey: "otherPassword" } });
    await expectRefused((await around.resource("project")).up(inputs), "CONFIGURATION_MISSING", /otherPassword/);
  });
});

function asked(name: string) {
  return {
    method: "POST",
    parts: ["projects"],
    query: new URLSearchParams(),
    byName: false,
    body: { project_name: name },
  };
}
