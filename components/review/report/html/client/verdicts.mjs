import { element } from "./dom.mjs";

/** @typedef {import("../../report.js").VerdictFacts} VerdictFacts */

/**
 * A verdict in words; colour only repeats them.
 * @param {VerdictFacts} facts
 */
export function verdictBadge({ verdict, enforced }) {
  const words =
    verdict === "skipped"
      ? "let through unverified"
      : verdict === "failed"
        ? "failed"
        : enforced
          ? "verified"
          : "verified, but by anybody";
  return element("span", { class: `badge verdict-${verdict}${enforced ? "" : " loose"}` }, words);
}

/** What changed, as a mark beside the colour, and in words. */
export const CHANGES = {
  same: { mark: "", words: "unchanged" },
  added: { mark: "+", words: "new" },
  removed: { mark: "−", words: "gone" },
  changed: { mark: "~", words: "changed" },
};

/** @param {import("../../report.js").ChangeState} change */
export function changeMark(change) {
  if (change === "same") return null;
  const { mark, words } = CHANGES[change];
  return element("span", { class: `mark mark-${change}` }, `${mark} ${words}`);
}
