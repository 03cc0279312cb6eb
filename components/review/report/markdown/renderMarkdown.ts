import { doubtsOf } from "../doubts";
import { headlineOf, type Outcome } from "../headline";
import type { Report, SideName } from "../report";
import { grouped, when } from "../words";
import { type Block, compose } from "./document";
import { code } from "./escape";
import { enforcerBlocks, exceptionBlocks, problemBlocks, ruleBlocks, violationBlocks } from "./judgement";
import { inventoryBlocks, unknownBlocks } from "./unknown";
import { findingBlocks } from "./findings";
import { flipBlocks } from "./flips";

/** The first line of each comment: by it a later review finds the comment, and replaces it. Shown nowhere. */
export const COMMENT_MARKER = "<!-- breakwater-trust-review -->";

/** GitHub takes 65,536 characters, of four bytes in UTF-8 at most; the rest is for what `npm run comment` adds. */
export const COMMENT_LENGTH_MAX = 65_536 - 2_048;
const LENGTH_MIN = 8_192;
const INVENTORIES_MAX = 10;

export interface MarkdownOptions {
  /** In characters (UTF-16 units), at least 8,192. */
  readonly lengthMax?: number;
}

const MARKS: Readonly<Record<Outcome, string>> = {
  violated: "⛔",
  unclear: "⚠",
  excepted: "⚠",
  widens: "🔶",
  changes: "🔷",
  unchanged: "✅",
};

/**
 * The review as a comment of a pull request, for GitHub and GitLab: what decides first, what widens trust before what narrows it,
 * long lists folded and, where they don't fit, cut with the number that is missing. Texts of others have no effect in it.
 */
export function renderMarkdown(report: Report, { lengthMax = COMMENT_LENGTH_MAX }: MarkdownOptions = {}): string {
  const doubts = doubtsOf(report);
  return compose(
    [
      head(report),
      ...inventoryBlocks(doubts),
      ...violationBlocks(report),
      ...exceptionBlocks(report),
      ...findingBlocks(report.semantic),
      ...flipBlocks(report.flips),
      ...problemBlocks(report.problems),
      ...unknownBlocks(doubts),
      ...enforcerBlocks(report.enforcers),
      ...ruleBlocks(report),
    ],
    Math.max(lengthMax, LENGTH_MIN),
  );
}

function head(report: Report): Block {
  const { outcome, title, facts, cautions } = headlineOf(report);
  const alert = outcome === "violated" ? "CAUTION" : "WARNING";
  return [
    COMMENT_MARKER,
    `## ${MARKS[outcome]} Trust review: ${title}`,
    facts.map(({ label, text }) => `- **${label}:** ${text}`).join("\n"),
    ...(cautions.length > 0 ? [`> [!${alert}]\n${cautions.map((caution) => `> ${caution}`).join("\n>\n")}`] : []),
    `Base ${side(report.base)}, head ${side(report.head)}; judged at ${code(when(report.at), 40)}.${imagesFrom(report)}`,
  ].join("\n\n");
}

/** A reviewer must see which images were asked for at all. */
function imagesFrom({ inventories }: Report): string {
  const read = inventories.filter(({ state }) => state === "read");
  if (read.length === 0) return "";
  const shown = read.slice(0, INVENTORIES_MAX).map(({ name, images }) => `${code(name, 200)} (${grouped(images)})`);
  const more = read.length > INVENTORIES_MAX ? [`${grouped(read.length - INVENTORIES_MAX)} more inventories`] : [];
  return ` Images from ${[...shown, ...more].join(", ")}.`;
}

function side({ name, commit }: SideName): string {
  const shown = code(name, 120);
  return commit === undefined || commit === name ? shown : `${shown} (${code(commit.slice(0, 12))})`;
}
