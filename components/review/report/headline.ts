import { type Direction, type Finding, SEVERITIES } from "../finding";
import { clockCaution } from "./clock";
import { lackingInventories } from "./inventoryWords";
import type { ForecastEvent, Report } from "./report";
import { are, count, grouped, parts } from "./words";

/**
 * What the review comes to, loudest first: a rule is violated; it cannot tell; all passes, but by an exception; trust widens;
 * trust changes otherwise; nothing changes.
 */
export type Outcome = "violated" | "unclear" | "excepted" | "widens" | "changes" | "unchanged";

/** What a reviewer decides from. Holds no text of others, so that each report can show it as it is. */
export interface Headline {
  readonly outcome: Outcome;
  readonly title: string;
  /** Counts, each with a word before it. */
  readonly facts: readonly { readonly label: string; readonly text: string }[];
  /** What must not be overlooked, in sentences. */
  readonly cautions: readonly string[];
}

export function headlineOf(report: Report): Headline {
  if (report.forecast) return forecastHeadline(report, report.forecast);
  const outcome = outcomeOf(report);
  return { outcome, title: titleOf(report, outcome), facts: factsOf(report), cautions: cautionsOf(report) };
}

/** Its two sides are one: it has no change to tell of. */
function forecastHeadline(report: Report, forecast: NonNullable<Report["forecast"]>): Headline {
  const ends = forecast.filter(({ unlessRenewed }) => !unlessRenewed);
  const title = forecastTitle(ends, forecast);
  const outcome = report.partial ? "unclear" : ends.length > 0 ? "changes" : "unchanged";
  return { outcome, title, facts: [{ label: "Images", text: imagesFact(report) }], cautions: cautionsOf(report) };
}

function forecastTitle(ends: readonly ForecastEvent[], all: readonly ForecastEvent[]): string {
  const [first] = ends.length > 0 ? ends : all;
  if (first === undefined) return "nothing that is good now fails in the time that was looked at";
  const things = new Set((ends.length > 0 ? ends : all).map(({ reference }) => reference)).size;
  const many = count(things, "image or registry", "images and registries");
  const fail = `${many} ${things === 1 ? "fails" : "fail"}`;
  const day = first.instant.slice(0, 10);
  if (ends.length > 0) return `${fail} later, the first on ${day}`;
  return `nothing fails later but what is renewed in time as a rule: ${fail} if it is not, the first on ${day}`;
}

function outcomeOf(report: Report): Outcome {
  const { rules, partial, semantic, flips } = report;
  if (rules.some(({ result }) => result === "violated")) return "violated";
  if (partial) return "unclear";
  if (rules.some(({ result }) => result === "excepted")) return "excepted";
  if (semantic.some(isWidening) || flips.some(({ towards }) => towards === "trust")) return "widens";
  return semantic.length > 0 || flips.length > 0 ? "changes" : "unchanged";
}

function titleOf(report: Report, outcome: Outcome): string {
  const { rules, semantic } = report;
  const number = (result: string) => rules.filter((rule) => rule.result === result).length;
  const change = changeOf(report);
  switch (outcome) {
    case "violated":
      return `${are(number("violated"), "rule")} violated, and ${change}`;
    case "unclear":
      return `cannot tell, since ${doubtOf(report)}; as far as it could, ${change}`;
    case "excepted":
      return `no rule is violated, but only thanks to ${count(usedExceptions(report), "exception")}; ${change}`;
    case "unchanged":
      return "nothing changes";
    default:
      if (rules.length > 0) return `no rule is violated; ${change}`;
      return semantic.length + report.flips.length > 0 ? `${change}; there are no rules to judge it by` : change;
  }
}

/** What the loudest reason is that nothing can be told for sure. */
function doubtOf(report: Report): string {
  const [lacking] = lackingInventories(report);
  const others = report.unknown.some(({ whole }) => !whole) || report.problems.length > 0;
  return others || lacking === undefined ? "not everything could be asked" : lacking;
}

/** Who may sign or run more or less, in a few words. */
function changeOf({ semantic, flips }: Report): string {
  const loud = semantic.filter(({ severity }) => severity === "critical").length;
  const [more, less] = [flips.filter(({ towards }) => towards === "trust").length, flips.length];
  const widens = semantic.some(isWidening) || more > 0;
  const narrows = semantic.some(({ direction }) => direction === "narrows") || less > more;
  const way = widens ? (narrows ? "trust widens and narrows" : "trust widens") : narrows ? "trust narrows" : "";
  const critical = loud > 0 ? count(loud, "critical finding") : "";
  if (!way && !critical) return semantic.length > 0 ? "trust neither widens nor narrows" : "nothing changes";
  return [way, critical].filter(Boolean).join(", with ");
}

function factsOf(report: Report): Headline["facts"] {
  return [
    { label: "Rules", text: rulesFact(report) },
    ...(report.exceptions.length > 0 ? [{ label: "Exceptions", text: exceptionsFact(report) }] : []),
    { label: "Trust", text: trustFact(report) },
    { label: "Images", text: imagesFact(report) },
  ];
}

