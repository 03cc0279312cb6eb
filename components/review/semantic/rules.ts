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
  const [before, after] = [byScope(base), byScope(head)];
  const scopes = [...new Set([...before.keys(), ...after.keys(), "*"])].sort();
  const pairs = new Map<string, RulePair & { scopes: string[] }>();
  for (const scope of scopes) {
    const rule = { base: before.get(scope) ?? before.get("*"), head: after.get(scope) ?? after.get("*") };
    if (!rule.base && !rule.head) continue;
    const key = JSON.stringify([rule.base?.declared.name, rule.head?.declared.name]);
    const pair = pairs.get(key);
    if (pair) pair.scopes.push(scope);
    else pairs.set(key, { ...rule, scopes: [scope] });
  }
  return [...pairs.values()];
}

/** The statement that names each scope; no two name one. */
export function byScope(trust: Trust | undefined): Map<string, Statement> {
  const statements = trust?.statements ?? [];
  return new Map(
    statements.flatMap((statement) => statement.declared.registryScopes.map((scope) => [scope, statement])),
  );
}

/**
 * Which statement of the base a statement of the head continues: that of its name; else, renamed, the one of those left
 * over that shares most scopes with it.
 */
export function continuations(base: Trust | undefined, head: Trust | undefined): Map<Statement, Statement> {
  const byName = new Map(base?.statements.map((statement) => [statement.declared.name, statement]));
  const found = new Map<Statement, Statement>();
  for (const statement of head?.statements ?? []) {
    const same = byName.get(statement.declared.name);
    if (same) found.set(statement, same);
  }
  const taken = new Set(found.values());
  const before = byScope(base);
  const candidates = (head?.statements ?? [])
    .filter((statement) => !found.has(statement))
    .flatMap((statement) => [...sharedScopes(statement, before)].map(([old, shared]) => ({ statement, old, shared })))
    .sort((left, right) => right.shared - left.shared);
  for (const { statement, old } of candidates) {
    if (found.has(statement) || taken.has(old)) continue;
    found.set(statement, old);
    taken.add(old);
  }
  return found;
}

/** How many scopes of the statement each one of `others` names. */
function sharedScopes(statement: Statement, others: ReadonlyMap<string, Statement>): Map<Statement, number> {
  const shared = new Map<Statement, number>();
  for (const scope of statement.declared.registryScopes) {
    const other = others.get(scope);
    if (other) shared.set(other, (shared.get(other) ?? 0) + 1);
  }
  return shared;
}
