import { output } from "@pulumi/pulumi";
import { beforeAll, describe, expect, it } from "vitest";
import {
  existingHarbor,
  HarborContentTrust,
  HarborImmutableRule,
  HarborLabel,
  HarborProject,
  HarborRobot,
} from "../../components";
import { type Registered, registerByMocks, known } from "../support/mocks";

// What the components of Harbor's API register, under the SDK's mocks; the handlers have their own tests.

const MADE: Record<string, object> = {
  HarborProject: { projectId: 7 },
  HarborRobot: {
    username: "robot$app+signer",
    secret: "Robot-Secret-1",
    expiresAt: "never",
    previous: [],
    unreadable: [],
  },
  HarborLabel: { labelId: 3 },
  HarborImmutableRule: { ruleId: 4 },
};
let registered: Registered;

beforeAll(async () => {
  registered = await registerByMocks(MADE);
});

const harbor = existingHarbor({ url: "https://harbor.example:8443", caFile: "ca.pem" });
const CONNECTION = {
  url: "https://harbor.example:8443",
  caFile: "ca.pem",
  username: "admin",
  passwordKey: "adminPassword",
};

describe("An existing Harbor", () => {
  it("has a host, and a connection without any secret", async () => {
    expect(await known(output(harbor.host))).toBe("harbor.example:8443");
    expect(await known(output(harbor.connection))).toEqual(CONNECTION);
    const other = existingHarbor({
      url: "https://harbor.example",
      username: "robot$provisioner",
      passwordKey: "robot",
    });
    expect(await known(output(other.connection))).toEqual({
      url: "https://harbor.example",
      username: "robot$provisioner",
      passwordKey: "robot",
    });
  });
});

describe("A HarborProject", () => {
  it("has its resource's name and is private, unless said otherwise; nothing that was not declared is handed over", async () => {
    const project = new HarborProject("app", { harbor });
    expect(await known(project.projectId)).toBe(7);
    expect(await known(project.projectName)).toBe("app");
    expect(project.repository("net-monitor")).toBe("app/net-monitor");
    expect(registered.get("HarborProject app")).toEqual({ harbor: CONNECTION, projectName: "app", public: false });
  });

  it("hands over what is declared", async () => {
    const how = {
      public: true,
      storageQuota: "10GiB",
      metadata: { autoScan: true, severity: "high" },
      adopt: true,
    } as const;
    const project = new HarborProject("declared", { harbor, projectName: "other", ...how });
    await known(project.projectId);
    expect(project.repository("a/b")).toBe("other/a/b");
    const inputs = { harbor: CONNECTION, projectName: "other", ...how };
    // It is there already: a preview says what keeps the project from being taken over.
    expect(registered.get("HarborProject declared")).toEqual({ ...inputs, lookAhead: true });
    const installed = { connection: harbor.connection, host: harbor.host };
    await known(new HarborProject("installed", { harbor: installed, projectName: "other", ...how }).projectId);
    expect(registered.get("HarborProject installed")).toEqual(inputs);
  });
});

describe("What is in a project", () => {
  const project = { projectName: output("app") };

  it("a HarborContentTrust", async () => {
    const gate = new HarborContentTrust("gate", { harbor, project, require: ["notation", "cosign"] });
    expect(await known(gate.require)).toEqual(["notation", "cosign"]);
    expect(registered.get("HarborContentTrust gate")).toEqual({
      harbor: CONNECTION,
      project: "app",
      require: ["notation", "cosign"],
    });
  });

  it("a HarborRobot: never expires, a week of overlap; its users are told of a file, not of the secret", async () => {
    const robot = new HarborRobot("signer", { harbor, project, permissions: "push", directory: "robots/signer" });
    expect(await known(robot.username)).toBe("robot$app+signer");
    expect(await known(robot.connection)).toEqual({
      host: "harbor.example:8443",
      caFile: "ca.pem",
      dockerConfig: "robots/signer/docker",
    });
    expect(registered.get("HarborRobot signer")).toEqual({
      harbor: CONNECTION,
      host: "harbor.example:8443",
      project: "app",
      robotName: "signer",
      permissions: "push",
      duration: -1,
      overlap: "7d",
      directory: "robots/signer",
    });
  });

  it("a HarborRobot that is declared in full", async () => {
    const access = [{ resource: "repository", action: "pull" }];
    const how = {
      robotName: "reader",
      permissions: [{ kind: "project", namespace: "app", access }],
      duration: 90,
      rotation: "2026-11",
      overlap: "12h",
      description: "reads",
      directory: "robots/reader",
      adopt: true,
    } as const;
    const robot = new HarborRobot("full", {
      harbor: existingHarbor({ url: "https://harbor.example" }),
      project,
      ...how,
    });
    expect(await known(robot.connection)).toEqual({ host: "harbor.example", dockerConfig: "robots/reader/docker" });
    expect(registered.get("HarborRobot full")).toMatchObject({ project: "app", ...how });
  });

  it("a HarborImmutableRule: every tag of every repository, unless patterns are given", async () => {
    const rule = new HarborImmutableRule("all", { harbor, project });
    expect(await known(rule.ruleId)).toBe(4);
    const inputs = { harbor: CONNECTION, project: "app", repositories: "**", disabled: false };
    expect(registered.get("HarborImmutableRule all")).toEqual({ ...inputs, tags: "**" });
    const tags = { except: "latest" };
    await known(new HarborImmutableRule("some", { harbor, project, tags, adopt: true }).ruleId);
    expect(registered.get("HarborImmutableRule some")).toEqual({ ...inputs, tags, adopt: true, lookAhead: true });
  });

  it("a HarborLabel, of a project or of all", async () => {
    const label = new HarborLabel("trusted", { harbor, project, color: "#00AB9A" });
    expect(await known(label.labelId)).toBe(3);
    const inputs = { harbor: CONNECTION, labelName: "trusted", description: "", color: "#00AB9A" };
    expect(registered.get("HarborLabel trusted")).toEqual({ ...inputs, project: "app" });
    await known(new HarborLabel("global", { harbor, labelName: "trusted", color: "#00AB9A" }).labelId);
    expect(registered.get("HarborLabel global")).toEqual(inputs);
  });
});
