import { count, element, growingList, section } from "./dom.mjs";

/** @typedef {import("../../report.js").Report} Report */
/** @typedef {import("../../doubts.js").Doubts} Doubts */

const REMARKS_STEP = 50;
const IMAGES_STEP = 5;

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

/**
 * @param {Report} report
 * @param {Doubts} doubts
 */
export function unknownSection({ problems }, { inventories, causes }) {
  const images = causes.reduce((sum, { references }) => sum + references.length, 0);
  return section(
    "unknown",
    "What could not be told",
    causes.length + inventories.length + problems.length === 0 ? "Everything could be read and asked." : "",
    inventories.length > 0 && element("h3", {}, "Inventories that are empty or could not be read"),
    inventories.length > 0 &&
      growingList(inventories, REMARKS_STEP, "inventory", ({ name, lack, images, code, why, way }) =>
        element(
          "li",
          { class: "card" },
          element("p", { class: "line" }, element("code", {}, name), element("strong", {}, lack)),
          images > 0 && element("p", {}, `${count(images, "image")} came before.`),
          element("p", {}, [why, way].filter(Boolean).join(" ")),
          element("p", { class: "faint" }, code),
        ),
      ),
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
    images > 0 && element("h3", {}, `Not known: ${count(images, "image")}`),
    images > 0 && growingList(causes, REMARKS_STEP, "cause", causeItem),
  );
}

/** @param {Doubts["causes"][number]} cause */
function causeItem({ first: { inventory, stack, code, why }, references, way }) {
  return element(
    "li",
    { class: "card" },
    element("p", {}, element("strong", {}, count(references.length, "image")), ` of ${inventory}`),
    element("p", {}, [why, way].filter(Boolean).join(" ")),
    element("p", { class: "faint" }, `${code}${stack === undefined ? "" : ` · for ${stack}`}`),
    growingList(
      references,
      IMAGES_STEP,
      "image",
      (reference) => element("li", {}, element("code", {}, reference)),
      "dotted",
    ),
  );
}
