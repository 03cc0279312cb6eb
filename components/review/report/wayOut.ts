/** Where a registry wants a login. */
const LOGIN: ReadonlySet<string> = new Set([
  "REGISTRY_UNAUTHORIZED",
  "REGISTRY_DENIED",
  "HARBOR_LOGIN_REFUSED",
  "HARBOR_FORBIDDEN",
  "HARBOR_LOGIN_MISSING",
]);

/**
 * What a reviewer can do about a cause for which images can't be had, beside what the error itself says; undefined where that is
 * all. A pull request's job has no login on purpose, so that "log in" is no help there.
 */
export function wayOutOf(code: string): string | undefined {
  if (!LOGIN.has(code)) return undefined;
  return "A job that has no login on purpose takes an inventory that needs none: a repository that anybody may pull from, or images and signatures copied to a folder (oci-layout:DIR=HOST/REPOSITORY).";
}
