import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { renderMarkdown } from "../../components/review/report/markdown";
import { outcomeOf, type ReviewedSide, review } from "../../components/review/review";
import { readSettings } from "../../stacks/reviewSettings";
import { Project } from "./project/support";

const AT = new Date("2026-06-01T12:00:00Z");
const policy = JSON.stringify({
  version: "1.0",
  trustPolicies: [{ name: "app", registryScopes: ["r.example.com/app"], signatureVerification: { level: "skip" } }],
});
const trust = (stack: string) => `stacks/${stack}/trust/trustpolicy.json`;
const rules = (stack: string) => `rules:\n  no-gate-switched-off: {stacks: [${stack}]}\n`;
const exception = (given: string) =>
  `exceptions:\n- {${given}, subject: app, owner: ada@example.com, reason: INC-1, expires: 2026-06-02}\n`;

let project: Project;
beforeEach(() => {
  project = new Project().write({ "Pulumi.yaml": "name: breakwater\n", [trust("production")]: policy });
});
afterEach(() => project.remove());

const reviewOf = (base: ReviewedSide, head: ReviewedSide, stacks?: string[]) =>
  review({
    ...{ base, head, readSettings, at: AT, today: AT, inventories: [] },
    ...(stacks && { stacks }),
    revocation: {
      askOcsp: () => Promise.reject(new Error("offline")),
      fetchCrl: () => Promise.reject(new Error("offline")),
    },
  });

describe("a rule for a stack", () => {
  it("that no side has makes the review unclear, and is told with the stacks that there are", async () => {
    const side = project.write({ [trust("staging")]: policy, "stacks/rules.yaml": rules("prodution") }).commit();
    const report = await reviewOf(side, side);
    expect(outcomeOf(report)).toBe(2);
    expect(report.problems).toEqual([
      {
        code: "RULE_STACK_UNKNOWN",
        message:
          'the rule no-gate-switched-off is for the stack "prodution", and guards nothing there: no stack has that name (there are: production and staging)',
        file: "stacks/rules.yaml",
      },
    ]);
    expect(outcomeOf(await reviewOf(side, side, ["staging"]))).toBe(2);
  });

  it("that the head has is none to speak of, whichever is looked at", async () => {
    const before = project.write({ "stacks/rules.yaml": rules("staging") }).commit();
    const after = project.write({ [trust("staging")]: policy }).commit();
    for (const [base, head] of [
      [before, after],
      [after, after],
    ] as const) {
      expect((await reviewOf(base, head, ["production"])).problems).toEqual([]);
    }
  });
});

describe("a stack that a rule names", () => {
  it("is missed before a head without it is merged, by which no later review could judge", async () => {
    const without = project.write({ "stacks/rules.yaml": rules("staging") }).commit();
    const withIt = project.write({ [trust("staging")]: policy }).commit();
    const report = await reviewOf(withIt, without);
    expect(report.problems).toMatchObject([{ code: "RULE_STACK_UNKNOWN", file: "stacks/rules.yaml" }]);
    expect(outcomeOf(report)).toBe(2);
  });
});

describe("an exception", () => {
  it.each([
    ["rule: no-gate-switched-off, stack: prodution", 'the stack "prodution" is not there: no stack has that name'],
    ["rule: strict", "the rule strict is not on"],
  ])("that names what is not there says so: %s", async (given, why) => {
    const files = { "stacks/rules.yaml": rules("production"), "stacks/exceptions.yaml": exception(given) };
    const side = project.write(files).commit();
    const report = await reviewOf(side, side);
    expect(report.exceptions).toMatchObject([{ state: "unused", unmatched: expect.stringContaining(why) }]);
    expect(outcomeOf(report)).toBe(0);
    const comment = renderMarkdown(report);
    expect(comment).toContain("1 exception can let nothing pass");
    expect(comment).toMatch(/ {2}- can let nothing pass: the (stack|rule) /);
  });

  it("that is only not needed says nothing of it", async () => {
    const given = exception("rule: no-gate-switched-off, stack: production");
    const side = project.write({ "stacks/rules.yaml": rules("production"), "stacks/exceptions.yaml": given }).commit();
    expect((await reviewOf(side, side)).exceptions[0]).not.toHaveProperty("unmatched");
  });
});
