import { DerReader } from "../der/reader";
import { Tag } from "../der/tag";
import { TimestampError } from "./error";
import { malformed, readingDer } from "./malformed";
import type { TimestampRequest } from "./request";
import { TOKEN_BYTES_MAX } from "./signedData";
import { signingCertificateOf } from "./signer";
import type { MessageImprint } from "./tstInfo";
import { parseToken, type TimestampToken } from "./verifyToken";

const GRANTED = 0n;
const GRANTED_WITH_MODS = 1n;

/**
 * The token of a TimeStampResp that answers the request: signing-and-verification-workflow.md § Signing Steps, in the
 * order of tspclient-go Response.Validate. Says nothing of trust yet.
 * @throws TimestampError TIMESTAMP_MALFORMED, TIMESTAMP_REFUSED, TIMESTAMP_RESPONSE_MISMATCH
 */
export function tokenOf(response: Buffer, request: TimestampRequest): Buffer {
  if (response.length > TOKEN_BYTES_MAX) throw malformed(`the answer has more than ${TOKEN_BYTES_MAX} bytes`);
  const { status, token } = readingDer(() => readResponse(new DerReader(response).sequence()));
  if (status !== GRANTED && status !== GRANTED_WITH_MODS) {
    throw new TimestampError(
      "TIMESTAMP_REFUSED",
      `the time stamping authority refuses the request (PKIStatus ${status}): use another one, or sign without`,
    );
  }
  requireAnswer(parseToken(token), request);
  return Buffer.from(token);
}

function readResponse(response: DerReader): { status: bigint; token: Buffer } {
  const info = response.sequence();
  const status = info.int64();
  // Texts for people, and bits that say what went wrong.
  info.optional(Tag.sequence)?.readAll((texts) => texts.any());
  if (info.nextIs(Tag.bitString)) info.bitString();
  return { status, token: response.isEmpty ? Buffer.alloc(0) : response.any().element };
}

function requireAnswer({ info, signedData }: TimestampToken, request: TimestampRequest): void {
  if (!sameImprint(info.messageImprint, request.messageImprint)) throw mismatch("stamps something else");
  if (!info.utc) throw mismatch("does not state its time in UTC");
  if (!info.nonce?.equals(request.nonce)) throw mismatch("has another nonce: it answers another request");
  const hasCertificate = signedData.signerInfos.some((signer) => {
    try {
      return signingCertificateOf(signer, signedData.certificates) !== undefined;
    } catch (error) {
      if (error instanceof TimestampError) return false;
      throw error;
    }
  });
  if (!hasCertificate) throw mismatch("does not carry the certificate that was asked for");
}

function sameImprint(left: MessageImprint, right: MessageImprint): boolean {
  return (
    left.hashAlgorithm === right.hashAlgorithm &&
    left.parameters.equals(right.parameters) &&
    left.hashedMessage.equals(right.hashedMessage)
  );
}

function mismatch(how: string): TimestampError {
  return new TimestampError(
    "TIMESTAMP_RESPONSE_MISMATCH",
    `the time stamping authority's token ${how}: use another authority`,
  );
}
