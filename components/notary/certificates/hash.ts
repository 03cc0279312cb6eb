/** Node's names of the hashes of signature-specification.md § Algorithm Selection. */
export type HashName = "sha256" | "sha384" | "sha512";

/** Object identifiers. */
export const HASH_IDENTIFIER: Readonly<Record<HashName, string>> = {
  sha256: "2.16.840.1.101.3.4.2.1",
  sha384: "2.16.840.1.101.3.4.2.2",
  sha512: "2.16.840.1.101.3.4.2.3",
};

/** For what OCSP identifies certificates by; no signature counts for it. */
export const SHA1_IDENTIFIER = "1.3.14.3.2.26";

const HASHES = new Map(Object.entries(HASH_IDENTIFIER).map(([name, identifier]) => [identifier, name as HashName]));

/** Undefined for any other hash. */
export function hashOf(identifier: string): HashName | undefined {
  return HASHES.get(identifier);
}
