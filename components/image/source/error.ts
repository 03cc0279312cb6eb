import { BreakwaterError } from "../../errors";

export type ImageSourceErrorCode =
  | "SOURCE_MISSING"
  | "SOURCE_UNRECOGNISED"
  | "SOURCE_TRUNCATED"
  | "SOURCE_DIGEST_MISMATCH"
  | "SOURCE_AMBIGUOUS"
  | "SOURCE_INVALID";

/** An image on disk that cannot be read, or that is not what its digests say. */
export class ImageSourceError extends BreakwaterError<ImageSourceErrorCode> {}
