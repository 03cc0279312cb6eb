import { malformed } from "../der/error";
import type { DerReader } from "../der/reader";
import { Tag } from "../der/tag";
import { isDomainName, isUri } from "./uri";

// Names of subjectAltName (RFC 5280 § 4.2.1.6). They decide nothing (signature-specification.md § Other
// requirements), but Go's crypto/x509 refuses a certificate whose names it cannot read.

export const GeneralNameTag = {
  email: Tag.implicit(1),
  dns: Tag.implicit(2),
  uri: Tag.implicit(6),
  ip: Tag.implicit(7),
} as const;

/** Whether there is a name of a type that Go knows. @throws DerError when one of them cannot be read */
export function hasKnownNames(der: DerReader): boolean {
  const known = der.sequence().readAll((names) => {
    const { tag, content } = names.any();
    return requireReadable(tag, content);
  });
  return known.includes(true);
}

function requireReadable(tag: number, content: Buffer): boolean {
  if (tag === GeneralNameTag.ip) {
    if (content.length !== 4 && content.length !== 16) malformed("an IP address has neither 4 nor 16 octets");
    return true;
  }
  if (tag === GeneralNameTag.uri) {
    const uri = isUri(ascii(content));
    if (!uri) malformed("a URI cannot be read");
    return true;
  }
  if (tag !== GeneralNameTag.email && tag !== GeneralNameTag.dns) return false;
  ascii(content);
  return true;
}

/** @throws DerError */
export function ascii(content: Buffer): string {
  if (content.some((octet) => octet > 0x7f)) malformed("an IA5String is not ASCII");
  return content.toString("latin1");
}

/** @throws DerError */
export function requireDomain(domain: string, isConstraint: boolean): void {
  if (!isDomainName(domain, isConstraint)) malformed("a domain name cannot be read");
}
