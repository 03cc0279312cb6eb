import { element } from "./dom.mjs";
import { findingsSection } from "./findings.mjs";
import { flipsSection } from "./flips.mjs";
import { contents, header } from "./headline.mjs";
import { mapSection } from "./map.mjs";
import { enforcersSection, unknownSection } from "./remarks.mjs";
import { rulesSection } from "./rules.mjs";
import { timelineSection } from "./timeline.mjs";

/** @type {{ report: import("../../report.js").Report, headline: import("../../headline.js").Headline, doubts: import("../../doubts.js").Doubts }} */
const { report, headline, doubts } = JSON.parse(document.getElementById("report")?.textContent ?? "");

document.body.append(
  element("a", { class: "skip", href: "#main" }, "Skip to the content"),
  header(report, headline),
  contents([
    ["rules", "Rules", report.rules.length],
    ["findings", "Who may sign", report.semantic.length],
    ["images", "Images", report.flips.length],
    ["map", "Map", undefined],
    ["timeline", "Validity", report.validity.length],
    ["enforcers", "Enforcers", report.enforcers.length],
    ["unknown", "Not known", report.unknown.length + report.problems.length],
  ]),
  element(
    "main",
    { id: "main", tabindex: -1 },
    rulesSection(report),
    findingsSection(report),
    flipsSection(report),
    mapSection(report),
    timelineSection(report),
    enforcersSection(report),
    unknownSection(report, doubts),
  ),
);
document.title = `Trust review: ${headline.title}`;
