import type { Descriptor } from "../descriptor";
import { quoted } from "../quoted";
import { SigningError } from "./error";

const RESERVED_PREFIX = "io.cncf.notary";

/**
 * A descriptor with the user's metadata among its annotations: signature-specification.md § Payload; notation-go
 * addUserMetadataToDescriptor.
 * @throws SigningError SIGNING_USER_METADATA_RESERVED, SIGNING_USER_METADATA_DUPLICATE
 */
export function withUserMetadata(descriptor: Descriptor, userMetadata: Readonly<Record<string, string>>): Descriptor {
  const keys = Object.keys(userMetadata);
  if (keys.length === 0) return descriptor;
  const reserved = keys.find((key) => key.startsWith(RESERVED_PREFIX));
  if (reserved !== undefined) {
    throw new SigningError(
      "SIGNING_USER_METADATA_RESERVED",
      `the metadata key ${quoted(reserved)} begins with ${RESERVED_PREFIX}, which is reserved: rename it`,
    );
  }
  const present = keys.find((key) => Object.hasOwn(descriptor.annotations ?? {}, key));
  if (present !== undefined) {
    throw new SigningError(
      "SIGNING_USER_METADATA_DUPLICATE",
      `the metadata key ${quoted(present)} is already an annotation of the artifact: rename it`,
    );
  }
  return { ...descriptor, annotations: { ...descriptor.annotations, ...userMetadata } };
}
