import { choice, element, growingList, section } from "./dom.mjs";
import { certificateDetails } from "./findings.mjs";
import { changeMark } from "./verdicts.mjs";

/** @typedef {import("../../report.js").Report} Report */
/** @typedef {import("../../report.js").Validity} Validity */

const DAY = 86_400_000;
const ROWS_STEP = 50;
const SOON_DAYS = 30;
/** @type {readonly (readonly [string, string])[]} */
const SPANS = [
  ["90", "90 days"],
  ["365", "1 year"],
  ["1826", "5 years"],
  ["9131", "25 years"],
];
/** @type {Record<Validity["what"], string>} */
const WHATS = {
  anchor: "trust anchor",
  "tsa-anchor": "time stamping anchor",
  "signing-identity": "signing identity",
  signature: "signature",
  tls: "TLS certificate",
};

/**
 * What ends when, soonest first, with today marked.
 * @param {Report} report
 */
export function timelineSection({ validity, at }) {
  const hint = validity.length === 0 ? "Nothing that could end." : "What ends first stands first.";
  return section("timeline", "Validity", hint, validity.length > 0 && timeline(validity, Date.parse(at)));
}

/**
 * @param {readonly Validity[]} validity
 * @param {number} now
 */
function timeline(validity, now) {
  const rows = element("div");
  const soonest = validity
    .filter(({ notAfter }) => Date.parse(notAfter) > now)
    .map(({ notAfter }) => Date.parse(notAfter) - now);
  const nearest = Math.min(...soonest.slice(0, 1), 9131 * DAY) / DAY;
  const first = SPANS.find(([days]) => Number(days) * 0.9 >= nearest)?.[0] ?? "9131";
  const show = (/** @type {string} */ days) => {
    // A tenth of the picture is past.
    const scale = { from: now - (Number(days) * DAY) / 10, to: now + Number(days) * DAY, now };
    rows.replaceChildren(
      axis(scale),
      growingList(validity, ROWS_STEP, "row", (row) => rowOf(row, scale), "rows"),
    );
  };
  const span = choice("Look ahead", SPANS, show);
  span.select.value = first;
  show(first);
  return element("div", { class: "timeline" }, element("div", { class: "filters" }, span.field), rows);
}

/** @typedef {{ from: number, to: number, now: number }} Scale in milliseconds */

/**
 * @param {number} time
 * @param {Scale} scale
 */
function percent(time, { from, to }) {
  return Math.max(0, Math.min(100, ((time - from) / (to - from)) * 100));
}

/** @param {Scale} scale */
function axis(scale) {
  const ticks = [scale.now, scale.now + (scale.to - scale.now) / 2].map((time, index) => {
    const tick = element("span", { class: "tick" }, index === 0 ? `today, ${day(time)}` : day(time));
    tick.style.left = `${percent(time, scale)}%`;
    return tick;
  });
  return element(
    "div",
    { class: "row axis", "aria-hidden": "true" },
    element("span"),
    element("div", { class: "track" }, ticks),
    element("span"),
  );
}

/**
 * @param {Validity} validity
 * @param {Scale} scale
 */
function rowOf({ what, label, stack, notBefore, notAfter, change, certificate }, scale) {
  const [start, end] = [notBefore === null ? scale.from : Date.parse(notBefore), Date.parse(notAfter)];
  const left = Math.ceil((end - scale.now) / DAY);
  const state = left <= 0 ? "ended" : left <= SOON_DAYS ? "soon" : "fine";
  const bar = element("div", { class: `bar bar-${state}${change === "removed" ? " bar-removed" : ""}` });
  bar.style.left = `${percent(start, scale)}%`;
  bar.style.width = `${Math.max(0.5, percent(end, scale) - percent(start, scale))}%`;
  const today = element("div", { class: "today" });
  today.style.left = `${percent(scale.now, scale)}%`;
  return element(
    "li",
    { class: "row" },
    element(
      "div",
      {},
      element("p", { class: "label" }, label),
      element("p", { class: "line faint" }, `${WHATS[what]} · ${stack}`, changeMark(change)),
      certificate && certificateDetails(certificate),
    ),
    element("div", { class: `track${end > scale.to ? " beyond" : ""}`, "aria-hidden": "true" }, bar, today),
    element(
      "p",
      { class: `until until-${state}` },
      element("span", {}, day(end)),
      element("span", { class: "faint" }, distance(left)),
    ),
  );
}

/** @param {number} time */
function day(time) {
  return Number.isNaN(time) ? "?" : new Date(time).toISOString().slice(0, 10);
}

/** @param {number} days */
function distance(days) {
  if (days <= 0)
    return days === 0 ? "ended today" : `ended ${days === -1 ? "a day" : `${(-days).toLocaleString("en")} days`} ago`;
  return days === 1 ? "in a day" : `in ${days.toLocaleString("en")} days`;
}
