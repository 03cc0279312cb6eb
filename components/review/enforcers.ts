import { effectsOf } from "../enforcement/effects";
import type { Statement } from "../notary/trust/declaration";
import type { EnforcerEffect } from "./report/report";
import { continuations } from "./semantic/rules";
import { stackNames, trustSides } from "./sides";
import type { StackState, TrustState } from "./state";

/** What each enforcer makes of each statement that changed. */
export function enforcerEffects(base: TrustState, head: TrustState): EnforcerEffect[] {
  return stackNames(base, head).flatMap((stack) =>
    effectsOfStack(stack, base.stacks.get(stack), head.stacks.get(stack)),
  );
}

function effectsOfStack(stack: string, base: StackState | undefined, head: StackState | undefined): EnforcerEffect[] {
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
  const settings = state?.settings && "value" in state.settings ? state.settings.value : undefined;
  const [first, ...others] = (settings?.projects ?? []).filter(({ name }) =>
    declared.registryScopes.some((scope) => scope === "*" || scope.startsWith(`${settings?.hostname}/${name}/`)),
  );
  return first?.contentTrust.filter((kind) => others.every(({ contentTrust }) => contentTrust.includes(kind)));
}
