import { type Output, output, runtime } from "@pulumi/pulumi";
import { beforeAll, describe, expect, it } from "vitest";
import { HarborInstallation, type HarborInstallationArgs } from "../../../components";

// What the component registers, under the SDK's mocks; the handler has its own tests.

const registered = new Map<string, Record<string, unknown>>();

beforeAll(async () => {
  await runtime.setMocks({
    newResource({ type, name, inputs }) {
      const { __provider: _, ...rest } = inputs as Record<string, unknown>;
      if (type.startsWith("pulumi-nodejs:dynamic/")) registered.set(name, rest);
      return { id: `${name}-id`, state: rest };
    },
    call: ({ inputs }) => inputs,
  });
});

function install(name: string, changes: Partial<HarborInstallationArgs> = {}, root?: string): HarborInstallation {
  const files = { chain: "tls/chain.pem", key: "tls/key.pem", ...(root !== undefined && { root }) };
  const certificate = { id: output("thumbprint"), notAfter: output(""), issuer: output(""), files };
  return new HarborInstallation(name, {
    version: "2.15.2",
    hostname: "harbor.example.org",
    directory: "harbor",
    dataDirectory: "/srv/harbor",
    adminPassword: "Harbor-Test-1",
    certificate,
    ...changes,
  });
}

describe("A HarborInstallation", () => {
  it("hands over what was declared and nothing else, with the certificate by its identity and files", async () => {
    const harbor = install("plain");
    await value(harbor.url);
    expect(registered.get("plain")).toMatchObject({
      certificate: "thumbprint",
      tls: { chainFile: "tls/chain.pem", keyFile: "tls/key.pem" },
    });
    const names = ["adminPassword", "certificate", "dataDirectory", "directory", "hostname", "tls", "version"];
    expect(Object.keys(registered.get("plain") ?? {}).sort()).toEqual(names);
  });

  it("is reached by its hostname, with the stack's admin password named and not told", async () => {
    const harbor = install("reached", {}, "tls/root.pem");
    expect(await value(harbor.connection)).toEqual({
      url: "https://harbor.example.org",
      caFile: "tls/root.pem",
      username: "admin",
      passwordKey: "adminPassword",
    });
    expect(await value(harbor.host)).toBe("harbor.example.org");
  });

  it("on another port has it in its address and in the names of its images", async () => {
    const harbor = install("port", { httpsPort: 8443 });
    expect(await value(harbor.url)).toBe("https://harbor.example.org:8443");
    expect(await value(harbor.host)).toBe("harbor.example.org:8443");
    expect(await value(harbor.connection)).not.toHaveProperty("caFile");
  });
});

function value<T>(of: Output<T>): Promise<T> {
  return new Promise((resolve) => {
    of.apply(resolve);
  });
}
