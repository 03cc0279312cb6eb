import type { Certificate } from "../notary/certificates/certificate";
import type { Statement } from "../notary/trust/declaration";
import type { DistinguishedName } from "../notary/trust/distinguishedName";
import type { TrustedIdentities } from "../notary/trust/trustedIdentity";
import { anchorRole, certificateFacts } from "./certificateFacts";
import { matches } from "./signers";

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

/** Who may sign under a statement, as a clause. */
export function signing(statement: Statement): string {
  const { certificates, declared, enforcement, trustedIdentities } = statement;
  if (declared.signatureVerification.level === "skip") return "nothing is verified there, so that any image passes";
  if (enforcement.authenticity !== "enforce") return "anybody may sign, since who signed is only logged";
  const anchors = [...certificates.ca, ...certificates.signingAuthority];
  return `${signers(trustedIdentities, anchors) ?? "nobody"} may sign`;
}

/** All that have one of the identities under one of the anchors; undefined when nobody can. */
export function signers(identities: TrustedIdentities, anchors: readonly Certificate[]): string | undefined {
  const leaves = anchors.filter((anchor) => anchorRole(anchor) === "leaf");
  const issuing = anchors.filter((anchor) => !leaves.includes(anchor)).map(shortCertificate);
  const single = leaves.filter(({ subject }) => matches(identities, subject)).map(shortCertificate);
  const anybody =
    identities === "any" ? "anybody with a certificate" : `anybody whose certificate has ${names(identities)} and is`;
  const parts = [
    ...(issuing.length > 0 ? [`${anybody} issued under ${listed(issuing, "or")}`] : []),
    ...(single.length > 0 ? [`the holder of ${listed(single, "or")}`] : []),
  ];
  return parts.length > 0 ? parts.join(", or ") : undefined;
}

/** `C=US, ST=WA, O=Acme or C=DE, ST=BE, O=Other`. */
export function names(identities: readonly DistinguishedName[]): string {
  return listed(identities.map(nameText), "or");
}
