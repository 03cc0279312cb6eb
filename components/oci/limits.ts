/** The most that is read of one response, in bytes; the first two are notation's own limits. */
export const MANIFEST_LIMIT = 4 * 1024 * 1024;
export const SIGNATURE_ENVELOPE_LIMIT = 32 * 1024 * 1024;
export const TOKEN_LIMIT = 1024 * 1024;
export const ERROR_BODY_LIMIT = 64 * 1024;
