import { effectsOf } from "../enforcement/effects";
import type { Statement } from "../notary/trust/declaration";
import type { EnforcerEffect } from "./report/report";
import { compare } from "./semantic/draft";
import { continuations } from "./semantic/rules";
import type { StackState, TrustState } from "./state";

/** What each enforcer makes of each statement that changed; a stack whose trust is unreadable at one side has none. */
export function enforcerEffects(base: TrustState, head: TrustState): EnforcerEffect[] {
  const stacks = [...new Set([...base.stacks.keys(), ...head.stacks.keys()])].sort(compare);
  return stacks.flatMap((stack) => effectsOfStack(stack, base.stacks.get(stack), head.stacks.get(stack)));
}

function effectsOfStack(stack: string, base: StackState | undefined, head: StackState | undefined): EnforcerEffect[] {
  const sides = [base?.trust, head?.trust];
  if (sides.some((side) => side && "problem" in side)) return [];
  const [before, after] = sides.map((side) => (side && "value" in side ? side.value : undefined));
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
  const settings = state?.settings && "value" in state.settings ? state.settings.value : undefined;
  const [first, ...others] = (settings?.projects ?? []).filter(({ name }) =>
    declared.registryScopes.some((scope) => scope === "*" || scope.startsWith(`${settings?.hostname}/${name}/`)),
  );
  return first?.contentTrust.filter((kind) => others.every(({ contentTrust }) => contentTrust.includes(kind)));
}
