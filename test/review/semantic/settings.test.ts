import { beforeAll, describe, expect, it } from "vitest";
import type { StackSettings } from "../../../components/review/state/state";
import {
  APP,
  certificates,
  diff,
  HOST,
  image,
  only,
  outline,
  project,
  robot,
  type StackOptions,
  type StatementOptions,
  stackSettings,
  statement,
  WEB,
} from "./support";

let root: string;
beforeAll(async () => {
  root = (await certificates()).root.pem;
});

const stack = (settings?: Partial<StackSettings>, statements: StatementOptions[] = [{}]): StackOptions => ({
  trustPolicies: statements.map(statement),
  stores: { "ca:acme": [root] },
  ...(settings && { settings }),
});
const between = (before: Partial<StackSettings> | undefined, after: Partial<StackSettings> | undefined) =>
  outline(diff(stack(before), stack(after)));

describe("gates", () => {
  const gated = (contentTrust: string[]) => ({ projects: [project({ contentTrust })] });

  it.each([
    [["notation"], [], "gate-switched-off critical widens"],
    [[], ["notation"], "gate-switched-on low narrows"],
    [["notation"], ["cosign"], "gate-changed high widens"],
    [["notation"], ["cosign", "notation"], "gate-changed low narrows"],
    [["notation", "cosign"], ["notation"], "gate-changed high widens"],
  ])("of %j become %j", (before, after, expected) => {
    expect(between(gated(before), gated(after))).toEqual([expected]);
  });

  it("are the same in another order", () => {
    expect(between(gated(["notation", "cosign"]), gated(["cosign", "notation"]))).toEqual([]);
  });

  it("of a new project are told, closed or open", () => {
    expect(between({}, gated(["notation"]))).toEqual(["gate-switched-on info neutral"]);
    expect(between({}, gated([]))).toEqual(["gate-switched-off medium widens"]);
  });

  it("go with their project", () => {
    const [team, other] = [project(), project({ name: "other" })];
    expect(between({ projects: [team, other] }, { projects: [team] })).toEqual(["gate-changed high widens"]);
  });
});

describe("projects", () => {
  const shaped = (changes: object) => ({ projects: [project(changes)] });

  it("become public and private", () => {
    expect(between(shaped({}), shaped({ public: true }))).toEqual(["project-public high widens"]);
    expect(between(shaped({ public: true }), shaped({}))).toEqual(["project-private low narrows"]);
  });

  it("lose and get immutable tags", () => {
    const tags = (...immutableTags: string[]) => shaped({ immutableTags });
    expect(between(tags("v*", "r*"), tags("r*", "v*"))).toEqual([]);
    expect(between(tags("**"), tags("v*"))).toEqual([
      "immutable-tags-removed medium widens",
      "immutable-tags-added low narrows",
    ]);
  });
});

describe("robots", () => {
  const robots = (...changes: Parameters<typeof robot>[0][]) => ({ robots: changes.map((change) => robot(change)) });

  it("may push, or not", () => {
    expect(between({}, robots({}))).toEqual(["pusher-added high widens"]);
    expect(between(robots({ permissions: "pull" }), robots({}))).toEqual(["pusher-added high widens"]);
    expect(between(robots({}), robots({ permissions: "pull" }))).toEqual(["pusher-removed low narrows"]);
    expect(between(robots({}), {})).toEqual(["pusher-removed low narrows"]);
  });

  it("may pull, or not", () => {
    const puller = robots({ name: "cluster", permissions: "pull" });
    expect(between({}, puller)).toEqual(["puller-added medium widens"]);
    expect(between(puller, {})).toEqual(["puller-removed low narrows"]);
    expect(between(puller, robots({ name: "cluster", permissions: "pull", project: "other" }))).toEqual([
      "puller-added medium widens",
      "puller-removed low narrows",
    ]);
  });

  it.each([
    [{ days: 30 }, { days: 365 }, "medium widens"],
    [{ days: 365 }, { days: undefined }, "medium widens"],
    [{ days: undefined }, { days: 30 }, "low narrows"],
    [{ overlap: "7d" }, { overlap: "30d" }, "medium widens"],
    [{ overlap: "7d" }, { overlap: "1d" }, "low narrows"],
    [{ days: 30, overlap: "30d" }, { days: 365, overlap: "1d" }, "medium widens"],
  ])("have passwords that are good for another time: %j, then %j", (before, after, expected) => {
    expect(between(robots(before), robots(after))).toEqual([`robot-lifetime-changed ${expected}`]);
  });
});