function rulesFact({ rules }: Report): string {
  if (rules.length === 0) return "none is declared";
  const number = (result: string) => rules.filter((rule) => rule.result === result).length;
  const shown = (result: string, words: string) => number(result) > 0 && `${grouped(number(result))} ${words}`;
  return parts(
    shown("violated", "violated"),
    shown("unknown", "could not be judged"),
    shown("excepted", "passed by an exception"),
    shown("passed", "passed"),
  );
}

function exceptionsFact({ exceptions }: Report): string {
  const number = (state: string) => exceptions.filter((exception) => exception.state === state).length;
  const shown = (state: string, words: string) => number(state) > 0 && `${grouped(number(state))} ${words}`;
  return parts(shown("used", "in use"), shown("expired", "expired"), shown("unused", "not needed"));
}

function trustFact({ semantic }: Report): string {
  if (semantic.length === 0) return "who may sign what stays as it was";
  const shown = (direction: Direction, words: (number: string) => string) => {
    const found = semantic.filter((finding) => finding.direction === direction);
    return found.length > 0 && `${words(count(found.length, "change"))} (${severitiesOf(found)})`;
  };
  return parts(
    shown("widens", (changes) => `${changes} towards more trust`),
    shown("narrows", (changes) => `${changes} towards less`),
    shown("neutral", (changes) => `${changes} towards neither`),
  );
}

function severitiesOf(findings: readonly Finding[]): string {
  return parts(
    ...SEVERITIES.map((severity) => {
      const number = findings.filter((finding) => finding.severity === severity).length;
      return number > 0 && `${grouped(number)} ${severity}`;
    }),
  );
}

function imagesFact({ flips, unchanged, unknown: all, inventories }: Report): string {
  const { verified, failed, skipped } = unchanged;
  const total = verified + failed + skipped;
  const unknown = all.filter(({ whole }) => !whole);
  if (flips.length + total + unknown.length === 0) {
    return inventories.length === 0 ? "none was looked at: no inventory was given" : "none could be looked at";
  }
  if (flips.length + total === 0) return `none could be looked at, ${grouped(unknown.length)} unknown`;
  const more = flips.filter(({ towards }) => towards === "trust").length;
  const kept = parts(
    verified > 0 && `${grouped(verified)} verified`,
    failed > 0 && `${grouped(failed)} failed`,
    skipped > 0 && `${grouped(skipped)} not verified at all`,
  );
  return parts(
    more > 0 && `${count(more, "verdict")} ${more === 1 ? "turns" : "turn"} towards trust`,
    flips.length > more && awayFromTrust(flips.length - more, more > 0),
    flips.length === 0 && "no verdict changes",
    total > 0 && `${grouped(total)} ${total === 1 ? "stays" : "stay"} as before (${kept})`,
    unknown.length > 0 && `${grouped(unknown.length)} unknown`,
  );
}

function awayFromTrust(number: number, follows: boolean): string {
  if (follows) return `${grouped(number)} away from it`;
  return `${count(number, "verdict")} ${number === 1 ? "turns" : "turn"} away from trust`;
}

function cautionsOf(report: Report): string[] {
  const { partial, inventories, exceptions, semantic, rules } = report;
  const unjudged = rules.filter(({ result }) => result === "unknown").length;
  const expired = exceptions.filter(({ state }) => state === "expired").length;
  const unmatched = exceptions.filter(({ unmatched }) => unmatched !== undefined).length;
  const used = usedExceptions(report);
  const judges = semantic.filter(({ kind }) => kind === "rules-changed" || kind === "exceptions-changed").length;
  const clock = clockCaution(report);
  return [
    ...(clock === undefined ? [] : [clock]),
    ...(partial ? [`This report is partial: ${incomplete(report)}.`] : []),
    ...(unjudged > 0
      ? [
          `${inventories.length > 0 ? "Not every image could be asked" : "No inventory was given"}: ${count(unjudged, "rule")} about images could not be judged.`,
        ]
      : []),
    ...(judges > 0
      ? [
          "The change edits the rules or their exceptions. This report goes by those of the base; the edited ones hold from the next review on.",
        ]
      : []),
    ...(used > 0
      ? [`${are(used, "exception")} in use: what a rule forbids passes until ${used === 1 ? "it ends" : "they end"}.`]
      : []),
    ...(unmatched > 0
      ? [
          `${count(unmatched, "exception")} can let nothing pass: no such stack or rule is there; mend or remove ${unmatched === 1 ? "it" : "them"}.`,
        ]
      : []),
    ...(expired > 0 ? [`${count(expired, "exception")} ended: nothing passes by it any more; remove it.`] : []),
  ];
}

function incomplete(report: Report): string {
  const unknown = report.unknown.filter(({ whole }) => !whole).length;
  const problems = report.problems.length;
  const what = [
    ...lackingInventories(report),
    ...(unknown > 0 ? [`of ${count(unknown, "image")} nothing can be said`] : []),
    ...(problems > 0 ? [`${count(problems, "problem")} kept something from being read`] : []),
  ];
  return what.length > 0 ? what.join(", and ") : "not everything could be asked";
}

function usedExceptions({ exceptions }: Report): number {
  return exceptions.filter(({ state }) => state === "used").length;
}

function isWidening({ direction }: Finding): boolean {
  return direction === "widens";
}
