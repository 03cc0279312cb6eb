/**
 * When a test's signer came into being: a time stamp is as exact as its second (OpenSSL's says ± 1 s), so that one of the
 * very second from which a certificate is valid is outside of its validity.
 */
export const anHourAgo = () => new Date(Date.now() - 3_600_000);