describe("images", () => {
  const images = (...changes: Parameters<typeof image>[0][]) => ({ images: changes.map((change) => image(change)) });
  const git = (context: string, more: object = {}) => ({ content: { context, ...more } });

  it("are added to what is signed, and taken out of it", () => {
    expect(between({}, images({}))).toEqual(["image-added medium widens"]);
    expect(between(images({}), {})).toEqual(["image-removed low narrows"]);
    expect(between(images({}), images({ name: "app-v1" }))).toEqual([]);
    expect(between(images({}), undefined)).toEqual(["hostname-changed medium neutral", "image-removed low narrows"]);
  });

  it("say what they are made of, by whom they are signed and pushed", () => {
    const added = only(diff(stack({}), stack(images({}))), "image-added");
    expect(added.sentence).toBe(
      `In production, the image "app" (${APP}:v1), built from https://git.example.com/app.git#main, is signed by the identity "release" and pushed by the robot "ci" from now on.`,
    );
  });

  it.each([
    ["another branch", git("./app#main"), git("./app#next"), "medium neutral"],
    ["another repository", git("https://a.example/app.git#main"), git("https://b.example/app.git#main"), "high widens"],
    ["another folder", git("./app"), git("./other"), "high widens"],
    ["another Dockerfile", git("./app"), git("./app", { dockerfile: "debug.Dockerfile" }), "medium neutral"],
    ["another platform", git("./app", { platform: "linux/amd64" }), git("./app"), "medium neutral"],
    ["an image that is there", git("./app"), { content: { source: "app.tar" } }, "high widens"],
    ["another image that is there", { content: { source: "a.tar" } }, { content: { source: "b.tar" } }, "high widens"],
    ["the same once more", git("./app", { rebuild: "one" }), git("./app", { rebuild: "two" }), "low neutral"],
  ])("are made of something else: %s", (_, before, after, expected) => {
    expect(between(images(before), images(after))).toEqual([`image-content-changed ${expected}`]);
  });

  it("go to another repository or tag, whatever the host is", () => {
    const to = (reference: string) => images({ reference });
    expect(between(images({}), to(`${APP}:v2`))).toEqual(["image-moved low neutral"]);
    expect(between(images({}), to(`${WEB}:v1`))).toEqual(["image-moved medium neutral"]);
    expect(between(images({}), to("other.example.com/team/app:v1"))).toEqual([]);
  });

  it("are pushed and signed by others", () => {
    expect(between(images({}), images({ pushedBy: "nightly" }))).toEqual(["pusher-of-image-changed low neutral"]);
    const findings = diff(stack(images({})), stack(images({ signedBy: "other" })));
    expect(only(findings, "signer-of-image-changed")).toMatchObject({
      severity: "medium",
      before: "release",
      after: "other",
    });
  });

  it("take their tag from others, or not", () => {
    expect(between(images({}), images({ acceptTag: true }))).toEqual(["tag-takeover-allowed medium widens"]);
    expect(between(images({ acceptTag: true }), images({}))).toEqual(["tag-takeover-refused low narrows"]);
  });

  it("have signatures that expire later, or earlier", () => {
    expect(between(images({ expirySeconds: 60 }), images({}))).toEqual(["signature-lifetime-changed medium widens"]);
    expect(between(images({}), images({ expirySeconds: 60 }))).toEqual(["signature-lifetime-changed low narrows"]);
  });

  it("accept weaknesses, or not", () => {
    const weaker = images({ acceptWeaker: ["expiry"] });
    expect(between(images({}), weaker)).toEqual(["weaker-accepted high widens"]);
    expect(between({}, weaker)).toEqual(["weaker-accepted high widens", "image-added medium widens"]);
    expect(between(weaker, images({}))).toEqual(["weaker-no-longer-accepted low narrows"]);
  });
});

