import type { Certificate } from "../certificates/certificate";
import type { EnvelopeContent } from "../envelope/content";
import { signingInstant } from "../envelope/signedTimes";
import { quoted } from "../quoted";
import type { RevocationSource } from "../revocation/revocationSource";
import { isValidAt } from "../timestamp/instant";
import { requireTrustedTimestamp } from "../timestamp/trustedTimestamp";
import type { Statement } from "../trust/declaration";
import { failureOf } from "./integrity";
import type { Failure } from "./verdict";

/**
 * trust-store-trust-policy.md § Steps "Validate Authentic Timestamp", § Timestamp Countersignature Verification
 * details; notation-go verifyAuthenticTimestamp. Every certificate must have been valid at a time that can be relied on:
 * the authentic signing time under `notary.x509.signingAuthority`; else the time stamp, where the statement asks for
 * one; else now, and a time stamp in the envelope is not looked at.
 */
export async function checkAuthenticTimestamp(
  content: EnvelopeContent,
  statement: Statement,
  now: Date,
  revocation: RevocationSource,
): Promise<Failure | undefined> {
  const { certificateChain, signedAttributes } = content;
  if (signedAttributes.signingScheme === "notary.x509.signingAuthority") {
    return checkValidAtSigning(content);
  }
  if (!asksForTimestamp(certificateChain, statement, now)) return checkValidNow(certificateChain, now);
  return checkTimestamp(content, statement, now, revocation);
}

function asksForTimestamp(chain: readonly Certificate[], { declared, certificates }: Statement, now: Date): boolean {
  if (certificates.tsa.length === 0) return false;
  if (declared.signatureVerification.verifyTimestamp !== "afterCertExpiry") return true;
  return !chain.every(({ notAfter }) => now <= notAfter);
}

async function checkTimestamp(
  { certificateChain, signature, unsignedAttributes: { timestampSignature: token } }: EnvelopeContent,
  { declared, certificates: { tsa: roots } }: Statement,
  now: Date,
  revocation: RevocationSource,
): Promise<Failure | undefined> {
  if (!token || token.length === 0) {
    return {
      code: "TIMESTAMP_MISSING",
      message: `the trust policy statement ${quoted(declared.name)} names a tsa trust store, and the signature has no time stamp: sign with a time stamping authority, or set verifyTimestamp to afterCertExpiry`,
    };
  }
  try {
    await requireTrustedTimestamp({ token, signature, certificateChain, roots, revocation, now });
    return undefined;
  } catch (error) {
    return failureOf(error);
  }
}

function checkValidNow(chain: readonly Certificate[], now: Date): Failure | undefined {
  const outside = chain.find(({ notBefore, notAfter }) => !(notBefore <= now && now <= notAfter));
  if (!outside) return undefined;
  const { subject, notBefore, notAfter } = outside;
  return now < notBefore
    ? {
        code: "CERTIFICATE_NOT_YET_VALID",
        message: `the certificate ${quoted(subject)} is valid only from ${notBefore.toISOString()}`,
      }
    : {
        code: "CERTIFICATE_EXPIRED",
        message: `the certificate ${quoted(subject)} expired at ${notAfter.toISOString()}: sign again with a valid one`,
      };
}

function checkValidAtSigning({ certificateChain, signedAttributes }: EnvelopeContent): Failure | undefined {
  const instant = signingInstant(signedAttributes);
  const outside = certificateChain.find((certificate) => !isValidAt(certificate, instant));
  return (
    outside && {
      code: "CERTIFICATE_NOT_VALID_AT_SIGNING_TIME",
      message: `the certificate ${quoted(outside.subject)} is valid from ${outside.notBefore.toISOString()} to ${outside.notAfter.toISOString()}, not at the authentic signing time ${signedAttributes.signingTime.toISOString()}: sign again`,
    }
  );
}
