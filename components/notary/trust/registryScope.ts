// The expressions of notation-go verifier/trustpolicy/oci.go validateRegistryScopeFormat, without the nested
// repetition that makes a
// backtracking engine slow. A later policy version may add scopes of a whole registry: this is the file to extend.
const LABEL = "[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?";
const DOMAIN = new RegExp(`^${LABEL}(?:\\.${LABEL})*(?::[0-9]+)?$`);
const COMPONENT = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";
const REPOSITORY = new RegExp(`^${COMPONENT}(?:/${COMPONENT})*$`);

/**
 * Whether a registry scope is a fully qualified repository: trust-store-trust-policy.md § OCI Trust Policy
 * Constraints.
 */
export function isRepositoryScope(scope: string): boolean {
  const slash = scope.indexOf("/");
  return slash > 0 && DOMAIN.test(scope.slice(0, slash)) && REPOSITORY.test(scope.slice(slash + 1));
}
