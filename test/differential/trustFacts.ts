import { X509Certificate } from "node:crypto";
import type { Case } from "./case";

// Facts about the trust of a case, read from the case itself by other means than ours.

interface Statement {
  trustStores?: string[];
  trustedIdentities?: string[];
}

const FIELDS = {
  document: ["version", "trustPolicies"],
  statement: ["name", "registryScopes", "signatureVerification", "trustStores", "trustedIdentities"],
  signatureVerification: ["level", "override", "verifyTimestamp"],
};

/** The statements of a trust policy; none when it is no JSON of that shape. */
export function statementsOf(policy: string): Statement[] {
  const statements = (documentOf(policy) as { trustPolicies?: unknown } | undefined)?.trustPolicies;
  return Array.isArray(statements) ? (statements as Statement[]) : [];
}

/** Whether a trust policy has a field that the specification does not name, case included. */
export function hasForeignField(policy: string): boolean {
  const foreign = (value: unknown, known: readonly string[]) =>
    Object.keys(value ?? {}).some((name) => !known.includes(name));
  return (
    foreign(documentOf(policy), FIELDS.document) ||
    statementsOf(policy).some(
      (statement) =>
        foreign(statement, FIELDS.statement) ||
        foreign((statement as { signatureVerification?: unknown }).signatureVerification, FIELDS.signatureVerification),
    )
  );
}

/** Whether a store that the policy names is absent or empty, or any store holds what is no anchor of its type. */
export function hasUnfitStore({ policy, stores }: Case): boolean {
  const named = statementsOf(policy).flatMap(({ trustStores }) => trustStores ?? []);
  return (
    named.some((reference) => (stores[reference] ?? []).length === 0) ||
    Object.entries(stores).some(([reference, pems]) => pems.some((pem) => !isAnchor(pem, reference.startsWith("tsa:"))))
  );
}

function isAnchor(pem: string, rootOnly: boolean): boolean {
  try {
    const certificate = new X509Certificate(pem);
    const signedItself = certificate.verify(certificate.publicKey);
    const { ca, subject, issuer } = certificate;
    if (!rootOnly) return ca || signedItself;
    return ca && signedItself && subject === issuer && canSign(certificate) && !isSignedWithSha1(certificate);
  } catch {
    return false;
  }
}

/** ecdsa-with-SHA1, sha1WithRSAEncryption: Go's crypto/x509 refuses to check such a signature, as we do; OpenSSL checks it. */
const SHA1_SIGNATURES = ["06072a8648ce3d0401", "06092a864886f70d010105"].map((hex) => Buffer.from(hex, "hex"));

function isSignedWithSha1({ raw }: X509Certificate): boolean {
  return SHA1_SIGNATURES.some((algorithm) => raw.includes(algorithm));
}

/** id-ce-keyUsage, its criticality, and the octet string of a BIT STRING with the bit keyCertSign in its first byte. */
function canSign({ raw }: X509Certificate): boolean {
  const at = raw.indexOf(Buffer.from([0x06, 0x03, 0x55, 0x1d, 0x0f]));
  if (at < 0) return true;
  const bits = raw.indexOf(0x03, at + 5);
  return ((raw[bits + 3] ?? 0) & 0x04) !== 0;
}

function documentOf(policy: string): unknown {
  try {
    return JSON.parse(policy);
  } catch {
    return undefined;
  }
}
