import type { Certificate } from "../certificates/certificate";
import { readDistributionPoints } from "../certificates/distributionPoints";
import { type Extension, ExtensionType } from "../certificates/extension";
import { GeneralNameTag } from "../certificates/generalNames";
import { DerReader } from "../der/reader";
import { Tag } from "../der/tag";
import { findExtension } from "./certificateList";
import { RevocationError, readingData } from "./error";

/** Of the extension freshestCRL (RFC 5280 § 5.2.6). @throws RevocationError REVOCATION_DATA_MALFORMED */
export function distributionPointUris(der: Buffer): string[] {
  return readingData(() => readDistributionPoints(new DerReader(der)));
}

/**
 * Whether a CRL is about a certificate at all: RFC 5280 § 6.3.3 (b) (2). The reference implementation does not look at
 * the issuing distribution point; but whoever stands between can send another CRL of the same issuer over plain http,
 * one on which the certificate cannot be. CRLs of some reasons only are taken, since all that the certificate names are
 * read. § CRLs of trust-store-trust-policy.md leaves indirect CRLs to the implementation: they are refused.
 * @throws RevocationError CRL_OTHER_SCOPE, REVOCATION_DATA_MALFORMED
 */
export function requireScope(extensions: readonly Extension[], certificate: Certificate): void {
  const extension = findExtension(extensions, ExtensionType.issuingDistributionPoint);
  if (!extension) return;
  const scope = readingData(() => readScope(new DerReader(extension.value).sequence()));
  const authority = certificate.basicConstraints?.ca === true;
  if (scope.indirect) throw otherScope("is an indirect one, which is not supported");
  if (scope.onlyAttributes || (scope.onlyUsers && authority) || (scope.onlyAuthorities && !authority)) {
    throw otherScope("is about other kinds of certificates");
  }
  if (scope.addresses && !scope.addresses.some((address) => certificate.revocation.crl.includes(address))) {
    throw otherScope("belongs to a distribution point that the certificate does not name");
  }
}

interface Scope {
  /** The addresses of its distribution point, when it names one. */
  addresses: readonly string[] | undefined;
  onlyUsers: boolean;
  onlyAuthorities: boolean;
  indirect: boolean;
  onlyAttributes: boolean;
}

/** An IssuingDistributionPoint: RFC 5280 § 5.2.5. */
function readScope(point: DerReader): Scope {
  const flag = (number: number) => point.nextIs(Tag.implicit(number)) && point.boolean(Tag.implicit(number));
  const name = point.optional(Tag.explicit(0));
  const [onlyUsers, onlyAuthorities] = [flag(1), flag(2)];
  // Of some reasons only.
  point.optional(Tag.implicit(3));
  const [indirect, onlyAttributes] = [flag(4), flag(5)];
  return { addresses: name && urisIn(name), onlyUsers, onlyAuthorities, indirect, onlyAttributes };
}

function urisIn(name: DerReader): string[] {
  const fullName = name.optional(Tag.explicit(0));
  const names = fullName?.readAll((list) => list.any()) ?? [];
  return names.filter(({ tag }) => tag === GeneralNameTag.uri).map(({ content }) => content.toString());
}

function otherScope(what: string): RevocationError {
  return new RevocationError("CRL_OTHER_SCOPE", `the CRL ${what}: it may have been exchanged`);
}
