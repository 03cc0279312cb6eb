import { messageOf } from "../../errors";
import type { Certificate } from "../certificates/certificate";
import { requireTimestampingChain } from "../certificates/chain";
import { CertificateError } from "../certificates/error";
import { quoted } from "../quoted";
import { revocationOfChain } from "../revocation/chainRevocation";
import type { RevocationSource } from "../revocation/revocationSource";
import { TimestampError } from "./error";
import { formatInstant, type Instant, instantOf } from "./instant";
import { requireImprint, type TstInfo } from "./tstInfo";
import { parseToken, verifyToken } from "./verifyToken";

export interface TrustedTimestampArgs {
  /** TimeStampToken. */
  token: Buffer;
  /** What it must stamp: the primitive signature. */
  signature: Buffer;
  /** Of the signer, leaf first. */
  certificateChain: readonly Certificate[];
  /** Of the tsa trust stores. */
  roots: readonly Certificate[];
  revocation: RevocationSource;
  now: Date;
  /** When the authority's certificates must be valid; the time of the token without it. */
  at?: Date;
}

/**
 * trust-store-trust-policy.md § Steps "Validate Authentic Timestamp", in the order of notation-go verifyTimestamp: the
 * token stamps this signature; its authority leads to a trusted root; its chain meets the certificate requirements; the
 * range of its time is inside the validity of every signing certificate; no certificate of the authority is revoked.
 * @throws TimestampError
 */
export async function requireTrustedTimestamp(args: TrustedTimestampArgs): Promise<void> {
  const token = parseToken(args.token);
  requireImprint(token.info, args.signature);
  const chain = verifyToken(token, args.roots, args.at ? instantOf(args.at) : token.info.genTime);
  requireCertificateRequirements(chain);
  requireInsideValidity(token.info, args.certificateChain);
  await requireNotRevoked(chain, args);
}

function requireCertificateRequirements(chain: readonly Certificate[]): void {
  try {
    requireTimestampingChain(chain);
  } catch (error) {
    if (!(error instanceof CertificateError)) throw error;
    throw new TimestampError(
      "TIMESTAMP_CERTIFICATE_INVALID",
      `the chain of the time stamping authority is not one: ${messageOf(error)}`,
      { cause: error },
    );
  }
}

function requireInsideValidity({ genTime, accuracy }: TstInfo, certificateChain: readonly Certificate[]): void {
  const [earliest, latest]: [Instant, Instant] = [genTime - accuracy, genTime + accuracy];
  const outside = certificateChain.find(
    ({ notBefore, notAfter }) => earliest < instantOf(notBefore) || latest > instantOf(notAfter),
  );
  if (!outside) return;
  throw new TimestampError(
    "TIMESTAMP_OUTSIDE_CERTIFICATE_VALIDITY",
    `the time stamp says ${formatInstant(genTime)}, and the certificate ${quoted(outside.subject)} is valid ` +
      `from ${outside.notBefore.toISOString()} to ${outside.notAfter.toISOString()}: sign again`,
  );
}

async function requireNotRevoked(
  chain: readonly Certificate[],
  { revocation: source, now }: TrustedTimestampArgs,
): Promise<void> {
  const { status, subject, reason } = await revocationOfChain({ chain, source, now, purpose: "timestamping" });
  if (status === "ok") return;
  const certificate = `the time stamping certificate ${quoted(subject)}`;
  throw status === "revoked"
    ? new TimestampError("TIMESTAMP_CERTIFICATE_REVOKED", `${certificate} is revoked: ${reason}; sign again`)
    : new TimestampError(
        "TIMESTAMP_REVOCATION_UNKNOWN",
        `the revocation status of ${certificate} is unknown: ${reason}`,
      );
}
