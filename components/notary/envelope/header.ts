// Names of the headers of signature-envelope-jws.md § Protected Headers and § Unprotected Headers.

export const HEADER = {
  alg: "alg",
  cty: "cty",
  crit: "crit",
  signingScheme: "io.cncf.notary.signingScheme",
  signingTime: "io.cncf.notary.signingTime",
  authenticSigningTime: "io.cncf.notary.authenticSigningTime",
  expiry: "io.cncf.notary.expiry",
} as const;

export const UNPROTECTED_HEADER = {
  x5c: "x5c",
  timestampSignature: "io.cncf.notary.timestampSignature",
  signingAgent: "io.cncf.notary.signingAgent",
} as const;

/** Headers of the standards (RFC 7515 § 4.1, RFC 7797): `crit` must not list them. */
export const REGISTERED_HEADERS: ReadonlySet<string> = new Set([
  ...["alg", "jku", "jwk", "kid", "x5u", "x5c", "x5t", "x5t#S256", "typ", "cty", "crit", "b64"],
]);
