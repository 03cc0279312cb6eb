import { context, integer, nothing, oid, sequence } from "./der";
import { type Hash, isRsa, type Key } from "./keys";

const HASH_OIDS: Record<Hash, string> = {
  sha1: "1.3.14.3.2.26",
  sha256: "2.16.840.1.101.3.4.2.1",
  sha384: "2.16.840.1.101.3.4.2.2",
  sha512: "2.16.840.1.101.3.4.2.3",
};
const HASH_BYTES: Record<Hash, number> = { sha1: 20, sha256: 32, sha384: 48, sha512: 64 };
const RSA_OIDS: Record<Hash, string> = {
  sha1: "1.2.840.113549.1.1.5",
  sha256: "1.2.840.113549.1.1.11",
  sha384: "1.2.840.113549.1.1.12",
  sha512: "1.2.840.113549.1.1.13",
};
const ECDSA_OIDS: Record<Hash, string> = {
  sha1: "1.2.840.10045.4.1",
  sha256: "1.2.840.10045.4.3.2",
  sha384: "1.2.840.10045.4.3.3",
  sha512: "1.2.840.10045.4.3.4",
};

/** AlgorithmIdentifier of a hash (RFC 5754). */
export const hashAlgorithm = (hash: Hash, withNull = true) =>
  sequence(oid(HASH_OIDS[hash]), ...(withNull ? [nothing] : []));

/** AlgorithmIdentifier of signatures by a key (RFC 5758, RFC 4055, RFC 8410). */
export function signatureAlgorithm(key: Key, hash: Hash, pss = false): Buffer {
  if (key.spec === "Ed25519") return sequence(oid("1.3.101.112"));
  if (!isRsa(key)) return sequence(oid(ECDSA_OIDS[hash]));
  if (!pss) return sequence(oid(RSA_OIDS[hash]), nothing);
  const mgf = sequence(oid("1.2.840.113549.1.1.8"), hashAlgorithm(hash));
  const parameters = sequence(context(0, hashAlgorithm(hash)), context(1, mgf), context(2, integer(HASH_BYTES[hash])));
  return sequence(oid("1.2.840.113549.1.1.10"), parameters);
}
