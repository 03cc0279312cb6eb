import type { Certificate } from "../certificates/certificate";
import { ExtensionType } from "../certificates/extension";
import { ExtendedKeyUsage } from "../certificates/usage";
import { quoted } from "../quoted";
import { TimestampError } from "./error";
import { type Instant, isValidAt } from "./instant";
import { malformed } from "./malformed";
import { parseSignedData, type SignedData, type SignerInfo } from "./signedData";
import { notTrusted, requireAttributes, requireSignature, signingCertificateOf, signingTimeOf } from "./signer";
import { tsaChains } from "./tsaChain";
import { parseTstInfo, type TstInfo } from "./tstInfo";

const TST_INFO = "1.2.840.113549.1.9.16.1.4";

/** A TimeStampToken: signature-specification.md § Unsigned Attributes; RFC 3161 § 2.4.2. */
export interface TimestampToken {
  signedData: SignedData;
  info: TstInfo;
}

/** Says nothing of trust yet. @throws TimestampError TIMESTAMP_MALFORMED */
export function parseToken(token: Buffer): TimestampToken {
  const signedData = parseSignedData(token);
  if (signedData.contentType !== TST_INFO) throw malformed("its content is no TSTInfo");
  return { signedData, info: parseTstInfo(signedData.content) };
}

/**
 * The chain, up to one of the roots, of the first signer that is trusted: trust-store-trust-policy.md § Steps "Validate
 * Authentic Timestamp", in the order of tspclient-go SignedToken.Verify.
 * @param at when the certificates must be valid
 * @throws TimestampError TIMESTAMP_NOT_TRUSTED, TIMESTAMP_CERTIFICATE_INVALID, TIMESTAMP_MALFORMED, of the last signer
 */
export function verifyToken({ signedData }: TimestampToken, roots: readonly Certificate[], at: Instant): Certificate[] {
  let last = notTrusted("it has no signer");
  for (const signer of signedData.signerInfos) {
    try {
      return chainOf(signer, signedData, roots, at);
    } catch (error) {
      if (!(error instanceof TimestampError)) throw error;
      last = error;
    }
  }
  throw last;
}

function chainOf(
  signer: SignerInfo,
  signedData: SignedData,
  roots: readonly Certificate[],
  at: Instant,
): Certificate[] {
  const certificate = signingCertificateOf(signer, signedData.certificates);
  if (signer.version !== 1n) throw notTrusted(`its signer has the version ${signer.version}, not 1`);
  const chains = tsaChains(certificate, { roots, intermediates: signedData.certificates, at });
  requireSignature(signer, certificate);
  requireAttributes(signer, signedData);
  const stated = signingTimeOf(signer);
  const chain = chains.find((candidate) =>
    candidate.every((member) => stated === undefined || isValidAt(member, stated)),
  );
  if (!chain) throw notTrusted("a certificate of its authority was not valid at the time that the signer states");
  requireTimestampingOnly(certificate);
  return chain;
}

/** RFC 3161 § 2.3: the one extended key usage, marked critical. */
function requireTimestampingOnly(certificate: Certificate): void {
  const [usage, ...others] = certificate.extendedKeyUsage ?? [];
  const critical = certificate.extensions.get(ExtensionType.extendedKeyUsage)?.critical === true;
  if (usage === ExtendedKeyUsage.timeStamping && others.length === 0 && critical) return;
  throw new TimestampError(
    "TIMESTAMP_CERTIFICATE_INVALID",
    `the time stamping certificate ${quoted(certificate.subject)} must have the extended key usage timeStamping alone, marked critical`,
  );
}
