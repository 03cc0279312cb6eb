import type { Certificate } from "../certificates/certificate";
import { context, DerReader, Tag } from "./der";
import { RevocationError } from "./error";
import { type Extension, ExtensionId, findExtension } from "./extensions";

const constructed = (number: number) => context(number, "constructed");
const primitive = (number: number) => context(number, "primitive");

/**
 * The URIs of a CRLDistributionPoints (RFC 5280 § 4.2.1.13, and § 5.2.6 for delta CRLs), of each name the leading ones,
 * as notation-core-go reads them.
 * @throws RevocationError REVOCATION_DATA_MALFORMED
 */
export function distributionPointUris(der: Buffer): string[] {
  const points = new DerReader(der).enter(Tag.sequence);
  const uris: string[] = [];
  while (!points.done) {
    const name = points.enter(Tag.sequence).enterOptional(constructed(0));
    if (!name) continue;
    const fullName = name.enter(constructed(0));
    while (fullName.next(primitive(6))) uris.push(fullName.read(primitive(6)).toString("latin1"));
  }
  return uris;
}

/**
 * Whether a CRL is about a certificate at all: RFC 5280 § 6.3.3 (b) (2). The reference implementation does not look at
 * the issuing distribution point; but whoever stands between can send another CRL of the same issuer over plain http,
 * one on which the certificate cannot be. CRLs of some reasons only are taken, since all that the certificate names are
 * read. § CRLs of trust-store-trust-policy.md leaves indirect CRLs to the implementation: they are refused.
 * @throws RevocationError CRL_OTHER_SCOPE, REVOCATION_DATA_MALFORMED
 */
export function requireScope(extensions: readonly Extension[], certificate: Certificate): void {
  const extension = findExtension(extensions, ExtensionId.issuingDistributionPoint);
  if (!extension) return;
  const point = new DerReader(extension.value).enter(Tag.sequence);
  const name = point.enterOptional(constructed(0));
  const onlyUsers = flag(point, 1);
  const onlyAuthorities = flag(point, 2);
  point.readOptional(primitive(3));
  const indirect = flag(point, 4);
  const onlyAttributes = flag(point, 5);
  const authority = certificate.basicConstraints?.ca === true;
  if (indirect) throw otherScope("is an indirect one, which is not supported");
  if (onlyAttributes || (onlyUsers && authority) || (onlyAuthorities && !authority)) {
    throw otherScope("is about other kinds of certificates");
  }
  if (name && !namesOneOf(name, certificate.revocation.crl)) {
    throw otherScope("belongs to a distribution point that the certificate does not name");
  }
}

function namesOneOf(name: DerReader, addresses: readonly string[]): boolean {
  const fullName = name.enterOptional(constructed(0));
  let found = false;
  while (fullName && !fullName.done) {
    if (!fullName.next(primitive(6))) fullName.skip();
    else if (addresses.includes(fullName.read(primitive(6)).toString("latin1"))) found = true;
  }
  return found;
}

function flag(point: DerReader, number: number): boolean {
  return point.next(primitive(number)) && point.readBoolean(primitive(number));
}

function otherScope(what: string): RevocationError {
  return new RevocationError("CRL_OTHER_SCOPE", `the CRL ${what}: it may have been exchanged`);
}
