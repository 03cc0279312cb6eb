import { createHash } from "node:crypto";
import { parseCertificate } from "../../components/notary/certificates/certificate";
import type { TestCertificate } from "./certificates";
import { serialOf, signedSequence, subjectOf } from "./crl";
import { der, enumerated, generalizedTime, integer, octets, oid, sequence } from "./der";

export interface OcspOptions {
  certificate: TestCertificate;
  issuer: TestCertificate;
  /** Signs; must have a key on P-256. The issuer unless given. */
  signer?: TestCertificate;
  status: "good" | "revoked" | "unknown";
  thisUpdate: Date;
  nextUpdate?: Date | undefined;
  /** DER of certificates. */
  certificates?: Buffer[];
  /** DER of single extensions. */
  extensions?: Buffer[];
  /** Other answers before this one. */
  before?: Buffer[];
}

const SHA256 = sequence(oid("2.16.840.1.101.3.4.2.1"), der(0x05));
const digest = (data: Uint8Array, hash = "sha256") => createHash(hash).update(data).digest();

/** An OCSPResponse exactly as told. */
export function makeOcspResponse(options: OcspOptions): Buffer {
  const { issuer, signer = issuer, thisUpdate, certificates = [], before = [] } = options;
  const tbs = sequence(
    der(0xa1, subjectOf(signer)),
    generalizedTime(thisUpdate),
    sequence(...before, singleResponse(options)),
  );
  const attached = certificates.length > 0 ? [der(0xa0, sequence(...certificates))] : [];
  return successful(signedSequence(tbs, signer, ...attached));
}

export function successful(basic: Buffer): Buffer {
  return sequence(enumerated(0), der(0xa0, sequence(oid("1.3.6.1.5.5.7.48.1.1"), octets(basic))));
}

export function singleResponse({ certificate, issuer, status, thisUpdate, nextUpdate, extensions = [] }: OcspOptions) {
  const revoked = () => der(0xa1, generalizedTime(thisUpdate), der(0xa0, enumerated(1)));
  return sequence(
    sequence(
      SHA256,
      octets(digest(subjectOf(issuer))),
      octets(digest(parseCertificate(issuer.der).publicKeyBits)),
      integer(serialOf(certificate)),
    ),
    status === "good" ? der(0x80) : status === "unknown" ? der(0x82) : revoked(),
    generalizedTime(thisUpdate),
    ...(nextUpdate ? [der(0xa0, generalizedTime(nextUpdate))] : []),
    ...(extensions.length > 0 ? [der(0xa1, sequence(...extensions))] : []),
  );
}
