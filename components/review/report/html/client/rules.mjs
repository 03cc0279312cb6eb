import { element, growingList, section } from "./dom.mjs";
import { when } from "./headline.mjs";

/** @typedef {import("../../report.js").Report} Report */
/** @typedef {import("../../report.js").ExceptionUse} ExceptionUse */
/** @typedef {import("../../report.js").RuleResult} RuleResult */

/** @type {Record<RuleResult["result"], string>} */
const RESULTS = {
  violated: "violated",
  unknown: "could not be judged",
  excepted: "passed by an exception",
  passed: "passed",
};
/** @type {readonly RuleResult["result"][]} */
const RESULT_ORDER = ["violated", "unknown", "excepted", "passed"];
const RULES_STEP = 50;

/** @param {Report} report */
export function rulesSection({ rules, exceptions }) {
  const sorted = RESULT_ORDER.flatMap((result) => rules.filter((rule) => rule.result === result));
  return section(
    "rules",
    "Rules",
    rules.length === 0
      ? "No rule is declared: nothing but a reader's judgement stands between this change and its merge."
      : "",
    rules.length > 0 && growingList(sorted, RULES_STEP, "rule", (rule) => ruleItem(rule, exceptions)),
    exceptions.length > 0 && element("h3", {}, "Exceptions"),
    exceptions.length > 0 && growingList(exceptions, RULES_STEP, "exception", exceptionItem),
  );
}

/**
 * @param {RuleResult} rule
 * @param {readonly ExceptionUse[]} exceptions
 */
function ruleItem({ rule, stack, result, severity, violations }, exceptions) {
  return element(
    "li",
    { class: `card result-${result}` },
    element(
      "p",
      { class: "line" },
      element("span", { class: `badge result-${result}` }, RESULTS[result]),
      element("strong", {}, rule),
      element("span", { class: "faint" }, `${stack ?? "every stack"} · ${severity}`),
    ),
    violations.length > 0 &&
      growingList(
        violations,
        20,
        "violation",
        ({ sentence, exception }) => {
          const covering = exception === undefined ? undefined : exceptions[exception];
          return element(
            "li",
            {},
            sentence,
            covering &&
              element(
                "span",
                { class: "faint" },
                ` Passes until ${when(covering.expires)} by the exception of ${covering.owner}.`,
              ),
          );
        },
        "dotted",
      ),
  );
}

/** @type {Record<ExceptionUse["state"], string>} */
const USES = { used: "in use", expired: "ended", unused: "not needed" };

/** @param {ExceptionUse} exception */
function exceptionItem({ rule, stack, subject, owner, reason, expires, state, unmatched }) {
  return element(
    "li",
    { class: `card exception-${state}` },
    element(
      "p",
      { class: "line" },
      element("span", { class: `badge exception-${state}` }, USES[state]),
      element("strong", {}, rule),
      element("span", { class: "faint" }, `${stack ?? "every stack"} · for ${subject}`),
    ),
    element("p", {}, reason),
    unmatched && element("p", {}, `It can let nothing pass: ${unmatched}`),
    element("p", { class: "faint" }, `Owner ${owner} · ${state === "expired" ? "ended" : "ends"} ${when(expires)}`),
  );
}
