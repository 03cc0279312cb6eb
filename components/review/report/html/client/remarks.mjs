import { count, element, growingList, section } from "./dom.mjs";

/** @typedef {import("../../report.js").Report} Report */

const REMARKS_STEP = 50;

/** @param {Report} report */
export function enforcersSection({ enforcers }) {
  const lossy = [...enforcers].sort(
    (left, right) => Number(left.fidelity === "exact") - Number(right.fidelity === "exact"),
  );
  return section(
    "enforcers",
    "What each enforcer makes of it",
    enforcers.length === 0 ? "No statement changes, so no enforcer does anything else than before." : "",
    growingList(lossy, REMARKS_STEP, "effect", ({ enforcer, fidelity, sentence }) =>
      element(
        "li",
        { class: "card" },
        element(
          "p",
          { class: "line" },
          element("span", { class: `badge fidelity-${fidelity}` }, fidelity),
          element("strong", {}, enforcer),
        ),
        element("p", {}, sentence),
      ),
    ),
  );
}

/** @param {Report} report */
export function unknownSection({ unknown, problems }) {
  return section(
    "unknown",
    "What could not be told",
    unknown.length + problems.length === 0 ? "Everything could be read and asked." : "",
    problems.length > 0 && element("h3", {}, `Not readable: ${count(problems.length, "problem")}`),
    problems.length > 0 &&
      growingList(problems, REMARKS_STEP, "problem", ({ code, message, file }) =>
        element(
          "li",
          { class: "card" },
          element("p", { class: "line" }, element("code", {}, code), file),
          element("p", {}, message),
        ),
      ),
    unknown.length > 0 && element("h3", {}, `Not known: ${count(unknown.length, "image")}`),
    unknown.length > 0 &&
      growingList(unknown, REMARKS_STEP, "image", ({ reference, inventory, stack, code, why }) =>
        element(
          "li",
          { class: "card" },
          element("p", {}, element("code", {}, reference)),
          element("p", {}, why),
          element("p", { class: "faint" }, `${code} · of ${inventory}${stack === undefined ? "" : ` · for ${stack}`}`),
        ),
      ),
  );
}
