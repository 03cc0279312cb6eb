import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findingKinds } from "../../../components/review/report/findingKinds";
import { COMMENT_LENGTH_MAX, COMMENT_MARKER, renderMarkdown } from "../../../components/review/report/markdown";
import { escapeText } from "../../../components/review/report/markdown/escape";
import type { Flip, Report } from "../../../components/review/report/report";
import { ATTACKS, withTexts } from "./attacks";
import { CHANGES } from "./changes";
import { everything } from "./everything";
import { nodesOf, proseOf } from "./gfm";
import { distrust, flip, reportOf } from "./reports";

const GOLDEN = join(__dirname, "golden");
/** What this report writes in HTML itself. */
const OWN_HTML = /^(<details><summary>[\w ,()'-]+<\/summary>|<\/details>)$/;

describe("the comment", () => {
  it.each(Object.keys(CHANGES))("says for a person what changes: %s", async (name) => {
    const comment = renderMarkdown(reportOf(CHANGES[name] ?? {}));
    await expect(comment).toMatchFileSnapshot(join(GOLDEN, `${name}.md`));
  });

  it("has a golden text for each kind of change, and no other", () => {
    expect(
      readdirSync(GOLDEN)
        .map((file) => basename(file, ".md"))
        .sort(),
    ).toEqual(Object.keys(CHANGES).sort());
  });

  it.each(Object.keys(findingKinds))("says in some golden text what a finding of its kind says: %s", (kind) => {
    const shown = Object.entries(CHANGES).filter(([name, parts]) => {
      const golden = readFileSync(join(GOLDEN, `${name}.md`), "utf8");
      const findings = reportOf(parts).semantic.filter((finding) => finding.kind === kind);
      return findings.some(({ sentence }) => golden.includes(`: ${escapeText(sentence)}\n`));
    });
    expect(shown.map(([name]) => name)).not.toEqual([]);
  });

  it("begins with the mark by which it is found again", () => {
    expect(renderMarkdown(everything()).startsWith(`${COMMENT_MARKER}\n`)).toBe(true);
  });
});

describe("texts of others in the comment", () => {
  it.each(ATTACKS)("are text: %j", (attack) => expectHarmless(withTexts(everything(), attack)));

  it("are text, whatever they are", () => {
    const texts = fc.string({ unit: "grapheme", maxLength: 60 });
    fc.assert(
      fc.property(texts, (text) => expectHarmless(withTexts(everything(), text))),
      { numRuns: Number(process.env.REPORT_RUNS ?? 300) / 10 },
    );
  });
});

describe("the length of the comment", () => {
  const flips = (number: number, make: (number: number) => Flip) => [...Array(number).keys()].map(make);
  const many = (number: number): Report =>
    reportOf({
      base: { production: {} },
      head: {},
      flips: [
        ...flips(number, (index) => flip(index)),
        ...flips(number, (index) => distrust(index, { code: `CODE_${index}` })),
      ],
    });

  it.each([0, 1, 10, 100, 1_000, 10_000])(
    "stays below the limit with %d flips each way, and says what is missing",
    (number) => {
      const comment = renderMarkdown(many(number));
      expect(comment.length).toBeLessThanOrEqual(COMMENT_LENGTH_MAX);
      if (number < 1_000) return;
      expect(comment).toMatch(/\*\*⚠ and [\d,]+ more violations/);
      expect(comment).toContain("### Images that turn towards trust");
      expect(comment).toContain("### Images that turn away from trust");
      expect(comment).toContain("### What narrows trust");
    },
  );

  it.each([8_192, 20_000, 65_536])("stays below %d, whatever the texts are", (lengthMax) => {
    for (const attack of ATTACKS) {
      const report = withTexts(everything(), attack.repeat(Math.ceil(2_000 / (attack.length + 1))));
      expect(renderMarkdown(report, { lengthMax }).length).toBeLessThanOrEqual(lengthMax);
    }
  });

  it("shows something of everything, however many findings there are", () => {
    const [some] = everything().semantic;
    if (!some) throw new Error("no finding");
    const findings = [...Array(5_000).keys()].map((index) => ({
      ...some,
      severity: (["critical", "high", "medium", "low", "info"] as const)[index % 5] ?? "info",
      direction: (["widens", "narrows", "neutral"] as const)[index % 3] ?? "neutral",
      sentence: `In production, the finding number ${index} about "registry.example.com/app-${index}" is one of many.`,
    }));
    const comment = renderMarkdown({ ...everything(), semantic: findings });
    expect(comment.length).toBeLessThanOrEqual(COMMENT_LENGTH_MAX);
    // Of a list that is shown in part it says "more".
    expect(comment.match(/and [\d,]+ (?!more)[^\n]*, for which this comment has no room/g)).toBeNull();
    expect(comment).toMatch(/\*\*⚠ and [\d,]+ more critical findings/);
  });

  it("never hides a critical finding silently: shown and left out are all", () => {
    const findings = [...Array(2_000).keys()].map((index) => ({
      ...({ kind: "identity-wildcard-added", severity: "critical", direction: "widens", stack: "production" } as const),
      sentence: `In production, the statement number ${index} lets anybody sign.`,
    }));
    const comment = renderMarkdown({ ...everything(), semantic: findings });
    const shown = comment.split("\n").filter((line) => line.startsWith("- **critical**: ")).length;
    const left = /\*\*⚠ and ([\d,]+) more critical findings/.exec(comment)?.[1]?.replace(",", "");
    expect(shown).toBeGreaterThan(50);
    expect(shown + Number(left)).toBe(2_000);
  });
});

function expectHarmless(report: Report): void {
  const comment = renderMarkdown(report);
  const nodes = nodesOf(comment);
  const types = new Set(nodes.map(({ type }) => type));
  for (const type of [
    "link",
    "linkReference",
    "image",
    "imageReference",
    "definition",
    "footnoteReference",
    "table",
    "code",
  ]) {
    expect(types, type).not.toContain(type);
  }
  const html = nodes.filter(({ type }) => type === "html").flatMap(({ value }) => (value ?? "").split("\n"));
  expect(html.filter((line) => line !== COMMENT_MARKER && !OWN_HTML.test(line))).toEqual([]);
  expect(html.filter((line) => line === COMMENT_MARKER)).toHaveLength(1);
  expect(proseOf(comment)).not.toMatch(/[@<>`*_~|\\$&]|:\/\/|www\.|#\d/);
  // Headings and their number are ours.
  const headings = nodes.filter(({ type }) => type === "heading").length;
  expect(headings).toBe(
    nodesOf(renderMarkdown(withTexts(report, "x"))).filter(({ type }) => type === "heading").length,
  );
}
