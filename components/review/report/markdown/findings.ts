import type { Finding } from "../../finding";
import type { Block, ItemList } from "./document";
import { escapeText } from "./escape";

const OPEN = 20;
const LOUD = new Set(["critical", "high"]);

/** What widens comes first, but for what makes the rest of the report doubtful. */
export function findingBlocks(findings: readonly Finding[]): Block[] {
  const of = (direction: Finding["direction"]) => findings.filter((finding) => finding.direction === direction);
  const neutral = of("neutral");
  const isCritical = ({ severity }: Finding) => severity === "critical";
  return [
    ...section("Before all else", neutral.filter(isCritical)),
    ...section("What widens trust", of("widens")),
    ...section("What narrows trust", of("narrows")),
    ...section(
      "What else changes",
      neutral.filter((finding) => !isCritical(finding)),
    ),
  ];
}

function section(title: string, findings: readonly Finding[]): Block[] {
  if (findings.length === 0) return [];
  const critical = findings.filter(({ severity }) => severity === "critical");
  const others = findings.filter(({ severity }) => severity !== "critical");
  const list = (group: readonly Finding[], more: Omit<ItemList, "items">): Block[] =>
    group.length > 0 ? [{ ...more, items: group.map(item) }] : [];
  const priority = findings.some(({ direction }) => direction === "widens") ? 2 : 4;
  return [
    `### ${title}`,
    ...list(critical, { open: OPEN, priority: 1, loud: true, noun: ["critical finding", "critical findings"] }),
    ...list(others, { open: OPEN, priority, loud: priority === 2, noun: ["finding", "findings"] }),
  ];
}

function item({ severity, sentence }: Finding): string {
  return `- ${LOUD.has(severity) ? `**${severity}**` : severity}: ${escapeText(sentence)}`;
}
