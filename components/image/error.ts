import { BreakwaterError } from "../errors";

export type ImageErrorCode =
  | "TAG_MOVED"
  | "SOURCE_CHANGED"
  | "SIGNATURE_REFUSED"
  | "SIGNATURE_NOT_STORED"
  | "IMAGE_NOT_VERIFIED";

/** An image can't be pushed, signed or let through; nothing was overwritten. */
export class ImageError extends BreakwaterError<ImageErrorCode> {}
