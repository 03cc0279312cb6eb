import { DerError } from "../certificates/error";
import { TimestampError } from "./error";

/** What signature-specification.md § Unsigned Attributes calls a time stamp signature is none. */
export function malformed(what: string, cause?: unknown): TimestampError {
  return new TimestampError(
    "TIMESTAMP_MALFORMED",
    `the time stamp is malformed: ${what}; have it made again, as RFC 3161 says`,
    cause === undefined ? undefined : { cause },
  );
}

/** What `read` returns. @throws TimestampError TIMESTAMP_MALFORMED in place of a DerError */
export function readingDer<Value>(read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (error instanceof DerError) throw malformed(error.message, error);
    throw error;
  }
}
