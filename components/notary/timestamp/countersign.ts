import { messageOf } from "../../errors";
import type { Certificate } from "../certificates/certificate";
import type { KeySpec } from "../certificates/keySpec";
import type { RevocationSource } from "../revocation/revocationSource";
import { TimestampError } from "./error";
import { timestampRequest } from "./request";
import { tokenOf } from "./response";
import type { TimestampServer } from "./timestampServer";
import { requireTrustedTimestamp } from "./trustedTimestamp";

/** A time stamping authority, and what decides whether its tokens are to be trusted. */
export interface Timestamping {
  server: TimestampServer;
  /** Roots that its chain must lead to. */
  roots: readonly Certificate[];
  revocation: RevocationSource;
}

export interface CountersignArgs {
  /** The primitive signature value: what the time stamp covers. */
  signature: Buffer;
  /** Of the signing key: its hash makes the message imprint. */
  keySpec: KeySpec;
  /** Of the signer, leaf first. */
  certificateChain: readonly Certificate[];
  timestamping: Timestamping;
  now: Date;
}

/**
 * The DER of a TimeStampToken over a signature, verified before it is given away: signing-and-verification-workflow.md
 * § Signing Steps; notation-core-go internal/timestamp. Beyond that, its time must be inside the signing certificates'
 * validity, since no verifier would take it otherwise.
 * @throws TimestampError
 */
export async function countersign(args: CountersignArgs): Promise<Buffer> {
  const { signature, keySpec, certificateChain, timestamping, now } = args;
  const { server, roots, revocation } = timestamping;
  const request = timestampRequest(signature, keySpec);
  const token = tokenOf(await answerOf(server, request.der), request);
  await requireTrustedTimestamp({ token, signature, certificateChain, roots, revocation, now, at: now });
  return token;
}

async function answerOf(server: TimestampServer, request: Buffer): Promise<Buffer> {
  try {
    return await server.request(request);
  } catch (error) {
    throw new TimestampError(
      "TIMESTAMP_SERVER_FAILED",
      `the time stamping authority does not answer: ${messageOf(error)}`,
      { cause: error },
    );
  }
}
