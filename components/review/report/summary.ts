import { printable } from "../../notary/quoted";
import { type Doubts, doubtsOf } from "./doubts";
import { flipGroups, reasonWords, verdictWords } from "./flipGroups";
import { headlineOf, type Outcome } from "./headline";
import type { Report } from "./report";
import { count, grouped } from "./words";

export interface SummaryOptions {
  /** Whether the terminal takes colours. */
  readonly colour: boolean;
}

const RED = 31;
const YELLOW = 33;
const GREEN = 32;
const COLOURS: Readonly<Record<Outcome, number>> = {
  violated: RED,
  unclear: YELLOW,
  excepted: YELLOW,
  widens: YELLOW,
  changes: GREEN,
  unchanged: GREEN,
};
const RULES_MAX = 6;
const VIOLATIONS_MAX = 3;
const FINDINGS_MAX = 10;
const CAUSES_MAX = 5;
const INDENT = "  ";

/** The review in a screenful for a terminal: what decides, the loudest findings, the causes of flips. */
export function summaryText(report: Report, { colour }: SummaryOptions): string {
  const { outcome, title, facts, cautions } = headlineOf(report);
  const doubts = doubtsOf(report);
  const paint = (text: string, code: number) => (colour ? `\u001b[1;${code}m${text}\u001b[0m` : text);
  const width = Math.max(...facts.map(({ label }) => label.length));
  const lines = [
    paint(`Trust review: ${title}`, COLOURS[outcome]),
    ...facts.map(({ label, text }) => `${INDENT}${label.padEnd(width)}  ${text}`),
    ...cautions.map((caution) => paint(`${INDENT}! ${caution}`, YELLOW)),
    ...inventoryLines(doubts),
    ...violationLines(report).map((line) => paint(line, RED)),
    ...findingLines(report),
    ...flipLines(report),
    ...unknownLines(doubts),
  ];
  return `${lines.join("\n")}\n`;
}

function inventoryLines({ inventories }: Doubts): string[] {
  const lines = inventories.map(({ name, lack, why }) => `${INDENT}${printable(name)} ${lack}: ${printable(why)}`);
  return titled("Inventories", lines.slice(0, CAUSES_MAX), lines.length, "inventory", "inventories");
}

function unknownLines({ causes }: Doubts): string[] {
  const lines = causes.slice(0, CAUSES_MAX).map(({ first, references }) => {
    const which = references.length === 1 ? (references[0] ?? "") : count(references.length, "image");
    return `${INDENT}${printable(which)}: ${printable(first.why)}`;
  });
  return titled("Not known", lines, causes.length, "cause");
}

/** A rule that many images violate says it of a few. */
function violationLines({ rules }: Report): string[] {
  const violated = rules.filter(({ result }) => result === "violated");
  const lines = violated.slice(0, RULES_MAX).flatMap(({ rule, violations }) => {
    const open = violations.filter(({ exception }) => exception === undefined);
    const more = open.length - VIOLATIONS_MAX;
    return [
      ...open.slice(0, VIOLATIONS_MAX).map(({ sentence }) => `${INDENT}${printable(rule)}: ${printable(sentence)}`),
      ...(more > 0 ? [`${INDENT}${printable(rule)}: … and ${grouped(more)} more`] : []),
    ];
  });
  const left = violated.length - RULES_MAX;
  return titled("Violated", lines, lines.length + Math.max(left, 0), "violated rule");
}

function findingLines({ semantic }: Report): string[] {
  const lines = semantic.slice(0, FINDINGS_MAX).map(({ severity, sentence }) => {
    return `${INDENT}${severity.padEnd(8)}  ${printable(sentence)}`;
  });
  return titled("Changes", lines, semantic.length, "change");
}

function flipLines({ flips }: Report): string[] {
  const groups = flipGroups(flips);
  const lines = groups.slice(0, CAUSES_MAX).map(({ cause, images }) => {
    const { stack, before, after, why } = cause;
    const turn = `${verdictWords(before)} → ${verdictWords(after)}`;
    const which = images.length === 1 ? (images[0]?.reference ?? "") : count(images.length, "image");
    return `${INDENT}${turn} in ${printable(stack)}: ${printable(which)}. ${reasonWords(cause)}: ${printable(why)}`;
  });
  return titled("Images", lines, groups.length, "cause");
}

function titled(title: string, lines: readonly string[], total: number, noun: string, plural = `${noun}s`): string[] {
  if (total === 0) return [];
  const more = total - lines.length;
  return [
    "",
    title,
    ...lines,
    ...(more > 0 ? [`${INDENT}… and ${count(more, `more ${noun}`, `more ${plural}`)}`] : []),
  ];
}
