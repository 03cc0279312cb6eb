import type { Certificate } from "./certificate";
import { CertificateError, type CertificateErrorCode } from "./error";
import { requireCa, requireSigningLeaf, requireTimestampingLeaf } from "./requirements";
import { KeyUsageFlags } from "./usage";

// What Go's crypto/x509 verifies; SHA-1 and MD5 are not among it (signature-specification.md § Other requirements).
const SIGNATURE_ALGORITHMS: ReadonlySet<string> = new Set([
  ...["RSASSA-PKCS1-v1_5", "RSA-PSS", "ECDSA"].flatMap((name) =>
    ["SHA-256", "SHA-384", "SHA-512"].map((hash) => `${name}/${hash}`),
  ),
  "Ed25519",
]);

/**
 * Checks a code signing chain, ordered from the leaf to the root and complete: signature-specification.md
 * § Certificate Requirements, in the order of notation-core-go ValidateCodeSigningCertChain. It says nothing about
 * trust.
 * @param signingTime when given, every certificate must be valid then (at signing; verification judges time in its
 * own step)
 * @throws CertificateError
 */
export function requireSigningChain(chain: readonly Certificate[], signingTime?: Date): void {
  requireChain(chain, signingTime, requireSigningLeaf, (certificate, below) => requireCa(certificate, below, true));
}

/**
 * Checks the chain of a time stamping authority, ordered from the leaf to the root and complete:
 * signature-specification.md § Certificate Requirements, in the order of notation-core-go
 * ValidateTimestampingCertChain.
 * @param time when given, every certificate must be valid then
 * @throws CertificateError
 */
export function requireTimestampingChain(chain: readonly Certificate[], time?: Date): void {
  requireChain(chain, time, requireTimestampingLeaf, (certificate, below) => requireCa(certificate, below, false));
}

function requireChain(
  chain: readonly Certificate[],
  signingTime: Date | undefined,
  requireLeaf: (leaf: Certificate) => void,
  requireIssuer: (ca: Certificate, below: number) => void,
): void {
  const [leaf, ...issuers] = chain;
  if (!leaf)
    throw new CertificateError(
      "CERTIFICATE_CHAIN_EMPTY",
      "the certificate chain is empty: give the leaf, its issuers and the root",
    );
  if (issuers.length === 0) {
    requireSelfSignedLeaf(leaf, signingTime);
    requireLeaf(leaf);
    return;
  }
  chain.forEach((certificate, index) => {
    requireValidAt(certificate, signingTime);
    requireIssued(certificate, chain[index + 1]);
    if (index === 0) requireLeaf(certificate);
    else requireIssuer(certificate, index - 1);
  });
}

/** Whether the certificate signed itself, whatever else its extensions say (a self-signed leaf is no CA). */
export function isSelfSigned(certificate: Certificate): boolean {
  return SIGNATURE_ALGORITHMS.has(certificate.signatureAlgorithm) && certificate.isSignedWith(certificate);
}

/**
 * Whether `issuer`, as a CA, issued `certificate`: constraints, signature, names (Go's CheckSignatureFrom, then the
 * names).
 */
export function isIssuedBy(certificate: Certificate, issuer: Certificate): boolean {
  const mayIssue =
    issuer.basicConstraints?.ca === true &&
    (issuer.keyUsage === undefined ||
      issuer.keyUsage.bits === 0 ||
      (issuer.keyUsage.bits & KeyUsageFlags.keyCertSign) !== 0);
  return (
    mayIssue &&
    SIGNATURE_ALGORITHMS.has(certificate.signatureAlgorithm) &&
    certificate.issuerDer.equals(issuer.subjectDer) &&
    certificate.isSignedWith(issuer)
  );
}

/** A chain of one is a self-signed signing certificate and meets the rules of a leaf. */
function requireSelfSignedLeaf(leaf: Certificate, signingTime: Date | undefined): void {
  requireAlgorithm(leaf);
  if (!isSelfSigned(leaf) || !leaf.subjectDer.equals(leaf.issuerDer)) {
    throw violation(
      "CERTIFICATE_CHAIN_ROOT_NOT_SELF_SIGNED",
      leaf,
      "is alone in its chain but not self-signed: add its issuers up to the root",
    );
  }
  requireValidAt(leaf, signingTime);
}

function requireIssued(certificate: Certificate, next: Certificate | undefined): void {
  requireAlgorithm(certificate);
  const root = isIssuedBy(certificate, certificate);
  if (!next) {
    if (root) return;
    throw violation(
      "CERTIFICATE_CHAIN_ROOT_NOT_SELF_SIGNED",
      certificate,
      "ends the chain but is not a self-signed root: add its issuers up to the root",
    );
  }
  if (root) {
    throw violation(
      "CERTIFICATE_CHAIN_EXTRA_SELF_SIGNED",
      certificate,
      "is self-signed but not the last of its chain: remove what follows or the certificate",
    );
  }
  if (!isIssuedBy(certificate, next)) {
    throw violation(
      "CERTIFICATE_CHAIN_NOT_ISSUED_BY_NEXT",
      certificate,
      `is not issued by the next one, ${JSON.stringify(next.subject)}: order the chain from leaf to root`,
    );
  }
}

function requireAlgorithm(certificate: Certificate): void {
  if (SIGNATURE_ALGORITHMS.has(certificate.signatureAlgorithm)) return;
  throw violation(
    "CERTIFICATE_SIGNATURE_ALGORITHM_UNSUPPORTED",
    certificate,
    `is signed with ${certificate.signatureAlgorithm}: have it issued with SHA-256 or stronger`,
  );
}

function requireValidAt(certificate: Certificate, time: Date | undefined): void {
  if (!time || (time >= certificate.notBefore && time <= certificate.notAfter)) return;
  throw violation(
    "CERTIFICATE_NOT_VALID_AT_SIGNING_TIME",
    certificate,
    `is valid from ${certificate.notBefore.toISOString()} to ${certificate.notAfter.toISOString()}, not at ${time.toISOString()}`,
  );
}

function violation(code: CertificateErrorCode, certificate: Certificate, what: string): CertificateError {
  return new CertificateError(
    code,
    `the certificate ${JSON.stringify(certificate.subject)} ${what} (signature-specification.md § Certificate Requirements > Other requirements)`,
  );
}
