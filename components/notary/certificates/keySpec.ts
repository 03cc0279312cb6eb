import type { KeyObject } from "node:crypto";
import type { HashName } from "./hash";

/** Key type and size, named as plugin-extensibility.md § describe-key names them. */
export type KeySpec = "RSA-2048" | "RSA-3072" | "RSA-4096" | "EC-256" | "EC-384" | "EC-521";

/** JWS `alg` values of signature-envelope-jws.md § Supported `alg` header values. */
export type SignatureAlgorithm = "PS256" | "PS384" | "PS512" | "ES256" | "ES384" | "ES512";

interface Algorithm {
  readonly name: SignatureAlgorithm;
  readonly hash: HashName;
}

/** signature-specification.md § Algorithm Selection. */
export const ALGORITHM_OF: Readonly<Record<KeySpec, Algorithm>> = {
  "RSA-2048": { name: "PS256", hash: "sha256" },
  "RSA-3072": { name: "PS384", hash: "sha384" },
  "RSA-4096": { name: "PS512", hash: "sha512" },
  "EC-256": { name: "ES256", hash: "sha256" },
  "EC-384": { name: "ES384", hash: "sha384" },
  "EC-521": { name: "ES512", hash: "sha512" },
};

export const KEY_SPECS = Object.keys(ALGORITHM_OF) as KeySpec[];

const CURVES: Readonly<Record<string, KeySpec>> = { prime256v1: "EC-256", secp384r1: "EC-384", secp521r1: "EC-521" };

/** The key spec of a public or private key; undefined when the Notary Project has no algorithm for it. */
export function keySpecOf(key: KeyObject): KeySpec | undefined {
  const details = key.asymmetricKeyDetails;
  if (key.asymmetricKeyType === "ec") return CURVES[details?.namedCurve ?? ""];
  if (key.asymmetricKeyType !== "rsa") return undefined;
  // notation-core-go rounds a modulus up to whole bytes: a key of 2047 bits counts as RSA-2048.
  const bits = Math.ceil((details?.modulusLength ?? 0) / 8) * 8;
  return KEY_SPECS.find((spec) => spec === `RSA-${bits}`);
}
