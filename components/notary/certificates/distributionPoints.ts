import type { DerReader } from "../der/reader";
import { Tag } from "../der/tag";
import { GeneralNameTag } from "./generalNames";

/**
 * The URIs of a CRLDistributionPoints (RFC 5280 § 4.2.1.13, and § 5.2.6 for delta CRLs), of each name the leading ones,
 * as Go's crypto/x509 and notation-core-go read them: trust-store-trust-policy.md § Certificate Revocation Evaluation.
 * @throws DerError
 */
export function readDistributionPoints(der: DerReader): string[] {
  const uris = der.sequence().readAll((points) => {
    const names = points.sequence().optional(Tag.explicit(0))?.read(Tag.explicit(0));
    const leading: string[] = [];
    while (names?.nextIs(GeneralNameTag.uri)) leading.push(names.content(GeneralNameTag.uri).toString());
    return leading;
  });
  return uris.flat();
}
