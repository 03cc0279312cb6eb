import { element } from "./dom.mjs";
import { failuresSection } from "./failures.mjs";
import { findingsSection } from "./findings.mjs";
import { flipsSection } from "./flips.mjs";
import { contents, header } from "./headline.mjs";
import { mapSection } from "./map.mjs";
import { showAllInPrint } from "./print.mjs";
import { enforcersSection, unknownSection } from "./remarks.mjs";
import { rulesSection } from "./rules.mjs";
import { timelineSection } from "./timeline.mjs";

/** @type {{ report: import("../../report.js").Report, headline: import("../../headline.js").Headline, doubts: import("../../doubts.js").Doubts }} */
const { report, headline, doubts } = JSON.parse(document.getElementById("report")?.textContent ?? "");

/** A section, and how the contents name it: its words, and how much is in it. @typedef {[HTMLElement, string, number?]} Part */

/** A forecast has no change to tell of. @type {Part[]} */
const first = report.forecast
  ? [[failuresSection(report.forecast), "What fails", report.forecast.length]]
  : [
      [rulesSection(report), "Rules", report.rules.length],
      [findingsSection(report), "Who may sign", report.semantic.length],
      [flipsSection(report), "Images", report.flips.length],
    ];
/** @type {Part[]} */
const pictures = [
  [mapSection(report), "Map"],
  [timelineSection(report), "Validity", report.validity.length],
];
/** @type {Part[]} */
const remarks = [
  ...(report.forecast ? [] : [/** @type {Part} */ ([enforcersSection(report), "Enforcers", report.enforcers.length])]),
  [unknownSection(report, doubts), "Not known", report.unknown.length + report.problems.length],
];
const parts = [...first, ...(report.forecast ? pictures.reverse() : pictures), ...remarks];

document.body.append(
  element("a", { class: "skip", href: "#main" }, "Skip to the content"),
  header(report, headline),
  contents(parts.map(([{ id }, words, number]) => [id, words, number])),
  element("main", { id: "main", tabindex: -1 }, ...parts.map(([section]) => section)),
);
document.title = `Trust ${report.forecast ? "forecast" : "review"}: ${headline.title}`;
showAllInPrint();
