/**
 * A reference to content by media type, digest and size: what a signature's payload names.
 * Source: OCI image specification § Content Descriptors; the members that a payload may carry are in
 * signature-specification.md § Payload.
 */
export interface Descriptor {
  mediaType: string;
  /** `<algorithm>:<lower-case hex>`, as in `sha256:9834…`. */
  digest: string;
  /** Bytes. */
  size: number;
  artifactType?: string;
  annotations?: Record<string, string>;
}
