import type { Statement, Trust } from "../../notary/trust/declaration";

/** What decides over the same repositories at both sides; undefined where nothing applies and every image fails. */
export interface RulePair {
  readonly base: Statement | undefined;
  readonly head: Statement | undefined;
  /** `*` stands for every repository that neither side names. */
  readonly scopes: readonly string[];
}

/** For each pair of statements the scopes that go from the one to the other; each scope that a side names is in one pair. */
export function rulePairs(base: Trust | undefined, head: Trust | undefined): RulePair[] {
  const named = [base, head].flatMap((trust) => trust?.policy.trustPolicies ?? []);
  const scopes = [...new Set([...named.flatMap(({ registryScopes }) => registryScopes), "*"])].sort();
  const pairs: (RulePair & { scopes: string[] })[] = [];
  for (const scope of scopes) {
    const rule = { base: ruleFor(base, scope), head: ruleFor(head, scope) };
    if (!rule.base && !rule.head) continue;
    const pair = pairs.find((known) => known.base === rule.base && known.head === rule.head);
    if (pair) pair.scopes.push(scope);
    else pairs.push({ ...rule, scopes: [scope] });
  }
  return pairs;
}

/** As `applicableStatement`, and for `*` the statement of all that no other names. */
export function ruleFor(trust: Trust | undefined, scope: string): Statement | undefined {
  const naming = (wanted: string) => trust?.statements.find(({ declared }) => declared.registryScopes.includes(wanted));
  return naming(scope) ?? naming("*");
}

/**
 * Which statement of the base a statement of the head continues: that of its name; else, renamed, the one of those left
 * over that shares most scopes with it.
 */
export function continuations(base: Trust | undefined, head: Trust | undefined): Map<Statement, Statement> {
  const before = base?.statements ?? [];
  const after = head?.statements ?? [];
  const found = new Map<Statement, Statement>();
  for (const statement of after) {
    const same = before.find(({ declared }) => declared.name === statement.declared.name);
    if (same) found.set(statement, same);
  }
  const taken = new Set(found.values());
  const candidates = after
    .filter((statement) => !found.has(statement))
    .flatMap((statement) => before.map((old) => ({ statement, old, shared: sharedScopes(statement, old) })))
    .filter(({ shared }) => shared > 0)
    .sort((left, right) => right.shared - left.shared);
  for (const { statement, old } of candidates) {
    if (found.has(statement) || taken.has(old)) continue;
    found.set(statement, old);
    taken.add(old);
  }
  return found;
}

function sharedScopes(left: Statement, right: Statement): number {
  return left.declared.registryScopes.filter((scope) => right.declared.registryScopes.includes(scope)).length;
}

export function isSkip(statement: Statement): boolean {
  return statement.declared.signatureVerification.level === "skip";
}
