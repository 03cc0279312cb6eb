import { beforeAll, describe, expect, it } from "vitest";
import { existingHarbor, HarborProject, HarborRobot, ShadowCheck, type ShadowImage, Trust } from "../../../components";
import { type Registered, registerByMocks, known } from "../../support/mocks";

// What a ShadowCheck registers, under the SDK's mocks; the handler has its own test.

const image: ShadowImage = {
  reference: `harbor.example/app/web@sha256:${"a".repeat(64)}`,
  tags: ["v1"],
  signed: true,
  verdict: "failed",
  trusted: false,
  why: "not verified",
};
let registered: Registered;

beforeAll(async () => {
  registered = await registerByMocks({ ShadowCheck: { images: [image] }, HarborProject: { projectName: "app" } });
});

describe("A ShadowCheck", () => {
  it("hands over the project, the trust and who reads, and shows the images", async () => {
    const harbor = existingHarbor({ url: "https://harbor.example", caFile: "ca.crt" });
    const project = new HarborProject("app", { harbor });
    const robot = new HarborRobot("reader", { harbor, project, permissions: "push", directory: "reader" });
    const policy = { version: "1.0" as const, trustPolicies: [] };
    const trust = new Trust("trust", { policy, stores: {}, directory: "trust" });
    const check = new ShadowCheck("shadow", { harbor, project, trust, registry: robot.connection });
    expect(await known(check.images)).toEqual([image]);
    expect(registered.get("ShadowCheck shadow")).toMatchObject({
      harbor: { url: "https://harbor.example", username: "admin", passwordKey: "adminPassword" },
      project: "app",
      trust: { policy },
      registry: { host: "harbor.example", caFile: "ca.crt" },
    });
    expect(JSON.stringify(registered.get("ShadowCheck shadow"))).not.toMatch(/"password"/);
  });
});
