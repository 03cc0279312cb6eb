import { describe, expect, it } from "vitest";
import { headlineOf } from "../../../components/review/report/headline";
import { summaryText } from "../../../components/review/report/summary";
import { ATTACKS, withTexts } from "./attacks";
import { CHANGES } from "./changes";
import { everything } from "./everything";
import { flip, reportOf } from "./reports";

const plain = (report: Parameters<typeof summaryText>[0]) => summaryText(report, { colour: false });
const outcome = (name: string) => headlineOf(reportOf(CHANGES[name] ?? {})).outcome;

describe("the headline", () => {
  it.each([
    ["nothing-changes", "unchanged"],
    ["identity-wildcard", "violated"],
    ["by-an-exception", "excepted"],
    ["partial", "unclear"],
    ["identity-added", "widens"],
    ["identity-removed", "changes"],
    ["trust-unreadable", "unclear"],
  ])("of %s is %s", (name, expected) => {
    expect(outcome(name)).toBe(expected);
  });

  it("is a violation though not everything could be asked, and says both", () => {
    const { outcome, cautions } = headlineOf({ ...reportOf(CHANGES["identity-wildcard"] ?? {}), partial: true });
    expect(outcome).toBe("violated");
    expect(cautions.join()).toContain("partial");
  });

  it("says that rules about images were not judged, where no inventory was given", () => {
    const report = everything();
    const rules = report.rules.map((rule) => ({ ...rule, result: "unknown" as const, violations: [] }));
    const { outcome, cautions } = headlineOf({ ...report, partial: false, rules, unknown: [], inventories: [] });
    expect(outcome).toBe("widens");
    expect(cautions.some((caution) => caution.startsWith("No inventory was given"))).toBe(true);
    const { cautions: withUnknown } = headlineOf({ ...report, rules });
    expect(report.unknown).not.toEqual([]);
    expect(withUnknown.some((caution) => caution.startsWith("Not every image could be asked"))).toBe(true);
  });

  it("says loudly that an inventory names no image or can't be read, and never that nothing changes", () => {
    const name = "file:images.txt";
    const lacking = (...states: ("empty" | "unreadable" | "broken-off")[]) => {
      const unknown = states.map(
        () => ({ reference: name, inventory: name, whole: true, code: "X", why: "it is so" }) as const,
      );
      const inventories = states.map((state) => ({ name, state, images: 0, code: "X", why: "it is so" }));
      return headlineOf({ ...reportOf({}), partial: true, unknown, inventories });
    };
    const empty = lacking("empty");
    expect(empty.outcome).toBe("unclear");
    expect(empty.title).toBe(
      "cannot tell, since 1 inventory names no image at all; as far as it could, nothing changes",
    );
    expect(empty.facts).toContainEqual({ label: "Images", text: "none could be looked at" });
    expect(empty.cautions).toContain("This report is partial: 1 inventory names no image at all.");
    expect(lacking("empty", "unreadable", "broken-off", "unreadable").cautions).toContain(
      "This report is partial: 2 inventories could not be read, and 1 inventory could not be read to its end, and 1 inventory names no image at all.",
    );
  });

  it("says when it is as of another time than now", () => {
    const report = { ...reportOf({}), made: "2026-06-01T12:00:30.000Z" };
    expect(headlineOf(report).cautions).toEqual([]);
    const past = headlineOf({ ...report, at: "2020-01-01T00:00:00.000Z" }).cautions.join();
    expect(past).toContain(
      "Judged as of 2020-01-01 00:00 UTC, which is past (this report was made at 2026-06-01 12:00 UTC)",
    );
    expect(headlineOf({ ...report, at: "2030-01-01T00:00:00.000Z" }).cautions.join()).toContain("which is yet to come");
  });

  it("has no text of others", () => {
    for (const attack of ATTACKS) {
      expect(headlineOf(withTexts(everything(), attack))).toEqual(headlineOf(withTexts(everything(), "x")));
    }
  });
});

describe("the summary", () => {
  it("fits a screen, however much there is", () => {
    const flips = [...Array(10_000).keys()].map((index) => flip(index, { code: `CODE_${index}` }));
    const text = plain({ ...everything(), flips });
    expect(text.split("\n").length).toBeLessThan(60);
    expect(text).toContain("… and 9,995 more causes");
  });

  it("says of few images that they violate a rule, and how many more do", () => {
    const one = everything().rules.find(({ result }) => result === "violated");
    if (one === undefined) throw new Error("no rule is violated");
    const sentences = [...Array(1_300).keys()].map((number) => `the image ${number} stops verifying`);
    const violations = sentences.map((sentence) => ({ subject: "image", sentence }));
    const lines = plain({ ...everything(), rules: [{ ...one, rule: "many", violations }, one] }).split("\n");
    expect(lines.filter((line) => line.includes("stops verifying"))).toEqual(
      sentences.slice(0, 3).map((sentence) => `  many: ${sentence}`),
    );
    const more = lines.indexOf("  many: … and 1,297 more");
    expect(lines[more + 1]).toContain(`${one.rule}: `);
  });

  it("colours only when told", () => {
    expect(plain(everything())).not.toContain("\u001b");
    expect(summaryText(everything(), { colour: true })).toContain("\u001b[1;31m");
  });

  it.each(ATTACKS)("shows text of others on its line, without effect: %j", (attack) => {
    const text = plain(withTexts(everything(), attack));
    expect(text).not.toMatch(/(?!\n)\p{Cc}|\p{Bidi_Control}|\p{Zl}|\p{Zp}/u);
    expect(text.split("\n").length).toBe(plain(withTexts(everything(), "x")).split("\n").length);
  });
});
