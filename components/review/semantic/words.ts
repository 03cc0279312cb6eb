import type { Certificate } from "../../notary/certificates/certificate";
import type { Statement } from "../../notary/trust/declaration";
import type { DistinguishedName } from "../../notary/trust/distinguishedName";
import { anchorRole, certificateFacts } from "../certificateFacts";

const LISTED_MAX = 5;
/** Hexadecimal digits of a thumbprint where a certificate is named a second time; the first time it is whole. */
const SHORT = 16;

/** `a`, `a and b`, `a, b and c`, `a, b, c, d, e and 7 more`. */
export function listed(names: readonly string[], conjunction = "and"): string {
  const shown = names.length > LISTED_MAX + 1 ? names.slice(0, LISTED_MAX) : [...names];
  const last = names.length > shown.length ? `${names.length - shown.length} more` : shown.pop();
  return shown.length === 0 ? (last ?? "") : `${shown.join(", ")} ${conjunction} ${last}`;
}

/** Registry scopes; `*` in words. */
export function places(scopes: readonly string[]): string {
  return listed(scopes.map((scope) => (scope === "*" ? "every repository that no other statement names" : scope)));
}

/** A name as it stands in a trusted identity: `C=US, ST=WA, O=Acme`. */
export function nameText(name: DistinguishedName): string {
  return [...name].map(([type, value]) => `${type}=${value.replace(/[\\,+;]/g, "\\$&")}`).join(", ");
}

/** A certificate where it is the news: all that a person compares. */
export function fullCertificate(certificate: Certificate): string {
  const { subject, issuer, key, notAfter, thumbprint } = certificateFacts(certificate);
  const by = issuer === subject ? "issued by itself" : `issued by ${issuer}`;
  return `${subject} (${by}, ${key}, valid until ${notAfter.slice(0, 10)}, SHA-256 ${thumbprint})`;
}

/** A certificate where it is only named: two of one subject stay distinct. */
export function shortCertificate({ subject, thumbprint }: Certificate): string {
  return `${subject} (SHA-256 ${thumbprint.slice(0, SHORT)}…)`;
}

/** Who may sign under a statement, as the subject of a sentence. */
export function signersOf({ trustedIdentities, certificates, declared, enforcement }: Statement): string {
  if (declared.signatureVerification.level === "skip") return "anybody, even without a signature,";
  if (enforcement.authenticity !== "enforce") return "anybody with any certificate";
  const anchors = [...certificates.ca, ...certificates.signingAuthority];
  if (anchors.length === 0) return "nobody (the statement names no ca and no signingAuthority store)";
  return `${holders(trustedIdentities)} ${underAnchors(anchors)}`;
}

export function holders(identities: Statement["trustedIdentities"]): string {
  if (identities === "any") return "anybody with a certificate";
  return `anybody whose certificate has ${listed(identities.map(nameText), "or")}`;
}

export function underAnchors(anchors: readonly Certificate[]): string {
  const issuing = anchors.filter((anchor) => anchorRole(anchor) !== "leaf").map(shortCertificate);
  const single = anchors.filter((anchor) => anchorRole(anchor) === "leaf").map(shortCertificate);
  const parts = [
    ...(issuing.length > 0 ? [`under ${listed(issuing, "or")}`] : []),
    ...(single.length > 0 ? [`that is ${listed(single, "or")}`] : []),
  ];
  return parts.join(", or one ");
}
