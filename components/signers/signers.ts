import type { Certificate } from "../notary/certificates/certificate";
import { isIssuedBy, isSelfSigned } from "../notary/certificates/chain";
import { isSkip, type Statement } from "../notary/trust/declaration";
import { type DistinguishedName, isSubset, parseDistinguishedName } from "../notary/trust/distinguishedName";
import { TrustPolicyError } from "../notary/trust/error";
import type { TrustedIdentities } from "../notary/trust/trustedIdentity";
import { anchorRole } from "./certificateFacts";

// Who passes the validation "authenticity" (trust-store-trust-policy.md § Steps), as a set that can be compared: a
// certificate of the chain is an anchor of the scheme's type, and the leaf's subject contains a trusted identity.

export const SIGNING_STORES = ["ca", "signingAuthority"] as const;
export type SigningStore = (typeof SIGNING_STORES)[number];

/** Whether somebody passes `to` who did not pass `from`. No statement lets nobody pass, `skip` everybody. */
export function letsMorePass(from: Statement | undefined, to: Statement | undefined): boolean {
  if (!to || (from && isSkip(from))) return false;
  if (isSkip(to)) return true;
  return SIGNING_STORES.some((type) => to.certificates[type].some((anchor) => isNewBy(anchor, type, from, to)));
}

function isNewBy(anchor: Certificate, type: SigningStore, from: Statement | undefined, to: Statement): boolean {
  const known = from !== undefined && isCovered(anchor, from.certificates[type]);
  const before = known ? from.trustedIdentities : [];
  if (anchorRole(anchor) !== "leaf") return !areCovered(to.trustedIdentities, before);
  return matches(to.trustedIdentities, anchor.subject) && !matches(before, anchor.subject);
}

/**
 * Whether everybody under the anchor is under one of `anchors`, too: it is one of them, or one of them issued it. A root ends its
 * chains: another certificate for its key is in none of them, though it seems to have issued it.
 */
export function isCovered(anchor: Certificate, anchors: readonly Certificate[]): boolean {
  const isRoot = isSelfSigned(anchor);
  return anchors.some((other) => other.thumbprint === anchor.thumbprint || (!isRoot && isKnownIssuer(other, anchor)));
}

const issuers = new WeakMap<Certificate, Map<string, boolean>>();

/** A signature is checked once, however many statements trust by the two. */
function isKnownIssuer(issuer: Certificate, certificate: Certificate): boolean {
  const known = issuers.get(certificate) ?? new Map<string, boolean>();
  issuers.set(certificate, known);
  const is = known.get(issuer.thumbprint) ?? isIssuedBy(certificate, issuer);
  known.set(issuer.thumbprint, is);
  return is;
}

/** Whether each subject of `identities` is one of `others`. */
export function areCovered(identities: TrustedIdentities, others: TrustedIdentities): boolean {
  if (others === "any") return true;
  return identities !== "any" && identities.every((identity) => others.some((other) => includes(other, identity)));
}

/**
 * Whether each subject that contains `narrow` contains `wide`. An empty value asks for the attribute to be absent, so it
 * has to be said by both.
 */
export function includes(wide: DistinguishedName, narrow: DistinguishedName): boolean {
  return [...wide].every(([type, value]) => narrow.has(type) && narrow.get(type) === value);
}

export function isSameName(left: DistinguishedName, right: DistinguishedName): boolean {
  return left.size === right.size && includes(left, right);
}

/** Whether a certificate of this subject is one of the identities, as the core judges it. */
export function matches(identities: TrustedIdentities, subject: string): boolean {
  if (identities === "any") return true;
  const name = nameOf(subject);
  return name !== undefined && identities.some((identity) => isSubset(identity, name));
}

function nameOf(subject: string): DistinguishedName | undefined {
  try {
    return parseDistinguishedName(subject);
  } catch (error) {
    if (error instanceof TrustPolicyError) return undefined;
    throw error;
  }
}

/** Whether at least one certificate under the anchors can have a subject that contains the identity. */
export function canBeHeld(identity: DistinguishedName | "any", anchors: readonly Certificate[]): boolean {
  const identities = identity === "any" ? identity : [identity];
  return anchors.some((anchor) => anchorRole(anchor) !== "leaf" || matches(identities, anchor.subject));
}

export function signingAnchors({ certificates }: Statement): Certificate[] {
  return SIGNING_STORES.flatMap((type) => certificates[type]);
}
