import { BreakwaterError } from "../../errors";

export type JsonErrorCode =
  | "JSON_NOT_UTF8"
  | "JSON_SYNTAX"
  | "JSON_TOO_COMPLEX"
  | "JSON_DUPLICATE_KEY"
  | "JSON_MISCASED_KEY"
  | "JSON_NUMBER_AMBIGUOUS";

/** A text is not the JSON (RFC 8259) that a signed or trusted document must be (signature-specification.md § Payload). */
export class JsonError extends BreakwaterError<JsonErrorCode> {}
