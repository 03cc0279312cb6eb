import { quoted } from "../quoted";
import { type DistinguishedName, isSubset, parseDistinguishedName } from "./distinguishedName";
import { TrustPolicyError } from "./error";

const PREFIX = "x509.subject";

/** The trusted identities of a statement: any signer, or leaf subjects that contain one of these names. */
export type TrustedIdentities = "any" | readonly DistinguishedName[];

/**
 * trust-store-trust-policy.md § Trusted Identities Constraints. Stricter than notation-go in one point: it lets an
 * identity of another type
 * pass, for a plugin to judge; here nothing would judge it, so it is refused.
 * @throws TrustPolicyError
 */
export function parseTrustedIdentities(identities: readonly string[], statement: string): TrustedIdentities {
  if (identities.includes("*")) {
    if (identities.length === 1) return "any";
    throw new TrustPolicyError(
      "TRUSTED_IDENTITY_WILDCARD_NOT_ALONE",
      `${statement}: the trusted identity "*" stands beside others; keep it or them`,
    );
  }
  const names = identities.map((identity) => parseTrustedIdentity(identity, statement));
  const overlap = overlapOf(names);
  if (overlap === undefined) return names;
  throw new TrustPolicyError(
    "TRUSTED_IDENTITIES_OVERLAP",
    `${statement}: the trusted identity ${quoted(identities[overlap.wide])} includes ${quoted(identities[overlap.narrow])}; remove one`,
  );
}

/**
 * The first name that is a subset of another one, by their places. Only names that share its rarest attribute can include it: to
 * compare each with each takes minutes where there are thousands.
 */
function overlapOf(names: readonly DistinguishedName[]): { wide: number; narrow: number } | undefined {
  const holders = new Map<string, [number, DistinguishedName][]>();
  for (const [index, name] of names.entries()) {
    for (const attribute of attributesOf(name)) {
      const known = holders.get(attribute);
      if (known) known.push([index, name]);
      else holders.set(attribute, [[index, name]]);
    }
  }
  for (const [wide, name] of names.entries()) {
    const [rarest = []] = attributesOf(name)
      .map((attribute) => holders.get(attribute) ?? [])
      .sort((one, other) => one.length - other.length);
    const found = rarest.find(([index, other]) => index !== wide && isSubset(name, other));
    if (found) return { wide, narrow: found[0] };
  }
  return undefined;
}

/** An empty value counts as absent, see `isSubset`; C, ST and O are always there. */
function attributesOf(name: DistinguishedName): string[] {
  return [...name].filter(([, value]) => value !== "").map((attribute) => JSON.stringify(attribute));
}

function parseTrustedIdentity(identity: string, statement: string): DistinguishedName {
  if (identity === "")
    throw new TrustPolicyError("TRUSTED_IDENTITY_EMPTY", `${statement} has an empty trusted identity: remove it`);
  const colon = identity.indexOf(":");
  const shape = `write "${PREFIX}: C=…, ST=…, O=…"`;
  if (colon < 0)
    throw new TrustPolicyError(
      "TRUSTED_IDENTITY_MALFORMED",
      `${statement}: the trusted identity ${quoted(identity)} has no ":": ${shape}`,
    );
  if (identity.slice(0, colon) !== PREFIX) {
    throw new TrustPolicyError(
      "TRUSTED_IDENTITY_TYPE_UNSUPPORTED",
      `${statement}: the trusted identity ${quoted(identity)} is not of the type ${PREFIX}: ${shape}`,
    );
  }
  if (colon === identity.length - 1) {
    throw new TrustPolicyError(
      "TRUSTED_IDENTITY_MALFORMED",
      `${statement}: the trusted identity ${quoted(identity)} has no value: ${shape}`,
    );
  }
  return parseDistinguishedName(identity.slice(colon + 1));
}
