import { isSkip, type Statement } from "../../notary/trust/declaration";
import type { ValidationAction, ValidationType } from "../../notary/trust/document";
import { signing } from "../../signers/words";
import type { Direction, Severity } from "../finding";
import { type Draft, loudest } from "./draft";

/** In the order in which they are evaluated; integrity cannot be overridden, only skipped with everything else. */
const VALIDATIONS: readonly ValidationType[] = ["authenticity", "authenticTimestamp", "expiry", "revocation"];
const RANK: readonly ValidationAction[] = ["skip", "log", "enforce"];

interface Change {
  readonly validation: ValidationType;
  readonly before: ValidationAction;
  readonly after: ValidationAction;
}

/** What is done about each failed validation, as it is in effect: level and overrides together. */
export function compareStrictness(base: Statement, head: Statement, scopes: readonly string[]): Draft[] {
  const common = { statement: head.declared.name, scopes };
  const [before, after] = [base.declared.signatureVerification.level, head.declared.signatureVerification.level];
  if (isSkip(base) && isSkip(head)) return [];
  if (isSkip(head)) {
    const say = (where: string) =>
      `nothing is verified any more for ${where}: the level goes from ${before} to skip, so that any image passes, signed or not.`;
    return [
      {
        ...common,
        kind: "level-weakened",
        severity: "critical",
        direction: "widens",
        subject: "skip",
        before,
        after,
        say,
      },
    ];
  }
  if (isSkip(base)) {
    const say = (where: string) =>
      `${where} must be signed from now on, where nothing was verified: ${signing(head)}, and the level is ${after}.`;
    return [
      {
        ...common,
        kind: "level-strengthened",
        severity: "low",
        direction: "narrows",
        subject: after,
        before,
        after,
        say,
      },
    ];
  }
  const changes = VALIDATIONS.map((validation) => ({
    validation,
    before: base.enforcement[validation],
    after: head.enforcement[validation],
  }));
  const weakened = changes.filter((change) => RANK.indexOf(change.after) < RANK.indexOf(change.before));
  const strengthened = changes.filter((change) => RANK.indexOf(change.after) > RANK.indexOf(change.before));
  const byLevel = before !== after;
  return [
    ...(byLevel && weakened.length > 0
      ? [levelDraft("level-weakened", weakened, { before, after })]
      : weakened.map((change) => validationDraft("validation-weakened", change))),
    ...(byLevel && weakened.length === 0 && strengthened.length > 0
      ? [levelDraft("level-strengthened", strengthened, { before, after })]
      : strengthened.map((change) => validationDraft("validation-strengthened", change))),
  ].map((draft) => ({ ...common, ...draft }));
}

type Strictness = Omit<Draft, "statement" | "scopes">;

function levelDraft(
  kind: "level-weakened" | "level-strengthened",
  changes: readonly Change[],
  levels: { before: string; after: string },
): Strictness {
  return {
    kind,
    severity: loudest(changes.map(loudness)),
    direction: changes.map(directionOf).find((direction) => direction !== "neutral") ?? "neutral",
    subject: levels.after,
    ...levels,
    say: (where) => `the level of ${where} goes from ${levels.before} to ${levels.after}; ${consequences(changes)}.`,
  };
}

function validationDraft(kind: "validation-weakened" | "validation-strengthened", change: Change): Strictness {
  const { validation, before, after } = change;
  return {
    kind,
    severity: loudness(change),
    direction: directionOf(change),
    subject: validation,
    before,
    after,
    say: (where) =>
      `the check of ${validation} for ${where} goes from ${before} to ${after}; ${consequences([change])}.`,
  };
}

/** Only what goes to or from `enforce` changes a verdict. */
function directionOf({ before, after }: Change): Direction {
  if (before === "enforce") return "widens";
  return after === "enforce" ? "narrows" : "neutral";
}

function loudness(change: Change): Severity {
  const direction = directionOf(change);
  if (direction === "widens") return change.validation === "authenticity" ? "critical" : "high";
  return direction === "narrows" ? "low" : change.after === "skip" ? "low" : "info";
}

const WHAT: Readonly<Record<ValidationType, string>> = {
  integrity: "altered signatures",
  authenticity: "signatures of anybody, trusted or not",
  authenticTimestamp: "signatures whose certificate has expired, or that lack the time stamp asked for",
  expiry: "signatures past their own expiry",
  revocation: "signatures whose certificate is revoked, or may be",
};

/** Each outcome once, with all that it befalls. */
function consequences(changes: readonly Change[]): string {
  const outcomes = [...new Set(changes.map(outcome))];
  return outcomes
    .map((text) => {
      const what = changes.filter((change) => outcome(change) === text).map(({ validation }) => WHAT[validation]);
      return `${text}: ${what.join("; ")}`;
    })
    .join(". And ");
}

function outcome({ before, after }: Change): string {
  if (after === "enforce") return "from now on these are refused";
  if (before === "enforce") return `from now on these pass${after === "log" ? " and are only logged" : " unseen"}`;
  return after === "skip" ? "these are not even logged any more" : "these are logged from now on";
}
