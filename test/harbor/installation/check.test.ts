import { describe, expect, it } from "vitest";
import { harborInstallation } from "../../../components/harbor/harborInstallation.handler";
import { toHandler } from "../../../components/provider/handler";
import { refusedProperty } from "../../provider/managedResource";

// What is refused before anything is looked at, in a preview as well, and without Docker.

const declared = {
  version: "2.15.2",
  hostname: "harbor.example.org",
  directory: "/srv/harbor",
  dataDirectory: "/srv/data",
  adminPassword: "Harbor-Test-1",
  certificate: "id",
  tls: { chainFile: "chain.pem", keyFile: "key.pem" },
};
const handler = toHandler(harborInstallation);
const refused = async (changes: object, olds: object = {}) =>
  (await handler.check({ ...olds }, { ...declared, ...changes })).failures.map(refusedProperty);
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

describe("the declaration of a Harbor", () => {
  it("is taken as it is", async () => {
    expect(await refused({})).toEqual([]);
    expect(
      await refused({ httpPort: 8080, httpsPort: 8443, installer: { path: "x", sha256: "a".repeat(64) } }),
    ).toEqual([]);
    expect(await refused({ version: "2.16.0", directory: "/srv/harbor/" }, declared)).toEqual([]);
    expect(await refused({ dataDirectory: "/srv/harbor-data" })).toEqual([]);
  });

  it.each([
    ["version", { version: "v2.15.2" }],
    ["version", { version: "2.9.0" }],
    ["hostname", { hostname: "https://harbor.example.org" }],
    ["hostname", { hostname: "127.0.0.1" }],
    ["directory", { directory: "/srv/my harbor" }],
    ["dataDirectory", { dataDirectory: "data" }],
    ["dataDirectory", { dataDirectory: "/srv/da:ta" }],
    ["httpPort", { httpPort: 0 }],
    ["httpsPort", { httpsPort: 70_000 }],
    ["httpsPort", { httpsPort: 80 }],
    ["httpPort", { httpPort: 443 }],
    ["httpPort", { httpPort: 8443, httpsPort: 8443 }],
    ["dataDirectory", { dataDirectory: "/srv/harbor" }],
    ["dataDirectory", { dataDirectory: "/srv/harbor/data" }],
    ["dataDirectory", { directory: "/srv/data/harbor/" }],
    ["installer", { installer: { path: "x.tgz", sha256: "abc" } }],
  ])("is refused by its property %s: %j", async (property, changes) => {
    expect(await refused(changes)).toEqual([property]);
  });

  it("is not one of an older release than the installed one", async () => {
    expect(await refused({ version: "2.15.1" }, declared)).toEqual(["version"]);
  });

  it("does not move an installation: an empty Harbor would come up", async () => {
    expect(await refused({ dataDirectory: "/srv/other" }, declared)).toEqual(["dataDirectory"]);
    expect(await refused({ directory: "/srv/other" }, declared)).toEqual(["directory"]);
  });

  it("may hold values that a preview does not know", async () => {
    expect(await refused({ version: unknown, hostname: unknown, dataDirectory: unknown, httpPort: unknown })).toEqual(
      [],
    );
  });

  it("does not change by where its images come from, or by how long one waits", async () => {
    const change = { installer: { path: "x.tgz", sha256: "a".repeat(64) }, healthTimeoutSeconds: 10 };
    expect((await handler.diff("id", { ...declared, drift: "" }, { ...declared, ...change })).changes).toBe(false);
    expect((await handler.diff("id", { ...declared, drift: "" }, { ...declared, deleteData: true })).changes).toBe(
      true,
    );
  });
});
