import { BreakwaterError } from "../../errors";

/** Bytes that are no DER (X.690 § 10), or not of the shape that is read. */
export class DerError extends BreakwaterError<"DER_MALFORMED"> {}

/** @throws DerError */
export function malformed(what: string): never {
  throw new DerError("DER_MALFORMED", `no valid DER: ${what}`);
}

/** What `read` returns. @throws what `toError` makes of a DerError: whoever reads has a typed error of its own */
export function translatingDerError<Value>(read: () => Value, toError: (error: DerError) => Error): Value {
  try {
    return read();
  } catch (error) {
    throw error instanceof DerError ? toError(error) : error;
  }
}
