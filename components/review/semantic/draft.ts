import { places } from "../../signers/words";
import { compare } from "../compare";
import { type Direction, type Finding, type FindingKind, SEVERITIES, type Severity } from "../finding";

/** A finding before equal ones are put into one sentence: `say` gets the words for all of its scopes. */
export interface Draft extends Omit<Finding, "sentence" | "stack"> {
  readonly say: (where: string) => string;
}

export type Loudness = readonly [FindingKind, Severity, Direction];

/** A change of a stack's config: its sentence names no scopes. */
export function settingDraft([kind, severity, direction]: Loudness, fields: Partial<Draft>, sentence: string): Draft {
  return { kind, severity, direction, ...fields, say: () => `${sentence}.` };
}

const DIRECTIONS: readonly Direction[] = ["widens", "neutral", "narrows"];

/** Drafts of one stack as findings: what differs in nothing but its scopes is one. */
export function findingsOf(stack: string, drafts: readonly Draft[]): Finding[] {
  const groups = new Map<string, Draft & { scopes?: string[] }>();
  for (const draft of drafts) {
    const { say, scopes, ...rest } = draft;
    const key = JSON.stringify([rest, say("\0"), scopes === undefined]);
    const group = groups.get(key);
    if (!group) groups.set(key, { ...rest, say, ...(scopes && { scopes: [...scopes] }) });
    else group.scopes?.push(...(scopes ?? []).filter((scope) => !group.scopes?.includes(scope)));
  }
  return [...groups.values()].map(({ say, scopes, ...rest }) => {
    const sorted = scopes?.sort();
    return { ...rest, stack, ...(sorted && { scopes: sorted }), sentence: `In ${stack}, ${say(places(sorted ?? []))}` };
  });
}

/** Loudest first; within one severity what widens first; then by names, so that equal states give equal reports. */
export function byLoudness(left: Finding, right: Finding): number {
  return (
    SEVERITIES.indexOf(left.severity) - SEVERITIES.indexOf(right.severity) ||
    DIRECTIONS.indexOf(left.direction) - DIRECTIONS.indexOf(right.direction) ||
    compare(left.stack, right.stack) ||
    compare(left.statement ?? "", right.statement ?? "") ||
    compare(left.kind, right.kind) ||
    compare(left.subject ?? "", right.subject ?? "") ||
    compare(left.sentence, right.sentence)
  );
}

export function loudest(severities: readonly Severity[]): Severity {
  return SEVERITIES.find((severity) => severities.includes(severity)) ?? "info";
}

/** `severity`, but not louder than `limit`. */
export function atMost(limit: Severity, severity: Severity): Severity {
  return SEVERITIES.indexOf(severity) < SEVERITIES.indexOf(limit) ? limit : severity;
}

/** Of several changes together: whatever widens counts first. */
export function overall(directions: readonly Direction[]): Direction {
  if (directions.includes("widens")) return "widens";
  return directions.includes("narrows") ? "narrows" : "neutral";
}
