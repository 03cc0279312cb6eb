import { quoted } from "../quoted";
import { isSelfSigned, isStrong, whyNotIssued } from "./issuance";
import type { Place, Rule } from "./rule";

// signature-specification.md § Other requirements, in the order in which notation-core-go checks a certificate's place
// in its chain.

const section = "Other requirements";

const VALIDITY: Rule = {
  code: "CERTIFICATE_NOT_VALID_AT_SIGNING_TIME",
  section,
  broken({ certificate: { notBefore, notAfter }, time }) {
    if (!time || (time >= notBefore && time <= notAfter)) return undefined;
    const range = `from ${notBefore.toISOString()} to ${notAfter.toISOString()}`;
    return `is valid ${range}, not at ${time.toISOString()}: renew it, or correct the clock`;
  },
};

const HASH: Rule = {
  code: "CERTIFICATE_SIGNATURE_ALGORITHM_UNSUPPORTED",
  section,
  broken: ({ certificate }) =>
    isStrong(certificate)
      ? undefined
      : `is signed with ${certificate.signatureAlgorithm}: have it issued with RSA, ECDSA or Ed25519 and SHA-256 or stronger`,
};

const EXTRA_ROOT: Rule = {
  code: "CERTIFICATE_CHAIN_EXTRA_SELF_SIGNED",
  section,
  broken: ({ certificate }) =>
    whyNotIssued(certificate, certificate) === undefined
      ? "is a self-signed root but not the last of its chain: order the chain from leaf to root, with one root"
      : undefined,
};

const ISSUED: Rule = {
  code: "CERTIFICATE_CHAIN_NOT_ISSUED_BY_NEXT",
  section,
  broken({ certificate, chain, position }) {
    const next = chain[position + 1];
    const reason = next && whyNotIssued(certificate, next);
    return (
      reason &&
      `is not issued by the next one, ${quoted(next.subject)}, which ${reason}: order the chain from leaf to root, each followed by its issuer`
    );
  },
};

const ROOT: Rule = {
  code: "CERTIFICATE_CHAIN_ROOT_NOT_SELF_SIGNED",
  section,
  broken: ({ certificate }) =>
    whyNotIssued(certificate, certificate) === undefined
      ? undefined
      : "ends the chain but is not a self-signed root: add its issuers up to the root",
};

const SELF_SIGNED_LEAF: Rule = {
  code: "CERTIFICATE_CHAIN_ROOT_NOT_SELF_SIGNED",
  section,
  broken: ({ certificate }) =>
    isSelfSigned(certificate) && certificate.subjectDer.equals(certificate.issuerDer)
      ? undefined
      : "is alone in its chain but not self-signed: add its issuers up to the root",
};

/** The specification forbids SHA-1 in every certificate; notation-core-go takes it in a chain of one. */
const HASH_OF_SELF_SIGNED_LEAF: Rule = {
  ...HASH,
  enforced: false,
  broken: (place) => (isSelfSigned(place.certificate) ? HASH.broken(place) : undefined),
};

const ALONE = [SELF_SIGNED_LEAF, HASH_OF_SELF_SIGNED_LEAF, VALIDITY];
const LAST = [VALIDITY, HASH, ROOT];
const BELOW = [VALIDITY, EXTRA_ROOT, HASH, ISSUED];

export function issuanceRules({ chain, position }: Pick<Place, "chain" | "position">): readonly Rule[] {
  if (chain.length === 1) return ALONE;
  return position === chain.length - 1 ? LAST : BELOW;
}
