import { describe, expect, it } from "vitest";
import type { TrustPolicyDocument } from "../../components/notary/trust/document";
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

const parse = (changes: object) => parseHarborConfig({ ...good, ...changes }, { file: "stacks/Pulumi.x.yaml" });

const problemsOf = (changes: object) => problemsBy(() => parse(changes));

function problemsBy(judge: () => unknown): string[] {
  try {
    judge();
  } catch (error) {
    if (error instanceof ConfigInvalidError) return error.problems.map(({ key }) => key);
    throw error;
  }
  return [];
}

const [robot] = good.robots;
const [image] = good.images;
const [project] = good.projects;
const fromFiles = { files: { chain: "/tls/chain.pem", key: "/tls/key.pem" } };
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
    expect(parse({ ...lists, certificate: fromFiles, httpsPort: "8443", trivy: "true" })).toMatchObject({
      projects: [],
      robots: [],
      identities: [],
      images: [],
      httpsPort: 8443,
      trivy: true,
    });
  });

  it("takes a certificate from files, and dns-01 with its hook", () => {
    expect(problemsOf({ certificate: fromFiles })).toEqual([]);
    const challenge = { type: "dns-01", hook: ["/usr/local/bin/hook", "--zone", "example.com"] };
    expect(problemsOf({ certificate: { ...good.certificate, challenge } })).toEqual([]);
  });

  it("takes other ports where the certificate does not depend on them", () => {
    const ports = { httpPort: 8080, httpsPort: "8443" };
    const challenge = { type: "dns-01", hook: ["/usr/local/bin/hook"] };
    for (const certificate of [fromFiles, { ...good.certificate, challenge }])
      expect(problemsOf({ ...ports, certificate })).toEqual([]);
  });

  it("takes an IP address with a certificate from files, and folders of which one's name begins the other's", () => {
    const changes = { hostname: "192.0.2.1", certificate: fromFiles, dataDirectory: "/opt/harbor-data" };
    expect(problemsOf(changes)).toEqual([]);
  });

  it("takes a gated project without images, or with none but a robot that pulls: its images are looked at all the same", () => {
    expect(problemsOf({ images: [] })).toEqual([]);
    expect(problemsOf({ images: [], robots: [{ ...robot, permissions: "pull" }] })).toEqual([]);
    expect(problemsOf({ images: [], projects: [{ ...project, contentTrust: ["cosign"] }] })).toEqual([]);
  });

  it.each([
    ["hostname", { hostname: "https://registry.example.com" }],
    ["hostname", { hostname: "localhost" }],
    ["hostname", { hostname: "127.0.0.1" }],
    ["hostname", { hostname: "192.0.2.1" }],
    ["hostname", { hostname: nothing }],
    ["hostname", { hostname: "Registry.example.com" }],
    ["hostname", { hostname: "registry.example.com." }],
    ["hostname", { hostname: "my_registry.example.com" }],
    ["hostname", { hostname: "registry" }],
    ["hostname", { hostname: "192.0.2.256" }],
    ["hostname", { hostname: ["registry.example.com"] }],
    ["version", { version: 2.15 }],
    ["version", { version: "2.15" }],
    ["version", { version: "2.12.4" }],
    ["dataDirectory", { dataDirectory: "data" }],
    ["directory", { directory: nothing }],
    ["hostnam", { hostnam: "x" }],
    ["httpPort", { httpPort: "70000" }],
    ["httpPort", { httpPort: "8080" }],
    ["httpsPort", { httpsPort: "8443" }],
    ["httpPort", { httpPort: 443, certificate: fromFiles }],
    ["httpsPort", { httpPort: 8443, httpsPort: 8443, certificate: fromFiles }],
    ["dataDirectory", { dataDirectory: "/opt/harbor" }],
    ["dataDirectory", { dataDirectory: "/opt/data/../harbor" }],
    ["dataDirectory", { dataDirectory: "/opt/harbor/data" }],
    ["dataDirectory", { directory: "/data/harbor" }],
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
    [
      "certificate.challenge.hook",
      { certificate: { ...good.certificate, challenge: { type: "dns-01", hook: "/usr/local/bin/hook" } } },
    ],
    [
      "certificate.challenge.hook[0]",
      { certificate: { ...good.certificate, challenge: { type: "dns-01", hook: [""] } } },
    ],
    ["certificate.files.key", { certificate: { files: { chain: "/tls/chain.pem" } } }],
    ["installer.sha256", { installer: { path: "/harbor.tgz", sha256: "abc" } }],
    ["projects", { projects: { name: "apps" } }],
    ["projects[0].storageQuota", { projects: [{ ...project, storageQuota: "10 GB" }] }],
    ["projects[0].contentTrust[0]", { projects: [{ ...project, contentTrust: ["notary"] }] }],
    ["projects[0].contentTrust[1]", { projects: [{ ...project, contentTrust: ["notation", "notation"] }] }],
    ["projects[0].contentTrust", { projects: [{ ...project, contentTrust: ["cosign"] }] }],
    ["projects[0].contentTrust", { robots: [], images: [] }],
    ["projects[0].immutableTags[1]", { projects: [{ ...project, immutableTags: ["v*", "v*"] }] }],
    ["projects[1].name", { projects: [project, project] }],
    ["robots[1].name", { robots: [robot, { ...robot, permissions: "pull" }] }],
    ["identities[1].name", { identities: [...good.identities, { name: "wabbit", keyFile: "/etc/keys/other.key" }] }],
    ["images[1].name", { images: [image, { ...image, tag: "v2" }] }],
    ["images[1]", { images: [image, { ...image, name: "other", repository: "app" }] }],
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

  it.each([
    ["images[0].tag", { images: [{ ...image, tag: 1 }] }],
    ["robots[0].rotation", { robots: [{ ...robot, rotation: "2027-01-15 00:00:00 +0000 UTC" }] }],
    ["images[0].userMetadata.latest", { images: [{ ...image, userMetadata: { latest: true } }] }],
  ])("says that quotes are missing where YAML makes something else of a word: %s", (key, changes) => {
    try {
      parse(changes);
      expect.unreachable();
    } catch (error) {
      expect((error as ConfigInvalidError).problems).toEqual([{ key, message: expect.stringMatching(/in quotes$/) }]);
    }
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

  it("names what is wrong among the parts though one of them has a mistake of its own, and nothing that follows from it", () => {
    const changes = {
      version: "latest",
      dataDirectory: "/opt/harbor",
      projects: [{ ...project, storageQuota: "much" }, { name: "More" }],
      robots: [robot, { ...robot, duration: 0 }],
      images: [
        { ...image, format: "x", signedBy: "nobody" },
        { ...image, name: "b", project: "more" },
      ],
    };
    expect(problemsOf(changes).sort()).toEqual([
      "dataDirectory",
      "images[0].format",
      "images[0].signedBy",
      "projects[0].storageQuota",
      "projects[1].name",
      "robots[1].duration",
      "robots[1].name",
      "version",
    ]);
  });

  it("is one with the committed trust policy: each image has a scope there", () => {
    const judged = (changes: object, ...scopes: string[]) => {
      const statement = { name: "s", registryScopes: scopes, signatureVerification: { level: "strict" as const } };
      const policy: TrustPolicyDocument = { version: "1.0", trustPolicies: [statement] };
      return problemsBy(() => parseHarborConfig({ ...good, ...changes }, { file: "x", policy }));
    };
    expect(judged({}, "registry.example.com/apps/app")).toEqual([]);
    expect(judged({}, "*")).toEqual([]);
    expect(judged({}, "myharbor-registry.online/apps/app")).toEqual(["hostname"]);
    expect(judged({}, "registry.example.com/apps/other")).toEqual(["images[0]"]);
    expect(judged({ images: [] }, "elsewhere.example.com/apps/app")).toEqual([]);
    const elsewhere = { httpsPort: 8443, certificate: fromFiles };
    expect(judged(elsewhere, "registry.example.com/apps/app")).toEqual(["hostname"]);
    expect(judged(elsewhere, "registry.example.com:8443/apps/app")).toEqual([]);
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
