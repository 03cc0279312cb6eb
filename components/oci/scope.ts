export type RepositoryAction = "pull" | "pull,push" | "delete,pull";

/** What a request needs to be allowed to do. Source: Distribution's token scope documentation. */
export type Scope = { repository: string; actions: RepositoryAction } | typeof CATALOG_SCOPE;

/** To list a registry's repositories. */
export const CATALOG_SCOPE = "registry:catalog:*";

const MAX_SCOPES = 10;
const MAX_LENGTH = 1024;

/** `repository:<name>:<actions>`, or the catalog's. */
export function formatScope(scope: Scope): string {
  return typeof scope === "string" ? scope : `repository:${scope.repository}:${scope.actions}`;
}

/**
 * One text for each resource that `scope` or the challenge of the registry names, with the actions of both: a registry may need
 * more than its client knows of. Source: Distribution's token authentication specification § Requesting a Token.
 */
export function mergeScopes(scope: Scope, challenged: string | undefined): string[] {
  const actions = new Map<string, Set<string>>();
  const asked = (challenged ?? "").slice(0, MAX_LENGTH).split(" ").slice(0, MAX_SCOPES);
  for (const text of [formatScope(scope), ...asked]) {
    const colon = text.lastIndexOf(":");
    const resource = text.slice(0, colon);
    if (colon < 1 || !/^[a-z0-9()]+:[\x21-\x7e]+$/.test(resource)) {
      continue;
    }
    const known = actions.get(resource) ?? new Set();
    actions.set(resource, known);
    for (const action of text.slice(colon + 1).split(",")) known.add(action);
  }
  return [...actions].map(([resource, known]) => `${resource}:${[...known].join(",")}`);
}
