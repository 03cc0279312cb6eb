import { createHash } from "node:crypto";
import { Transform } from "node:stream";
import { OciError } from "./error";

export type DigestAlgorithm = "sha256" | "sha512";

const HEX_LENGTH: Record<DigestAlgorithm, number> = { sha256: 64, sha512: 128 };

const DIGEST = /^(sha256|sha512):([0-9a-f]+)$/;

export interface ParsedDigest {
  algorithm: DigestAlgorithm;
  /** Lower-case. */
  hex: string;
}

/**
 * Splits `sha256:<64 hex>` or `sha512:<128 hex>`; hex is lower-case.
 * Throws OciError DIGEST_INVALID. Source: image-spec descriptor.md § Digests, § Registered Algorithms.
 */
export function parseDigest(text: string): ParsedDigest {
  const parsed = readDigest(text);
  if (parsed) return parsed;
  throw new OciError(
    "DIGEST_INVALID",
    `"${text.slice(0, 160)}" is no digest: write sha256: and 64, or sha512: and 128, lower-case hexadecimal digits.`,
  );
}

export function isDigest(text: string): boolean {
  return readDigest(text) !== undefined;
}

function readDigest(text: string): ParsedDigest | undefined {
  const [, algorithm, hex] = DIGEST.exec(text) ?? [];
  if (hex === undefined || hex.length !== HEX_LENGTH[algorithm as DigestAlgorithm]) return undefined;
  return { algorithm: algorithm as DigestAlgorithm, hex };
}

export function digestOf(bytes: Uint8Array, algorithm: DigestAlgorithm = "sha256"): string {
  return `${algorithm}:${createHash(algorithm).update(bytes).digest("hex")}`;
}

/** Throws OciError DIGEST_MISMATCH unless `bytes` have that digest; `what` names them in the message. */
export function verifyDigest(bytes: Uint8Array, expected: string, what: string): void {
  const actual = digestOf(bytes, parseDigest(expected).algorithm);
  if (actual !== expected) {
    throw digestMismatch(what, expected, actual);
  }
}

/** What a digest and a size say about content. */
export interface ContentClaim {
  digest: string;
  /** Bytes. */
  size: number;
}

/** Throws OciError DIGEST_MISMATCH unless `bytes` are what `claim` says; `what` names them in the message. */
export function verifyContent(bytes: Uint8Array, claim: ContentClaim, what: string): void {
  if (bytes.length !== claim.size) {
    throw sizeMismatch(what, claim.size, String(bytes.length));
  }
  verifyDigest(bytes, claim.digest, what);
}

/** Passes a stream through; the stream fails with OciError DIGEST_MISMATCH when its content is not what `claim` says. */
export function digestVerifier(claim: ContentClaim, what: string): Transform {
  const { algorithm } = parseDigest(claim.digest);
  const hash = createHash(algorithm);
  let size = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      hash.update(chunk);
      done(size > claim.size ? sizeMismatch(what, claim.size, `more than ${claim.size}`) : null, chunk);
    },
    flush(done) {
      if (size !== claim.size) {
        done(sizeMismatch(what, claim.size, String(size)));
        return;
      }
      const actual = `${algorithm}:${hash.digest("hex")}`;
      done(actual === claim.digest ? null : digestMismatch(what, claim.digest, actual));
    },
  });
}

function digestMismatch(what: string, expected: string, actual: string): OciError {
  return new OciError(
    "DIGEST_MISMATCH",
    `${what} is not what its digest says: expected ${expected}, got ${actual}. The copy is damaged or was replaced; get it again from where it was built.`,
  );
}

function sizeMismatch(what: string, expected: number, actual: string): OciError {
  return new OciError(
    "DIGEST_MISMATCH",
    `${what} has ${actual} bytes, its descriptor says ${expected}. The copy is damaged or was replaced; get it again from where it was built.`,
  );
}
