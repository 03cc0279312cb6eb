import type { Trust } from "../../notary/trust/declaration";
import type { Finding } from "../finding";
import { readValue } from "../readable";
import { ended } from "../report/words";
import { stackNames } from "../state/sides";
import type { Problem, Readable, StackState, TrustState } from "../state/state";
import { byLoudness, type Draft, findingsOf } from "./draft";
import { compareReach } from "./reach";
import { compareSettings } from "./settings";
import { compareSigningIdentities } from "./signingIdentities";
import { compareTrust } from "./trust";

/**
 * What a change of the trust means: who may sign what, how strictly, and what guards it; loudest first. It compares the
 * rules in effect, not the files: a change of their form has no finding. A side that can't be read is a finding, and
 * what can still be compared is.
 */
export function semanticDiff(base: TrustState, head: TrustState): Finding[] {
  return stackNames(base, head)
    .flatMap((stack) => findingsOf(stack, compareStack(base.stacks.get(stack), head.stacks.get(stack))))
    .sort(byLoudness);
}

function compareStack(base: StackState | undefined, head: StackState | undefined): Draft[] {
  const [before, after] = [trustOf(base), trustOf(head)];
  const [settingsBefore, settingsAfter] = [base?.settings, head?.settings].map(readValue);
  return [
    ...wholeSides(before, after),
    // What an unreadable head means, nobody can say: it is not what trusts nobody.
    ...(after.problem ? [] : compareTrust(before.trust, after.trust)),
    ...unreadableParts(base, head),
    ...(isUnreadable(head?.settings) ? [] : compareSettings(settingsBefore, settingsAfter)),
    ...compareReach({ trust: before.trust, settings: settingsBefore }, { trust: after.trust, settings: settingsAfter }),
    ...compareSigningIdentities(base?.identities ?? new Map(), head?.identities ?? new Map()),
  ];
}

function trustOf(state: StackState | undefined): SideTrust {
  if (!state?.trust) return {};
  return "value" in state.trust ? { trust: state.trust.value } : { problem: state.trust.problem };
}

/** Neither, where there is no trust. */
interface SideTrust {
  readonly trust?: Trust;
  readonly problem?: Problem;
}

function wholeSides(before: SideTrust, after: SideTrust): Draft[] {
  if (before.problem && after.problem) {
    const [old, now] = [before.problem, after.problem].map(inWords);
    const why = old === now ? now : `${old}; and in head: ${now}`;
    return [
      unreadable(
        "critical",
        after.problem,
        `the trust can be read in neither base nor head, so that nothing can be said of it: ${why}`,
      ),
    ];
  }
  if (after.problem) {
    return [
      unreadable(
        "critical",
        after.problem,
        `the trust of head cannot be read, so that nobody can say what it means: ${inWords(after.problem)}`,
      ),
    ];
  }
  if (before.problem) {
    return [
      unreadable(
        "high",
        before.problem,
        `the trust of base cannot be read, so that all of head's is shown as new: ${inWords(before.problem)}`,
      ),
    ];
  }
  if (!before.trust && after.trust) {
    return [
      {
        kind: "trust-introduced",
        severity: "high",
        direction: "widens",
        say: () => "there was no trust before: every statement is new.",
      },
    ];
  }
  if (before.trust && !after.trust) {
    return [
      {
        kind: "trust-removed",
        severity: "high",
        direction: "narrows",
        say: () => "the trust is gone as a whole: nothing says any more who may sign.",
      },
    ];
  }
  return [];
}

function unreadableParts(base: StackState | undefined, head: StackState | undefined): Draft[] {
  const names = new Set([...(base?.identities.keys() ?? []), ...(head?.identities.keys() ?? [])]);
  const identity = (state: StackState | undefined, name: string) => state?.identities.get(name);
  return [
    ...unreadablePart("config", base?.settings, head?.settings),
    ...[...names].flatMap((name) =>
      unreadablePart(`certificate of the signing identity ${name}`, identity(base, name), identity(head, name)),
    ),
  ];
}

function unreadablePart(
  what: string,
  base: Readable<unknown> | undefined,
  head: Readable<unknown> | undefined,
): Draft[] {
  const old = base && "problem" in base ? [["base", base.problem] as const] : [];
  const now = head && "problem" in head ? [["head", head.problem] as const] : [];
  return [...old, ...now].map(([side, problem]) =>
    unreadable(
      side === "head" ? "high" : "medium",
      problem,
      `the ${what} of ${side} cannot be read, so that ${side === "head" ? "nobody can say what it means" : "head's is shown as new"}: ${inWords(problem)}`,
      `${side}: ${what}`,
    ),
  );
}

function unreadable(
  severity: "critical" | "high" | "medium",
  problem: Problem,
  sentence: string,
  subject = problem.file,
): Draft {
  return {
    kind: "trust-unreadable",
    severity,
    direction: "neutral",
    ...(subject !== undefined && { subject }),
    say: () => ended(sentence),
  };
}

function inWords({ message, file }: Problem): string {
  return file === undefined || message.includes(file) ? message : `${file}: ${message}`;
}

function isUnreadable(readable: Readable<unknown> | undefined): boolean {
  return readable !== undefined && "problem" in readable;
}