describe("the machine of the registry", () => {
  const { installation } = stackSettings();
  if (installation === undefined) throw new Error("there is one");
  const machine = (changes: object) => ({ installation: { ...installation, ...changes } });
  const tls = (changes: object) => machine({ certificate: { ...installation.certificate, ...changes } });
  const installer = { path: "harbor.tgz", sha256: "ab".repeat(32) };

  it.each([
    ["another release", machine({ version: "2.16.0" }), "harbor-version-changed low neutral"],
    ["a file in place of what is published", machine({ installer }), "installer-changed high widens"],
    ["files in place of ACME", tls({ from: "the file a with the key b" }), "tls-source-changed medium neutral"],
    ["a root", tls({ root: "root.pem" }), "tls-source-changed medium neutral"],
    ["a command", tls({ hook: ["dns", "add"] }), "tls-hook-changed high widens"],
  ])("gets %s", (_, after, expected) => {
    expect(between({}, after)).toEqual([expected]);
  });

  it("gets another file, or none", () => {
    const other = machine({ installer: { ...installer, sha256: "cd".repeat(32) } });
    expect(between(machine({ installer }), other)).toEqual(["installer-changed medium neutral"]);
    expect(between(machine({ installer }), {})).toEqual(["installer-changed low narrows"]);
    expect(between(tls({ hook: ["dns"] }), {})).toEqual(["tls-hook-changed low narrows"]);
  });
});

describe("keys and secrets", () => {
  const key = (keyFile: string) => ({ identities: [{ name: "release", keyFile }] });
  const secrets = (changes: Partial<StackSettings["secrets"]>) => ({
    secrets: { adminPassword: "one", encryption: "one", ...changes },
  });

  it("are in another file, or set anew", () => {
    expect(between(key("/etc/a.key"), key("/tmp/b.key"))).toEqual(["signing-key-file-changed medium neutral"]);
    expect(between({}, key("/etc/a.key"))).toEqual([]);
    expect(between(secrets({}), secrets({ adminPassword: "two" }))).toEqual(["admin-password-changed medium neutral"]);
    expect(between(secrets({}), secrets({ encryption: "two" }))).toEqual(["encryption-changed high neutral"]);
    expect(between(secrets({ encryption: undefined }), secrets({}))).toEqual([]);
  });

  it("of providers are told by their names alone", () => {
    const findings = diff(
      stack({ providers: { "docker:host": "one", "docker:x": "one" } }),
      stack({ providers: { "docker:host": "two" } }),
    );
    expect(outline(findings)).toEqual([
      "provider-setting-changed high neutral",
      "provider-setting-changed high neutral",
    ]);
    expect(findings.map(({ subject }) => subject)).toEqual(["docker:host", "docker:x"]);
  });
});

describe("the registry's host", () => {
  it("changes, and leaves statements without an image", () => {
    const findings = diff(stack({}), stack({ hostname: "other.example.com" }));
    expect(outline(findings)).toEqual(["hostname-changed medium neutral", "statement-unreachable medium neutral"]);
    expect(only(findings, "statement-unreachable").sentence).toContain("not at other.example.com");
  });

  it("is left by a statement", () => {
    const findings = diff(stack({}), stack({}, [{ scopes: ["elsewhere.example.com/app"] }]));
    expect(only(findings, "statement-unreachable").severity).toBe("medium");
  });

  it("has no project for a statement", () => {
    const projects = [project(), project({ name: "other", contentTrust: [] })];
    const findings = diff(stack({ projects }), stack({ projects: projects.slice(1) }));
    expect(only(findings, "statement-unreachable").sentence).toContain("in no project that the stack declares");
  });

  it("says nothing of what was unreachable before, of *, and of a statement with one repository there", () => {
    const far = [{ scopes: ["elsewhere.example.com/app"] }];
    expect(diff(stack({}, far), stack({}, far))).toEqual([]);
    const near = [{ scopes: ["elsewhere.example.com/app", `${HOST}/team/app`] }, { name: "all", scopes: ["*"] }];
    expect(diff(stack({}, near), stack({}, near))).toEqual([]);
    expect(outline(diff(stack({}, [near[0] ?? {}]), stack({}, near)))).toEqual(["statement-added high widens"]);
  });

  it("is nothing to a new statement for another registry but a note", () => {
    const findings = diff(stack({}), stack({}, [{}, { name: "far", scopes: ["elsewhere.example.com/app"] }]));
    expect(only(findings, "statement-unreachable").severity).toBe("low");
  });

  it("is not compared without settings", () => {
    expect(between(undefined, undefined)).toEqual([]);
    expect(outline(diff(stack(), stack(undefined, [{ scopes: [APP, WEB] }])))).toEqual(["scope-added high widens"]);
  });
});
