import { type Output, runtime } from "@pulumi/pulumi";
import { beforeAll, describe, expect, it } from "vitest";
import { existingHarbor, HarborProject, HarborRobot, ShadowCheck, type ShadowImage, Trust } from "../../../components";

// What a ShadowCheck registers, under the SDK's mocks; the handler has its own test.

const image: ShadowImage = {
  reference: `harbor.example/app/web@sha256:${"a".repeat(64)}`,
  tags: ["v1"],
  signed: true,
  verdict: "failed",
  trusted: false,
  why: "not verified",
};
const registered = new Map<string, Record<string, unknown>>();

beforeAll(async () => {
  await runtime.setMocks({
    newResource({ type, name, inputs }) {
      const { __provider: _, ...rest } = inputs as Record<string, unknown>;
      const kind = type.split(":").at(-1) ?? "";
      if (type.startsWith("pulumi-nodejs:dynamic/")) registered.set(`${kind} ${name}`, rest);
      const made =
        kind === "ShadowCheck" ? { images: [image] } : kind === "HarborProject" ? { projectName: "app" } : {};
      return { id: `${kind}-id`, state: { ...rest, ...made } };
    },
    call: ({ inputs }) => inputs,
  });
});

describe("A ShadowCheck", () => {
  it("hands over the project, the trust and who reads, and shows the images", async () => {
    const harbor = existingHarbor({ url: "https://harbor.example", caFile: "ca.crt" });
    const project = new HarborProject("app", { harbor });
    const robot = new HarborRobot("reader", { harbor, project, permissions: "push", directory: "reader" });
    const policy = { version: "1.0" as const, trustPolicies: [] };
    const trust = new Trust("trust", { policy, stores: {}, directory: "trust" });
    const check = new ShadowCheck("shadow", { harbor, project, trust, registry: robot.connection });
    expect(await value(check.images)).toEqual([image]);
    expect(registered.get("ShadowCheck shadow")).toMatchObject({
      harbor: { url: "https://harbor.example", username: "admin", passwordKey: "adminPassword" },
      project: "app",
      trust: { policy },
      registry: { host: "harbor.example", caFile: "ca.crt" },
    });
    expect(JSON.stringify(registered.get("ShadowCheck shadow"))).not.toMatch(/"password"/);
  });
});

function value<T>(from: Output<T>): Promise<T> {
  return new Promise((resolve) => from.apply(resolve));
}
