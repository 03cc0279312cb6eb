/** Media types of manifests and of what they name. Source: image-spec media-types.md; Docker's schema 2. */
export const OCI_IMAGE_INDEX = "application/vnd.oci.image.index.v1+json";
export const OCI_IMAGE_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
export const OCI_IMAGE_CONFIG = "application/vnd.oci.image.config.v1+json";
export const OCI_IMAGE_LAYER = "application/vnd.oci.image.layer.v1.tar";
export const OCI_ARTIFACT_MANIFEST = "application/vnd.oci.artifact.manifest.v1+json";
export const DOCKER_MANIFEST_LIST = "application/vnd.docker.distribution.manifest.list.v2+json";
export const DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";

export const INDEX_MEDIA_TYPES: ReadonlySet<string> = new Set([OCI_IMAGE_INDEX, DOCKER_MANIFEST_LIST]);
export const IMAGE_MANIFEST_MEDIA_TYPES: ReadonlySet<string> = new Set([OCI_IMAGE_MANIFEST, DOCKER_MANIFEST]);

/** The `Accept` header of a request for any manifest. */
export const MANIFEST_ACCEPT = [
  OCI_IMAGE_INDEX,
  OCI_IMAGE_MANIFEST,
  DOCKER_MANIFEST_LIST,
  DOCKER_MANIFEST,
  OCI_ARTIFACT_MANIFEST,
].join(", ");
