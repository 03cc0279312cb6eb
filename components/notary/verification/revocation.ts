import type { EnvelopeContent } from "../envelope/content";
import { quoted } from "../quoted";
import { revocationOfChain } from "../revocation/chainRevocation";
import type { RevocationSource } from "../revocation/revocationSource";
import type { Failure } from "./verdict";

/**
 * trust-store-trust-policy.md § Steps "Validate Revocation": the signing chain now; under
 * `notary.x509.signingAuthority` with the authentic signing time (notation-go verifyRevocation). § Revocation Checking
 * lets an invalidity date that is later than a trusted time stamp save a signature, too; notation-go gives its
 * revocation check no time of a time stamp, and its verdict is followed: such a signature is revoked.
 */
export async function checkRevocation(
  { certificateChain, signedAttributes }: EnvelopeContent,
  source: RevocationSource,
  now: Date,
): Promise<Failure | undefined> {
  const authentic = signedAttributes.signingScheme === "notary.x509.signingAuthority";
  const { status, subject, reason } = await revocationOfChain({
    chain: certificateChain,
    source,
    now,
    ...(authentic && { signingTime: signedAttributes.signingTime }),
  });
  if (status === "ok") return undefined;
  const certificate = `the certificate ${quoted(subject)}`;
  return status === "revoked"
    ? { code: "CERTIFICATE_REVOKED", message: `${certificate} is revoked: ${reason}; sign again with another identity` }
    : { code: "REVOCATION_UNKNOWN", message: `the revocation status of ${certificate} is unknown: ${reason}` };
}
