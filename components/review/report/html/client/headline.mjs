import { element } from "./dom.mjs";

/** @typedef {import("../../report.js").Report} Report */
/** @typedef {import("../../report.js").SideName} SideName */
/** @typedef {import("../../headline.js").Headline} Headline */

/** @type {Record<Headline["outcome"], string>} */
const MARKS = { violated: "✕", unclear: "?", excepted: "!", widens: "▲", changes: "●", unchanged: "✓" };

/**
 * What a reviewer decides from.
 * @param {Report} report
 * @param {Headline} headline
 */
export function header({ base, head, at, forecast }, { outcome, title, facts, cautions }) {
  return element(
    "header",
    { class: `headline outcome-${outcome}` },
    element("p", { class: "eyebrow" }, forecast ? "Trust forecast" : "Trust review"),
    element("h1", {}, element("span", { class: "sign", "aria-hidden": "true" }, MARKS[outcome]), capital(title)),
    element(
      "p",
      { class: "sides" },
      side(base),
      ...(forecast
        ? [` · as of ${when(at)}`]
        : [element("span", { role: "img", "aria-label": "to" }, " → "), side(head), ` · judged at ${when(at)}`]),
    ),
    cautions.length > 0 &&
      element(
        "ul",
        { class: "cautions plain" },
        cautions.map((caution) => element("li", {}, caution)),
      ),
    !forecast &&
      element(
        "dl",
        { class: "facts" },
        facts.map(({ label, text }) => element("div", {}, element("dt", {}, label), element("dd", {}, capital(text)))),
      ),
  );
}

/**
 * @param {readonly (readonly [id: string, words: string, number: number | undefined])[]} sections
 */
export function contents(sections) {
  return element(
    "nav",
    { "aria-label": "Contents" },
    sections.map(([id, words, number]) =>
      element(
        "a",
        { href: `#${id}` },
        words,
        number !== undefined && element("span", { class: "number" }, number.toLocaleString("en")),
      ),
    ),
  );
}

/** @param {SideName} side */
function side({ name, commit }) {
  const short = commit !== undefined && commit !== name ? ` (${commit.slice(0, 12)})` : "";
  return element("code", {}, `${name}${short}`);
}

/** @param {string} at ISO 8601 */
export function when(at) {
  return /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(at) ? `${at.slice(0, 10)} ${at.slice(11, 16)} UTC` : at;
}

/** @param {string} text */
function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
