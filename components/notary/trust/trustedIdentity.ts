import { quoted } from "../quoted";
import { type DistinguishedName, parseDistinguishedName } from "./distinguishedName";
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
 * The first name that is a subset of another one, by their places. Names of the same attribute types are looked up by their values:
 * to compare each with each takes minutes where there are thousands.
 */
function overlapOf(names: readonly DistinguishedName[]): { wide: number; narrow: number } | undefined {
  const groups = new Map<string, { types: readonly string[]; byValues: Map<string, number> }>();
  for (const [index, name] of names.entries()) {
    const types = [...name.keys()].sort();
    const group = groups.get(JSON.stringify(types)) ?? { types, byValues: new Map<string, number>() };
    groups.set(JSON.stringify(types), group);
    const values = valuesOf(name, types);
    if (!group.byValues.has(values)) group.byValues.set(values, index);
  }
  let first: { wide: number; narrow: number } | undefined;
  for (const { types, byValues } of groups.values()) {
    for (const [narrow, name] of names.entries()) {
      const wide = byValues.get(valuesOf(name, types));
      if (wide === undefined || wide === narrow || (first && wide >= first.wide)) continue;
      first = { wide, narrow };
    }
  }
  return first;
}

/** As `isSubset` compares them. */
function valuesOf(name: DistinguishedName, types: readonly string[]): string {
  return JSON.stringify(types.map((type) => name.get(type) ?? ""));
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
