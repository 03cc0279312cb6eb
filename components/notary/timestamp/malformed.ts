import { messageOf } from "../../errors";
import { translatingDerError } from "../der/error";
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
  return translatingDerError(read, (error) => malformed(messageOf(error), error));
}
