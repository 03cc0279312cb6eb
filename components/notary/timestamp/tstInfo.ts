import { createHash } from "node:crypto";
import { readExtensions } from "../certificates/extension";
import { hashOf } from "../certificates/hash";
import { DerReader } from "../der/reader";
import { Tag } from "../der/tag";
import { ENCODING_ASN1, readGeneralizedTime } from "../der/time";
import { TimestampError } from "./error";
import { type Instant, instantOfDer, SECOND } from "./instant";
import { malformed, readingDer } from "./malformed";

/** The hash of what is stamped: RFC 3161 § 2.4.1. */
export interface MessageImprint {
  /** Object identifier. */
  hashAlgorithm: string;
  /** DER of the algorithm's parameters; empty without any. */
  parameters: Buffer;
  hashedMessage: Buffer;
}

/** What a token says (RFC 3161 § 2.4.2), as far as signature-specification.md § Unsigned Attributes needs it. */
export interface TstInfo {
  messageImprint: MessageImprint;
  genTime: Instant;
  /** Whether genTime is written in UTC, as it must be. */
  utc: boolean;
  /** Nanoseconds that genTime may be wrong by, either way. */
  accuracy: bigint;
  /** Content octets of the integer. */
  nonce?: Buffer;
}

/** RFC 3628 § 5.2: who follows this policy is right to a second, without saying so. */
const BASELINE_POLICY = "0.4.0.2023.1.1";

/** In the order and with the strictness of tspclient-go TSTInfo. @throws TimestampError TIMESTAMP_MALFORMED */
export function parseTstInfo(der: Buffer): TstInfo {
  return readingDer(() => {
    const info = new DerReader(der).sequence();
    const version = info.int64();
    const policy = info.objectIdentifier();
    const messageImprint = readImprint(info.sequence());
    info.integer();
    const time = readGeneralizedTime(info, ENCODING_ASN1);
    const accuracy = readAccuracy(info.optional(Tag.sequence));
    // Whether the authority orders its tokens.
    if (info.nextIs(Tag.boolean)) info.boolean();
    const nonce = info.nextIs(Tag.integer) ? info.integer() : undefined;
    requireRest(info);
    if (version !== 1n) throw malformed(`its version is ${version}, not 1`);
    return {
      messageImprint,
      genTime: instantOfDer(time),
      utc: time.utc,
      accuracy: accuracy === 0n && policy === BASELINE_POLICY ? SECOND : accuracy,
      ...(nonce && { nonce }),
    };
  });
}

function readImprint(imprint: DerReader): MessageImprint {
  const algorithm = imprint.sequence();
  const hashAlgorithm = algorithm.objectIdentifier();
  const parameters = algorithm.isEmpty ? Buffer.alloc(0) : algorithm.any().element;
  return { hashAlgorithm, parameters, hashedMessage: imprint.content(Tag.octetString) };
}

/**
 * The authority's name, and extensions, which the reference reads and does not look at. Stricter than it in form: all
 * that may follow them must be DER, too.
 */
function requireRest(info: DerReader): void {
  for (const tag of [Tag.explicit(0), Tag.implicit(0)]) if (info.nextIs(tag)) info.any();
  const extensions = info.optional(Tag.explicit(1));
  if (extensions) readExtensions(extensions);
  info.readAll((rest) => rest.any());
}

/** Seconds, milliseconds and microseconds, each optional. The reference takes a negative one, which makes no range. */
function readAccuracy(accuracy: DerReader | undefined): bigint {
  const [seconds = 0n, milliseconds = 0n, microseconds = 0n] = [Tag.integer, Tag.implicit(0), Tag.implicit(1)].map(
    (tag) => {
      const value = accuracy?.nextIs(tag) ? accuracy.int64(tag) : 0n;
      if (value < 0n) throw malformed("its accuracy is negative");
      return value;
    },
  );
  accuracy?.readAll((rest) => rest.any());
  return seconds * SECOND + milliseconds * 1_000_000n + microseconds * 1000n;
}

/**
 * trust-store-trust-policy.md § Steps: the message imprint is over the primitive signature.
 * @throws TimestampError TIMESTAMP_IMPRINT_MISMATCH
 */
export function requireImprint({ messageImprint }: TstInfo, signature: Buffer): void {
  const hash = hashOf(messageImprint.hashAlgorithm);
  const digest = hash && createHash(hash).update(signature).digest();
  if (digest?.equals(messageImprint.hashedMessage)) return;
  throw new TimestampError(
    "TIMESTAMP_IMPRINT_MISMATCH",
    digest
      ? "the time stamp is of something else than this signature: sign again"
      : `the time stamp hashes with ${messageImprint.hashAlgorithm}, which is not supported: use SHA-256, SHA-384 or SHA-512`,
  );
}
