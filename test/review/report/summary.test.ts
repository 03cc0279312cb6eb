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
    const { outcome, cautions } = headlineOf({ ...report, partial: false, rules, unknown: [] });
    expect(outcome).toBe("widens");
    expect(cautions.some((caution) => caution.startsWith("No inventory was given"))).toBe(true);
    const { cautions: withUnknown } = headlineOf({ ...report, rules });
    expect(report.unknown).not.toEqual([]);
    expect(withUnknown.some((caution) => caution.startsWith("Not every image could be asked"))).toBe(true);
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
