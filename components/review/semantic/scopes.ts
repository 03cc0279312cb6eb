import type { Statement } from "../../notary/trust/declaration";
import { letsMorePass } from "../../signers/signers";
import { listed, places, signing } from "../../signers/words";
import type { Severity } from "../finding";
import { type Draft, loudest, overall } from "./draft";
import type { RulePair } from "./rules";

/** A pair of statements with what else changed between them. */
export interface ComparedPair {
  readonly pair: RulePair;
  readonly details: readonly Draft[];
}

/** Which statement decides over which repositories from now on; `continued` is of `continuations`. */
export function compareScopes(pairs: readonly ComparedPair[], continued: ReadonlyMap<Statement, Statement>): Draft[] {
  const kept = new Set(continued.values());
  return pairs.flatMap(({ pair, details }) => {
    const { base, head } = pair;
    const isNew = head !== undefined && !continued.has(head);
    const ends = base !== undefined && !kept.has(base);
    const [was, is] = [base, head].map((statement) => new Set(statement?.declared.registryScopes));
    const continues = head !== undefined && continued.get(head) === base;
    const kinds = pair.scopes.map((scope) =>
      kindOf(was?.has(scope) ?? false, is?.has(scope) ?? false, head, continues),
    );
    return KINDS.flatMap((kind) => {
      const scopes = pair.scopes.filter((_, index) => kinds[index] === kind);
      // Told by the finding for the whole statement.
      const told = (kind === "scope-added" && isNew) || (kind === "scope-removed" && ends);
      return told || scopes.length === 0 ? [] : [scopeDraft(kind, scopes, pair, details)];
    });
  });
}

const KINDS = ["scope-added", "scope-removed", "scope-moved", "scope-falls-through"] as const;
type ScopeKind = (typeof KINDS)[number];

/** By whether the two statements name the scope themselves, or apply by `*`. */
function kindOf(was: boolean, is: boolean, head: Statement | undefined, continues: boolean): ScopeKind | undefined {
  if (was && is) return continues ? undefined : "scope-moved";
  if (is) return "scope-added";
  return head ? "scope-falls-through" : "scope-removed";
}

function scopeDraft(kind: ScopeKind, scopes: readonly string[], pair: RulePair, details: readonly Draft[]): Draft {
  const { base, head } = pair;
  const [before, after] = [base?.declared.name, head?.declared.name];
  const effect =
    details.length > 0 ? "" : ", where the same signers may sign as before and failures are treated as before";
  const may = head ? signing(head) : "";
  const says: Record<ScopeKind, (where: string) => string> = {
    "scope-added": (where) =>
      base
        ? `the statement "${after}" decides over ${where} from now on, and no longer "${before}": ${may}${effect}.`
        : `the statement "${after}" decides over ${where} from now on, where nothing was trusted: ${may}.`,
    "scope-removed": (where) =>
      `no statement applies to ${where} any more ("${before}" did): every image there fails verification.`,
    "scope-moved": (where) =>
      `the statement "${after}" decides over ${where} from now on, and no longer "${before}"${effect}.`,
    "scope-falls-through": (where) =>
      `the statement "${before}" no longer names ${where}, so that "${after}", the one for "*", decides there: ${may}${effect}.`,
  };
  const statement = after ?? before;
  return {
    kind,
    ...judged(pair, details),
    ...(statement !== undefined && { statement }),
    scopes,
    ...(scopes.length === 1 && { subject: scopes[0] }),
    ...(before !== undefined && { before }),
    ...(after !== undefined && { after }),
    say: says[kind],
  };
}

const WITHOUT_EFFECT = { severity: "info", direction: "neutral" } as const;

/** As loud as the loudest thing that changes with it. */
function judged({ base, head }: RulePair, details: readonly Draft[]): Pick<Draft, "severity" | "direction"> {
  if (!head) return base && admits(base) ? { severity: "medium", direction: "narrows" } : WITHOUT_EFFECT;
  if (!base) return { severity: introduced(head), direction: admits(head) ? "widens" : "neutral" };
  return {
    severity: loudest(details.map(({ severity }) => severity)),
    direction: overall(details.map(({ direction }) => direction)),
  };
}

/** Whether anything passes under the statement, where nothing does without one. */
function admits(statement: Statement): boolean {
  return isOpen(statement) || letsMorePass(undefined, statement);
}

function isOpen({ enforcement }: Statement): boolean {
  return enforcement.authenticity !== "enforce";
}

function introduced(head: Statement): Severity {
  return isOpen(head) || head.trustedIdentities === "any" ? "critical" : "high";
}

/** Statements that are new, gone or renamed. */
export function compareStatements(
  pairs: readonly ComparedPair[],
  base: readonly Statement[],
  head: readonly Statement[],
  continued: ReadonlyMap<Statement, Statement>,
): Draft[] {
  const kept = new Set(continued.values());
  return [
    ...head.filter((statement) => !continued.has(statement)).map((statement) => statementAdded(statement, pairs)),
    ...base.filter((statement) => !kept.has(statement)).map((statement) => statementRemoved(statement, pairs)),
    ...[...continued]
      .filter(([after, before]) => after.declared.name !== before.declared.name)
      .map(([after, before]): Draft => {
        const [from, to] = [before.declared.name, after.declared.name];
        const say = () =>
          `the statement "${from}" has the name "${to}" from now on, which changes no verdict by itself.`;
        const change = { statement: to, subject: to, before: from, after: to };
        return { kind: "statement-renamed", severity: "info", direction: "neutral", ...change, say };
      }),
  ];
}

function statementAdded(head: Statement, pairs: readonly ComparedPair[]): Draft {
  const own = pairs.filter(({ pair }) => pair.head === head);
  const judgements = own.map(({ pair, details }) => judged(pair, details));
  const { name, signatureVerification, registryScopes } = head.declared;
  return {
    kind: "statement-added",
    severity: loudest(judgements.map(({ severity }) => severity)),
    direction: overall(judgements.map(({ direction }) => direction)),
    statement: name,
    scopes: registryScopes,
    subject: name,
    after: name,
    say: (where) =>
      `the new statement "${name}" with the level ${signatureVerification.level} decides over ${where}: ${signing(head)}.`,
  };
}

function statementRemoved(base: Statement, pairs: readonly ComparedPair[]): Draft {
  const { name, registryScopes } = base.declared;
  const lost = pairs.filter(({ pair }) => pair.base === base && !pair.head).flatMap(({ pair }) => pair.scopes);
  const heirs = pairs.flatMap(({ pair }) => (pair.base === base && pair.head ? [pair.head.declared.name] : []));
  const there = lost.length === registryScopes.length ? "there" : `to ${places(lost)}`;
  const fails = lost.length > 0 ? `, and no other applies ${there}: every image there fails verification` : "";
  const goes = heirs.length > 0 ? `; ${listed(heirs.map((heir) => `"${heir}"`))} decides in its place` : "";
  return {
    kind: "statement-removed",
    ...(lost.length > 0 ? judged({ base, head: undefined, scopes: lost }, []) : WITHOUT_EFFECT),
    statement: name,
    scopes: registryScopes,
    subject: name,
    before: name,
    say: (where) => `the statement "${name}" for ${where} is gone${fails}${goes}.`,
  };
}
