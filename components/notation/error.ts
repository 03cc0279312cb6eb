import { BreakwaterError } from "../errors";

export type NotationErrorCode =
  | "NOTATION_FOLDER_MISSING"
  | "NOTATION_FILE_UNREADABLE"
  | "NOTATION_FILE_NOT_REGULAR"
  | "NOTATION_FILE_TOO_LARGE"
  | "NOTATION_CONFIG_MALFORMED"
  | "SIGNING_KEYS_MALFORMED"
  | "SIGNING_KEY_NOT_FOUND"
  | "SIGNING_KEY_DEFAULT_MISSING"
  | "SIGNING_KEY_OF_PLUGIN"
  | "TRUST_STORE_FILE_MALFORMED";

/** A notation configuration folder, or something in it, cannot be used. */
export class NotationError extends BreakwaterError<NotationErrorCode> {}
