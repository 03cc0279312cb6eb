import type { Statement, Trust } from "../../notary/trust/declaration";
import type { StackSettings } from "../state/state";
import type { Draft } from "./draft";
import { continuations } from "./rules";

interface Side {
  readonly trust: Trust | undefined;
  readonly settings: StackSettings | undefined;
}

/** Statements whose repositories are all elsewhere than in the stack's registry, and were not so in base. */
export function compareReach(base: Side, head: Side): Draft[] {
  const continued = continuations(base.trust, head.trust);
  return (head.trust?.statements ?? []).flatMap((statement) => {
    const why = unreachable(statement, head.settings);
    const before = continued.get(statement);
    if (why === undefined || (before && unreachable(before, base.settings) !== undefined)) return [];
    const { name, registryScopes } = statement.declared;
    return [
      {
        kind: "statement-unreachable",
        severity: before ? "medium" : "low",
        direction: "neutral",
        statement: name,
        scopes: registryScopes,
        subject: name,
        say: (where: string) =>
          `the statement "${name}" decides over no image of the stack's registry: it names only ${where}, ${why}.`,
      } satisfies Draft,
    ];
  });
}

/** Why no image of the registry can be in the statement's scopes; undefined when one can, or when no registry is declared. */
function unreachable({ declared }: Statement, settings: StackSettings | undefined): string | undefined {
  const host = settings?.hostname;
  if (host === undefined || declared.registryScopes.includes("*")) return undefined;
  const here = declared.registryScopes.filter((scope) => scope.slice(0, scope.indexOf("/")) === host);
  if (here.length === 0) return `not at ${host}, where the registry is`;
  const projects = settings?.projects.map(({ name }) => name) ?? [];
  if (projects.length === 0 || here.some((scope) => projects.includes(scope.split("/")[1] ?? ""))) return undefined;
  return "in no project that the stack declares";
}
