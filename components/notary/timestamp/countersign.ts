import type { Certificate } from "../certificates/certificate";
import type { KeySpec } from "../certificates/keySpec";
import type { RevocationSource } from "../revocation/revocationSource";
import { TimestampError } from "./error";
import type { TimestampServer } from "./timestampServer";

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
 * § Signing Steps; notation-core-go internal/timestamp.
 * @throws TimestampError
 */
export async function countersign(_args: CountersignArgs): Promise<Buffer> {
  throw new TimestampError("TIMESTAMP_SERVER_FAILED", "time stamps cannot be asked for yet: sign without one");
}
