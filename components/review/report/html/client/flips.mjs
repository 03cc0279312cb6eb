import { choice, count, element, growingList, section } from "./dom.mjs";
import { verdictBadge } from "./verdicts.mjs";

/** @typedef {import("../../report.js").Report} Report */
/** @typedef {import("../../report.js").Flip} Flip */

const FLIPS_STEP = 100;
const TAGS_MAX = 20;

/**
 * The flips, towards trust first, with filters.
 * @param {Report} report
 */
export function flipsSection({ flips, unchanged, inventories }) {
  const total = unchanged.verified + unchanged.failed + unchanged.skipped;
  const hint =
    flips.length > 0
      ? `${count(flips.length, "verdict")} of ${(flips.length + total).toLocaleString("en")} change.`
      : total > 0
        ? `No verdict of ${total.toLocaleString("en")} changes.`
        : inventories.length > 0
          ? "No image could be looked at."
          : "No image was looked at: no inventory was given.";
  const read = inventories.filter(({ state }) => state === "read");
  const from = read.map(({ name, images }) => `${name} (${count(images, "image")})`).join(", ");
  return section(
    "images",
    "Images that flip",
    from === "" ? hint : `${hint} From ${from}.`,
    flips.length > 0 && filteredFlips(flips),
  );
}

/** @param {readonly Flip[]} flips */
function filteredFlips(flips) {
  const filter = { towards: "", stack: "", code: "", words: "" };
  const result = element("p", { role: "status", class: "faint" });
  const list = element("div");
  const show = () => {
    const found = flips.filter((flip) => matches(flip, filter));
    result.textContent = `${count(found.length, "verdict")} shown`;
    list.replaceChildren(growingList(found, FLIPS_STEP, "verdict", flipItem));
  };
  const towards = choice(
    "Direction",
    [
      ["", "both"],
      ["trust", "towards trust"],
      ["distrust", "away from trust"],
    ],
    (value) => update({ towards: value }),
  );
  const stack = choice("Stack", [["", "all"], ...valuesOf(flips, ({ stack }) => stack)], (value) =>
    update({ stack: value }),
  );
  const code = choice("Code", [["", "all"], ...valuesOf(flips, codeOf)], (value) => update({ code: value }));
  const search = element("input", { type: "search", placeholder: "image, tag, signer, reason", spellcheck: "false" });
  search.addEventListener("input", () => update({ words: search.value.trim().toLowerCase() }));
  /** @param {Partial<typeof filter>} change */
  function update(change) {
    Object.assign(filter, change);
    show();
  }
  show();
  return element(
    "div",
    {},
    element(
      "div",
      { class: "filters", role: "search", "aria-label": "Filter images" },
      towards.field,
      stack.field,
      code.field,
      element("label", { class: "field wide" }, element("span", {}, "Text"), search),
    ),
    result,
    list,
  );
}

/**
 * @param {Flip} flip
 * @param {{towards: string, stack: string, code: string, words: string}} filter
 */
export function matches(flip, { towards, stack, code, words }) {
  const { reference, tags, statement, why, signer } = flip;
  return (
    (towards === "" || flip.towards === towards) &&
    (stack === "" || `=${flip.stack}` === stack) &&
    (code === "" || `=${codeOf(flip)}` === code) &&
    (words === "" ||
      [reference, ...tags, statement ?? "", why, signer?.subject ?? "", signer?.thumbprint ?? ""].some((text) =>
        text.toLowerCase().includes(words),
      ))
  );
}

/** @param {Flip} flip */
function codeOf({ code }) {
  return code ?? "none";
}

/**
 * Each value with how often it is there. A value of others may be empty, which stands for all: hence the sign before it.
 * @param {readonly Flip[]} flips
 * @param {(flip: Flip) => string} pick
 * @returns {[string, string][]}
 */
function valuesOf(flips, pick) {
  /** @type {Map<string, number>} */
  const numbers = new Map();
  for (const flip of flips) numbers.set(pick(flip), (numbers.get(pick(flip)) ?? 0) + 1);
  return [...numbers].sort().map(([value, number]) => [`=${value}`, `${value} (${number.toLocaleString("en")})`]);
}

/** @param {Flip} flip */
function flipItem({ stack, reference, tags, towards, before, after, statement, validation, code, why, signer }) {
  const more = tags.length - TAGS_MAX;
  const by = statement === null ? "no statement applies" : `statement ${statement}`;
  return element(
    "li",
    { class: `card direction-${towards === "trust" ? "widens" : "narrows"}` },
    element(
      "p",
      { class: "line" },
      element("span", { class: "faint" }, towards === "trust" ? "▲ towards trust" : "▼ away from trust"),
      verdictBadge(before),
      element("span", { role: "img", "aria-label": "becomes" }, "→"),
      verdictBadge(after),
    ),
    element("p", {}, element("code", {}, reference)),
    tags.length > 0 &&
      element(
        "p",
        { class: "line" },
        tags.slice(0, TAGS_MAX).map((tag) => element("span", { class: "tag" }, tag)),
        more > 0 && element("span", { class: "faint" }, count(more, "more tag")),
      ),
    element("p", {}, `${reasonWords(before, after)}: ${why}`),
    element("p", { class: "faint" }, [stack, by, validation, code].filter((part) => part !== null).join(" · ")),
    signer && element("p", { class: "faint" }, `Signed by ${signer.subject}, SHA-256 ${signer.thumbprint}`),
  );
}

/**
 * What `why` tells of: the reason of the side that fails.
 * @param {Flip["before"]} before
 * @param {Flip["after"]} after
 */
function reasonWords(before, after) {
  if (after.verdict === "failed") return "Fails from now on";
  return before.verdict === "failed" ? "Failed until now" : "Why";
}
