import { messageOf } from "../../errors";
import { CertificateError } from "../certificates/error";
import type { EnvelopeContent } from "../envelope/content";
import { EnvelopeError } from "../envelope/error";
import { openEnvelope } from "../envelope/open";
import { JsonError } from "../json/error";
import { SigningError } from "../signing/error";
import { TimestampError } from "../timestamp/error";
import type { Failure } from "./verdict";

/** trust-store-trust-policy.md § Steps "Validate Integrity". */
export async function checkIntegrity(envelope: Buffer, mediaType: string): Promise<EnvelopeContent | Failure> {
  try {
    return await openEnvelope(envelope, mediaType);
  } catch (error) {
    return failureOf(error);
  }
}

/**
 * What a parser threw, as a failure. An error that nobody foresaw is a failure too: it must neither verify nor stop
 * the evaluation of other signatures.
 */
export function failureOf(error: unknown): Failure {
  if (
    error instanceof EnvelopeError ||
    error instanceof CertificateError ||
    error instanceof JsonError ||
    error instanceof SigningError ||
    error instanceof TimestampError
  ) {
    return { code: error.code, message: error.message };
  }
  return { code: "VERIFICATION_INCONCLUSIVE", message: `the signature cannot be judged: ${messageOf(error)}` };
}
