/** The most that is read of one response, in bytes; the first two are notation's own limits. */
export const MANIFEST_LIMIT = 4 * 1024 * 1024;
export const SIGNATURE_ENVELOPE_LIMIT = 32 * 1024 * 1024;
export const TOKEN_LIMIT = 1024 * 1024;
export const ERROR_BODY_LIMIT = 64 * 1024;
/** How many referrers of one subject are read. */
export const REFERRERS_LIMIT = 10_000;
/** How deep the JSON documents may be nested that others wrote; manifests and indexes need six levels. */
export const JSON_DEPTH_LIMIT = 64;
