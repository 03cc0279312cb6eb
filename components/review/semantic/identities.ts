import { isSkip, type Statement } from "../../notary/trust/declaration";
import type { DistinguishedName } from "../../notary/trust/distinguishedName";
import { canBeHeld, includes, isSameName, signingAnchors } from "../../signers/signers";
import { listed, names, nameText } from "../../signers/words";
import type { Direction, Severity } from "../finding";
import { gained, lost } from "./direction";
import type { Draft } from "./draft";
import { logged, quieted } from "./quiet";
import { wildcardAdded } from "./wildcard";

/** How the trusted identities of the statement that applies changed, by what subjects they contain, not as texts. */
export function compareIdentities(base: Statement, head: Statement, scopes: readonly string[]): Draft[] {
  const common = { statement: head.declared.name, scopes };
  const [before, after] = [base.trustedIdentities, head.trustedIdentities];
  if (isSkip(head)) return [];
  if (after === "any") return before === "any" ? [] : [wildcardAdded(base, head, common)];
  if (isSkip(base)) return [];
  if (before === "any") {
    const say = (where: string) =>
      `only those whose certificate has ${names(after)} may sign ${where} from now on, and no longer anybody with a trusted certificate${logged(head)}.`;
    const severity = quieted(head, "medium");
    const text = after.map(nameText).join("; ");
    return [
      {
        ...common,
        kind: "identity-wildcard-removed",
        severity,
        direction: lost(base, head),
        subject: "*",
        before: "*",
        after: text,
        say,
      },
    ];
  }
  return compareNames(base, head, before, after).map((draft) => ({ ...common, ...draft }));
}

type Named = Omit<Draft, "statement" | "scopes">;

function compareNames(
  base: Statement,
  head: Statement,
  before: readonly DistinguishedName[],
  after: readonly DistinguishedName[],
): Named[] {
  const gone = before.filter((name) => !after.some((other) => isSameName(name, other)));
  const come = after.filter((name) => !before.some((other) => isSameName(name, other)));
  const widened = come.filter((name) => gone.some((old) => includes(name, old)));
  const narrowed = gone.filter((old) => come.some((name) => includes(old, name)));
  const added = come.filter((name) => !widened.includes(name) && !narrowed.some((old) => includes(old, name)));
  const removed = gone.filter((old) => !narrowed.includes(old) && !widened.some((name) => includes(name, old)));
  return [
    ...widened.map((name) =>
      widening(
        base,
        head,
        name,
        gone.filter((old) => includes(name, old)),
      ),
    ),
    ...narrowed.map((old) =>
      narrowing(
        base,
        head,
        old,
        come.filter((name) => includes(old, name)),
      ),
    ),
    ...added.map((name): Named => {
      const who = `anybody whose certificate has ${nameText(name)}`;
      const say = (where: string) => `${who} may sign ${where} from now on${unheld(name, head)}${logged(head)}.`;
      const direction = gained(base, { ...head, trustedIdentities: [name] });
      return { kind: "identity-added", severity: loudness(head, direction), direction, subject: nameText(name), say };
    }),
    ...removed.map((old): Named => {
      const say = (where: string) =>
        `anybody whose certificate has ${nameText(old)} may no longer sign ${where}${logged(head)}.`;
      const direction = lost({ ...base, trustedIdentities: [old] }, head);
      return { kind: "identity-removed", severity: loudness(head, direction), direction, subject: nameText(old), say };
    }),
  ];
}

function widening(base: Statement, head: Statement, name: DistinguishedName, old: readonly DistinguishedName[]): Named {
  const direction = gained(base, { ...head, trustedIdentities: [name] });
  const only = listed(
    old.map((narrow) => difference(narrow, name)),
    "or",
  );
  return {
    kind: "identity-widened",
    severity: loudness(head, direction),
    direction,
    subject: nameText(name),
    before: old.map(nameText).join("; "),
    after: nameText(name),
    say: (where) =>
      `anybody whose certificate has ${nameText(name)} may sign ${where} from now on, and not only those with ${only}${unheld(name, head)}${logged(head)}.`,
  };
}

function narrowing(
  base: Statement,
  head: Statement,
  old: DistinguishedName,
  names: readonly DistinguishedName[],
): Named {
  const direction = lost({ ...base, trustedIdentities: [old] }, head);
  const only = listed(
    names.map((narrow) => difference(narrow, old)),
    "or",
  );
  return {
    kind: "identity-narrowed",
    severity: loudness(head, direction),
    direction,
    subject: nameText(old),
    before: nameText(old),
    after: names.map(nameText).join("; "),
    say: (where) =>
      `of those whose certificate has ${nameText(old)}, only those that have ${only} as well may sign ${where} from now on${logged(head)}.`,
  };
}

/** What `narrow` asks for beyond `wide`. */
function difference(narrow: DistinguishedName, wide: DistinguishedName): string {
  return nameText(new Map([...narrow].filter(([type]) => !wide.has(type))));
}

function loudness(head: Statement, direction: Direction): Severity {
  const severities: Record<Direction, Severity> = { widens: "high", narrows: "medium", neutral: "low" };
  return quieted(head, severities[direction]);
}

function unheld(name: DistinguishedName, head: Statement): string {
  return canBeHeld(name, signingAnchors(head))
    ? ""
    : "; no certificate that the statement trusts can have that name as it stands";
}
