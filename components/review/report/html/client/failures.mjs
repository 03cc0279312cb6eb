import { element, growingList, section } from "./dom.mjs";
import { certificateDetails } from "./findings.mjs";

/** @typedef {import("../../report.js").Report} Report */

const FAILURES_STEP = 50;

/**
 * Of a forecast: what fails when.
 * @param {NonNullable<Report["forecast"]>} forecast soonest first
 */
export function failuresSection(forecast) {
  return section(
    "failures",
    "What fails later",
    forecast.length === 0
      ? "Nothing that is good now fails in the time that was looked at."
      : "What fails first stands first.",
    forecast.length > 0 && growingList(forecast, FAILURES_STEP, "failure", failureOf),
  );
}

/** @param {NonNullable<Report["forecast"]>[number]} event */
function failureOf({ instant, reference, tags, stack, code, certificate, unlessRenewed, sentence }) {
  return element(
    "li",
    { class: "card" },
    element(
      "p",
      { class: "line" },
      element("strong", {}, `${instant.slice(0, 16).replace("T", " ")} UTC`),
      unlessRenewed && element("span", { class: "faint" }, "unless renewed"),
    ),
    element(
      "p",
      { class: "line" },
      element("code", {}, reference),
      tags.map((tag) => element("span", { class: "tag" }, tag)),
    ),
    element("p", {}, sentence),
    element("p", { class: "faint" }, stack === null ? code : `${code} · for ${stack}`),
    certificate && certificateDetails(certificate),
  );
}
