import { describe, expect, it } from "vitest";
import { ConfigInvalidError } from "../../stacks/error";
import { parseHarborConfig } from "../../stacks/harborConfig";

const good = {
  environment: "harbor",
  hostname: "registry.example.com",
  version: "2.15.2",
  directory: "/opt/harbor",
  dataDirectory: "/data",
  certificate: { directory: "letsencrypt", contact: "ops@example.com", challenge: { type: "http-01" } },
  projects: [{ name: "apps", storageQuota: "10GiB", contentTrust: ["notation"], immutableTags: ["v*"] }],
  robots: [{ name: "ci", project: "apps", permissions: "push", duration: 365, rotation: "2026-11" }],
  identities: [{ name: "wabbit", keyFile: "/etc/keys/wabbit.key" }],
  images: [{ name: "app", project: "apps", tag: "v1", build: "https://example.com/app.git#main", signedBy: "wabbit" }],
};

const parse = (changes: object) => parseHarborConfig({ ...good, ...changes }, "stacks/Pulumi.x.yaml");

function problemsOf(changes: object): string[] {
  try {
    parse(changes);
  } catch (error) {
    if (error instanceof ConfigInvalidError) return error.problems.map(({ key }) => key);
    throw error;
  }
  return [];
}

const [robot] = good.robots;
const [image] = good.images;
const [project] = good.projects;
const nothing = undefined;

describe("the config of a stack with Harbor", () => {
  it("is read as it is written", () => {
    const config = parse({});
    expect(config).toMatchObject({
      ...good,
      images: [{ ...image, build: { context: "https://example.com/app.git#main" } }],
    });
  });

  it("has lists that may be left out, and numbers and flags that the engine hands over as texts", () => {
    const lists = { projects: nothing, robots: nothing, identities: nothing, images: nothing };
    expect(parse({ ...lists, httpsPort: "8443", trivy: "true" })).toMatchObject({
      projects: [],
      robots: [],
      identities: [],
      images: [],
      httpsPort: 8443,
      trivy: true,
    });
  });

  it("takes a certificate from files, and dns-01 with its hook", () => {
    expect(problemsOf({ certificate: { files: { chain: "/tls/chain.pem", key: "/tls/key.pem" } } })).toEqual([]);
    const challenge = { type: "dns-01", hook: ["/usr/local/bin/hook", "--zone", "example.com"] };
    expect(problemsOf({ certificate: { ...good.certificate, challenge } })).toEqual([]);
  });

  it.each([
    ["hostname", { hostname: "https://registry.example.com" }],
    ["hostname", { hostname: "localhost" }],
    ["hostname", { hostname: "127.0.0.1" }],
    ["hostname", { hostname: "192.0.2.1" }],
    ["hostname", { hostname: nothing }],
    ["version", { version: 2.15 }],
    ["version", { version: "2.15" }],
    ["dataDirectory", { dataDirectory: "data" }],
    ["directory", { directory: nothing }],
    ["hostnam", { hostnam: "x" }],
    ["httpPort", { httpPort: "70000" }],
    ["trivy", { trivy: "yes" }],
    ["certificate", { certificate: nothing }],
    ["certificate", { certificate: "letsencrypt" }],
    ["certificate.directory", { certificate: { ...good.certificate, directory: "letsencript" } }],
    ["certificate.contact", { certificate: { directory: "letsencrypt" } }],
    ["certificate.contact", { certificate: { directory: "letsencrypt", contact: "nobody" } }],
    ["certificate.challenge.hook", { certificate: { ...good.certificate, challenge: { type: "dns-01" } } }],
    [
      "certificate.challenge.hook",
      { certificate: { ...good.certificate, challenge: { type: "http-01", hook: ["x"] } } },
    ],
    ["certificate.files.key", { certificate: { files: { chain: "/tls/chain.pem" } } }],
    ["installer.sha256", { installer: { path: "/harbor.tgz", sha256: "abc" } }],
    ["projects", { projects: { name: "apps" } }],
    ["projects[0].storageQuota", { projects: [{ ...project, storageQuota: "10 GB" }] }],
    ["projects[0].contentTrust[0]", { projects: [{ ...project, contentTrust: ["notary"] }] }],
    ["projects[1].name", { projects: [project, project] }],
    ["robots[0].permissions", { robots: [{ ...robot, permissions: "admin" }] }],
    ["robots[0].duration", { robots: [{ ...robot, duration: 0 }] }],
    ["robots[1].project", { robots: [robot, { ...robot, name: "other", project: "nowhere" }] }],
    ["identities[0].keyFile", { identities: [{ name: "wabbit" }] }],
    ["images[0]", { images: [{ ...image, build: nothing }] }],
    ["images[0]", { images: [{ ...image, source: "image.tar" }] }],
    ["images[0]", { robots: [{ ...robot, permissions: "pull" }] }],
    ["images[0].pushedBy", { images: [{ ...image, pushedBy: "nobody" }] }],
    ["images[0].signedBy", { images: [{ ...image, signedBy: "nobody" }] }],
    ["images[0].build.context", { images: [{ ...image, build: { dockerfile: "Dockerfile" } }] }],
    ["images[0].expiry", { images: [{ ...image, expiry: "1 day" }] }],
    ["images[0].acceptWeaker[0]", { images: [{ ...image, acceptWeaker: ["everything"] }] }],
    ["images[0].tag", { images: [{ ...image, tag: "a b" }] }],
  ])("names what is wrong by its key: %s", (key, changes) => {
    expect(problemsOf(changes)).toEqual([key]);
  });

  it("names every mistake at once, also one list beside another", () => {
    const changes = {
      hostname: "http://x",
      certificate: { directory: "letsencrypt" },
      robots: [{ ...robot, project: "nowhere" }],
      images: [],
    };
    expect(problemsOf(changes).sort()).toEqual(["certificate.contact", "hostname", "robots[0].project"]);
  });

  it("shows a wrong value cut, on one line", () => {
    try {
      parse({ hostname: `x y\n${"z".repeat(10_000)}` });
      expect.unreachable();
    } catch (error) {
      expect((error as Error).message.split("\n")).toHaveLength(2);
      expect((error as Error).message.length).toBeLessThan(400);
    }
  });
});
