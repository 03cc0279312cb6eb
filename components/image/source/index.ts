export { namesContent } from "./dockerDaemon";
export { ImageSourceError, type ImageSourceErrorCode } from "./error";
export type { BlobVisitor, ImageManifest, ImageSource, ImageSourceKind } from "./imageSource";
export { openImageSource } from "./open";
export { withImageSource } from "./withImageSource";
