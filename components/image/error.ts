import { BreakwaterError } from "../errors";

export type ImageErrorCode =
  | "TAG_MOVED"
  /** The tag points to something unsigned, and a gate keeps back what. */
  | "TAG_GATED"
  /** A rule of the registry keeps the tag where it is. */
  | "TAG_IMMUTABLE"
  /** The project has no room for it. */
  | "QUOTA_EXCEEDED"
  | "SOURCE_CHANGED"
  /** The registry has no such image any more. */
  | "IMAGE_MISSING"
  | "SIGNATURE_REFUSED"
  | "IMAGE_NOT_VERIFIED"
  /** Verified, but only under a level that would have let others pass; a stack may accept that by name. */
  | "IMAGE_VERIFIED_WEAKLY"
  | "DURATION_INVALID";

/** An image can't be pushed, signed or let through; nothing was overwritten. */
export class ImageError extends BreakwaterError<ImageErrorCode> {}
