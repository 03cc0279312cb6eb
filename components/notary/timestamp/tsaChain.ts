import type { Certificate } from "../certificates/certificate";
import { isIssuedBy } from "../certificates/chain";
import { ExtensionType } from "../certificates/extension";
import { ExtendedKeyUsage } from "../certificates/usage";
import { quoted } from "../quoted";
import { TimestampError } from "./error";
import { formatInstant, type Instant, isValidAt } from "./instant";

// The way from a time stamping authority's certificate to a root of the tsa stores, as Go's x509.Certificate.Verify
// goes it: trust-store-trust-policy.md § Steps "Validate Authentic Timestamp".

/** Go's limit. */
const SIGNATURE_CHECKS_MAX = 100;

interface Search {
  roots: readonly Certificate[];
  intermediates: readonly Certificate[];
  at: Instant;
  signatureChecks: number;
}

/**
 * All chains from `leaf` to a root whose certificates are valid at the instant and may stamp time, the likeliest first.
 * At least one.
 * @throws TimestampError TIMESTAMP_NOT_TRUSTED; TIMESTAMP_CERTIFICATE_INVALID when a chain exists but is not one for
 * time stamps; TIMESTAMP_MALFORMED
 */
export function tsaChains(
  leaf: Certificate,
  { roots, intermediates, at }: Pick<Search, "roots" | "intermediates" | "at">,
): Certificate[][] {
  const unusable = whyUnusable(leaf, at);
  if (unusable !== undefined) throw notTrusted(leaf, unusable);
  const search: Search = { roots, intermediates: distinct(intermediates), at, signatureChecks: 0 };
  const anchored = roots.some(({ thumbprint }) => thumbprint === leaf.thumbprint);
  const chains = anchored ? [[leaf]] : chainsFrom([leaf], search);
  if (chains.length === 0) throw notTrusted(leaf, "leads to no root of the tsa trust stores");
  const usable = chains.filter((chain) => chain.every(mayStampTime) && !isConstrained(chain));
  if (usable.length > 0) return usable;
  throw new TimestampError(
    "TIMESTAMP_CERTIFICATE_INVALID",
    `the chain of the time stamping certificate ${quoted(leaf.subject)} is not one for time stamps: an extended key usage, or constraints on names or policies, forbid it`,
  );
}

function chainsFrom(chain: readonly Certificate[], search: Search): Certificate[][] {
  const toRoots = parentsOf(chain, search.roots, search, false).map((root) => [...chain, root]);
  const further = parentsOf(chain, search.intermediates, search, true);
  return [...toRoots, ...further.flatMap((parent) => chainsFrom([...chain, parent], search))];
}

/** Those of the candidates that issued the last of the chain and may stand above it, in Go's order. */
function parentsOf(
  chain: readonly Certificate[],
  candidates: readonly Certificate[],
  search: Search,
  requireCa: boolean,
): Certificate[] {
  const child = chain.at(-1);
  if (!child) return [];
  return candidates
    .filter(({ subjectDer }) => subjectDer.equals(child.issuerDer))
    .map((candidate) => ({ candidate, rank: rankOf(candidate, child) }))
    .sort((left, right) => left.rank - right.rank)
    .map(({ candidate }) => candidate)
    .filter((candidate) => {
      search.signatureChecks += 1;
      if (search.signatureChecks > SIGNATURE_CHECKS_MAX || isIn(chain, candidate)) return false;
      if (requireCa && !candidate.basicConstraints?.ca) return false;
      return isIssuedBy(child, candidate) && whyUnusable(candidate, search.at, chain.length - 1) === undefined;
    });
}

/** The key identifiers agree; one of the two has none; they differ. */
function rankOf(candidate: Certificate, child: Certificate): number {
  const { subjectKeyIdentifier: own = Buffer.alloc(0) } = candidate;
  const { authorityKeyIdentifier: wanted = Buffer.alloc(0) } = child;
  if (own.equals(wanted)) return 0;
  return own.length === 0 || wanted.length === 0 ? 1 : 2;
}

/** Why a certificate must not stand in a chain with so many CAs between it and the leaf. */
function whyUnusable(certificate: Certificate, at: Instant, below = -1): string | undefined {
  const [unknown] = certificate.unhandledCriticalExtensions;
  if (unknown !== undefined) return `has the critical extension ${unknown}, which is not known`;
  if (!isValidAt(certificate, at)) return `is not valid at ${formatInstant(at)}`;
  const pathLength = certificate.basicConstraints?.pathLength;
  if (pathLength !== undefined && below > pathLength) return "allows no chain of this length";
  return undefined;
}

/** A loop: the same name, key and alternative names. */
function isIn(chain: readonly Certificate[], candidate: Certificate): boolean {
  return chain.some(
    (certificate) =>
      certificate.subjectDer.equals(candidate.subjectDer) &&
      certificate.publicKeyBits.equals(candidate.publicKeyBits) &&
      alternativeNamesOf(certificate).equals(alternativeNamesOf(candidate)),
  );
}

function alternativeNamesOf(certificate: Certificate): Buffer {
  return certificate.extensions.get(ExtensionType.subjectAltName)?.value ?? Buffer.alloc(0);
}

/** Without the extension, all usages are allowed. */
function mayStampTime({ extendedKeyUsage }: Certificate): boolean {
  if (!extendedKeyUsage || extendedKeyUsage.length === 0) return true;
  const { timeStamping, anyExtendedKeyUsage } = ExtendedKeyUsage;
  return extendedKeyUsage.some((usage) => usage === timeStamping || usage === anyExtendedKeyUsage);
}

/**
 * Stricter than Go, which compares alternative names with a CA's name constraints, and certificate policies with policy
 * constraints. Time stamping certificates have no names of hosts or mailboxes; a chain where any of this could matter is
 * refused.
 */
function isConstrained(chain: readonly Certificate[]): boolean {
  const constrained = chain.findLastIndex(({ extensions }) => extensions.has(ExtensionType.nameConstraints));
  return (
    chain.some(({ extensions }) => extensions.has(ExtensionType.policyConstraints)) ||
    chain.slice(0, Math.max(constrained, 0)).some(({ extensions }) => extensions.has(ExtensionType.subjectAltName))
  );
}

function distinct(certificates: readonly Certificate[]): Certificate[] {
  return [...new Map(certificates.map((certificate) => [certificate.thumbprint, certificate])).values()];
}

function notTrusted({ subject }: Certificate, why: string): TimestampError {
  return new TimestampError(
    "TIMESTAMP_NOT_TRUSTED",
    `the time stamping certificate ${quoted(subject)} ${why}: use a trusted time stamping authority, or add its root to a tsa trust store`,
  );
}
