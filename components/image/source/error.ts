import { BreakwaterError } from "../../errors";

export type ImageSourceErrorCode =
  | "SOURCE_MISSING"
  | "SOURCE_UNRECOGNISED"
  | "SOURCE_TRUNCATED"
  | "SOURCE_DIGEST_MISMATCH"
  | "SOURCE_AMBIGUOUS"
  | "SOURCE_INVALID"
  /** An image of Docker Engine could not be written to a temporary file. */
  | "SOURCE_NOT_SAVED";

/** An image on disk or in Docker Engine that cannot be read, or that is not what its digests say. */
export class ImageSourceError extends BreakwaterError<ImageSourceErrorCode> {}
