import type { Certificate } from "./certificate";
import { CertificateError } from "./error";
import { type ChainPurpose, firstEnforcedViolation } from "./lint";

export { isIssuedBy, isSelfSigned } from "./issuance";

/**
 * Checks a code signing chain, ordered from the leaf to the root and complete: signature-specification.md
 * § Certificate Requirements, with the verdict of notation-core-go ValidateCodeSigningCertChain. It says nothing about
 * trust. Signatures of certificates are verified once; a chain that comes again costs microseconds.
 * @param signingTime when given, every certificate must be valid then (at signing; verification judges time in its
 * own step)
 * @throws CertificateError for the first rule that is broken; lintChain has all of them
 */
export function requireSigningChain(chain: readonly Certificate[], signingTime?: Date): void {
  requireChain(chain, "codeSigning", signingTime);
}

/**
 * Checks the chain of a time stamping authority likewise, with the verdict of notation-core-go
 * ValidateTimestampingCertChain.
 * @param time when given, every certificate must be valid then
 * @throws CertificateError
 */
export function requireTimestampingChain(chain: readonly Certificate[], time?: Date): void {
  requireChain(chain, "timestamping", time);
}

function requireChain(chain: readonly Certificate[], purpose: ChainPurpose, time: Date | undefined): void {
  const violation = firstEnforcedViolation(chain, purpose, time);
  if (violation) throw new CertificateError(violation.code, `${violation.message} (${violation.section})`);
}
