import { hostOf } from "../components/harbor/installation/layout";
import type { TrustPolicyDocument } from "../components/notary/trust/document";
import type { ConfigProblem } from "./error";
import type { ReadableConfig } from "./readableConfig";

/**
 * Each image has a statement of the committed trust policy: without one it never verifies, which an `up` would find out only
 * after Harbor is there. Source: trust-store-trust-policy.md § Selecting a trust policy to verify a signed OCI artifact.
 */
export function checkScopes(config: ReadableConfig, policy: TrustPolicyDocument, problems: ConfigProblem[]): void {
  const { hostname, httpsPort, images } = config;
  const scopes = policy.trustPolicies.flatMap(({ registryScopes }) => registryScopes);
  if (hostname === undefined || scopes.includes("*")) return;
  const host = hostOf({ hostname, ...(httpsPort && { httpsPort }) });
  const wanted = images.map(
    ({ project, name, repository = name }) => project && repository && `${host}/${project}/${repository}`,
  );
  const uncovered = wanted.flatMap((scope, index) => (scope && !scopes.includes(scope) ? [{ scope, index }] : []));
  const [first] = uncovered;
  if (first === undefined) return;
  const known = scopes.join(", ");
  if (!scopes.some((scope) => scope.startsWith(`${host}/`))) {
    const message = `is "${hostname}", but the committed trust policy has no registry scope of ${host} (there: ${known}), so that no image could verify; write its scopes in trustpolicy.json, e.g. ${first.scope}`;
    problems.push({ key: "hostname", message });
    return;
  }
  for (const { scope, index } of uncovered) {
    const message = `is ${scope}, which no registry scope of the committed trust policy covers (there: ${known}), so that it could not verify; add it to a statement in trustpolicy.json`;
    problems.push({ key: `images[${index}]`, message });
  }
}
