import { effectsOf, type StatementEffect } from "../enforcement/effects";
import type { Statement } from "../notary/trust/declaration";
import { listed } from "../signers/words";
import { readValue } from "./readable";
import type { EnforcerEffect } from "./report/report";
import { continuations } from "./semantic/rules";
import { stackNames, trustSides } from "./state/sides";
import type { StackState, TrustState } from "./state/state";

/** What each enforcer makes of the statements that changed; those of which it makes the same are told as one. */
export function enforcerEffects(base: TrustState, head: TrustState): EnforcerEffect[] {
  return stackNames(base, head).flatMap((stack) =>
    together(effectsOfStack(stack, base.stacks.get(stack), head.stacks.get(stack))),
  );
}

function together(effects: readonly StatementEffect[]): EnforcerEffect[] {
  const groups = new Map<string, StatementEffect[]>();
  for (const each of effects) {
    const key = JSON.stringify([each.enforcer, each.fidelity, each.change, each.effect]);
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  return [...groups.values()].flatMap(([first, ...others]) => {
    if (first === undefined) return [];
    const { enforcer, stack, fidelity, change, effect } = first;
    const statements = [first, ...others].map(({ statement }) => statement);
    const noun = statements.length === 1 ? "statement" : "statements";
    const names = listed(statements.map((name) => `"${name}"`));
    const sentence = `In ${stack}, for the ${change} ${noun} ${names}: ${effect}.`;
    return [{ enforcer, stack, statements, fidelity, sentence }];
  });
}

function effectsOfStack(stack: string, base: StackState | undefined, head: StackState | undefined): StatementEffect[] {
  const { before, after } = trustSides(base, head);
  const continued = continuations(before, after);
  const kept = new Set(continued.values());
  return [
    ...(after?.statements ?? []).flatMap((statement) =>
      effectsOf({ stack, before: continued.get(statement), after: statement, gate: gateOf(statement, head) }),
    ),
    ...(before?.statements ?? [])
      .filter((statement) => !kept.has(statement))
      .flatMap((statement) => effectsOf({ stack, before: statement, gate: gateOf(statement, head) })),
  ];
}

/** What the gates of all projects in the statement's scopes ask for; undefined where Harbor has none of them. */
function gateOf({ declared }: Statement, state: StackState | undefined): string[] | undefined {
  const settings = readValue(state?.settings);
  const [first, ...others] = (settings?.projects ?? []).filter(({ name }) =>
    declared.registryScopes.some((scope) => scope === "*" || scope.startsWith(`${settings?.hostname}/${name}/`)),
  );
  return first?.contentTrust.filter((kind) => others.every(({ contentTrust }) => contentTrust.includes(kind)));
}
