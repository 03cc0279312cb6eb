import { element, growingList, section } from "./dom.mjs";

/** @typedef {import("../../report.js").Report} Report */
/** @typedef {import("../../../finding.js").Finding} Finding */

const FINDINGS_STEP = 50;

/** @type {Record<Finding["direction"], string>} */
const DIRECTIONS = { widens: "▲ widens", narrows: "▼ narrows", neutral: "neither" };
/** @type {readonly [Finding["direction"], string][]} */
const GROUPS = [
  ["widens", "What widens trust"],
  ["narrows", "What narrows trust"],
  ["neutral", "What else changes"],
];

/** @param {Report} report */
export function findingsSection({ semantic }) {
  const first = semantic.filter(({ severity, direction }) => severity === "critical" && direction === "neutral");
  const groups = GROUPS.map(([direction, title]) => ({
    title,
    findings: semantic.filter((finding) => finding.direction === direction && !first.includes(finding)),
  }));
  return section(
    "findings",
    "Who may sign what",
    semantic.length === 0 ? "Nothing changes: who may sign what stays as it was." : "",
    [{ title: "Before all else", findings: first }, ...groups].flatMap(({ title, findings }) =>
      findings.length === 0
        ? []
        : [element("h3", {}, title), growingList(findings, FINDINGS_STEP, "finding", findingItem)],
    ),
  );
}

/** @param {Finding} finding */
function findingItem({ severity, direction, sentence, certificate, kind }) {
  return element(
    "li",
    { class: `card direction-${direction}` },
    element(
      "p",
      { class: "line" },
      element("span", { class: `badge severity-${severity}` }, severity),
      element("span", { class: "faint" }, `${DIRECTIONS[direction]} · ${kind}`),
    ),
    element("p", {}, sentence),
    certificate && certificateDetails(certificate),
  );
}

/** @param {import("../../../../signers/certificateFacts.js").CertificateFacts} certificate */
export function certificateDetails({ subject, issuer, key, notBefore, notAfter, thumbprint }) {
  const rows = [
    ["Subject", subject],
    ["Issuer", issuer],
    ["Key", key],
    ["Valid", `${notBefore.slice(0, 10)} to ${notAfter.slice(0, 10)}`],
    ["SHA-256", thumbprint],
  ];
  return element(
    "details",
    {},
    element("summary", {}, "Certificate"),
    element(
      "dl",
      { class: "pairs" },
      rows.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]),
    ),
  );
}
