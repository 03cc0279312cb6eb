import { beforeAll, describe, expect, it } from "vitest";
import type { StackSettings } from "../../../components/review/state";
import {
  APP,
  certificates,
  diff,
  HOST,
  only,
  outline,
  project,
  type StackOptions,
  type StatementOptions,
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

describe("robots and images", () => {
  const robot = (permissions: string) => ({ robots: [{ name: "ci", project: "team", permissions }] });
  const image = (changes: object = {}) => ({
    images: [{ name: "app", reference: `${APP}:v1`, signedBy: "acme", acceptWeaker: [] as string[], ...changes }],
  });

  it("may push, or not", () => {
    expect(between({}, robot("push"))).toEqual(["pusher-added high widens"]);
    expect(between(robot("pull"), robot("push"))).toEqual(["pusher-added high widens"]);
    expect(between(robot("push"), robot("pull"))).toEqual(["pusher-removed low narrows"]);
    expect(between({}, robot("pull"))).toEqual([]);
  });

  it("accept weaknesses, or not", () => {
    const weaker = image({ acceptWeaker: ["expiry"] });
    expect(between(image(), weaker)).toEqual(["weaker-accepted high widens"]);
    expect(between({}, weaker)).toEqual(["weaker-accepted high widens"]);
    expect(between(weaker, image())).toEqual(["weaker-no-longer-accepted low narrows"]);
  });

  it("are signed by another identity", () => {
    const findings = diff(stack(image()), stack(image({ signedBy: "other" })));
    expect(only(findings, "signer-of-image-changed")).toMatchObject({
      severity: "medium",
      before: "acme",
      after: "other",
    });
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
