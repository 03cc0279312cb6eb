import "reflect-metadata";
import { createHash } from "node:crypto";
import { CertID, OCSPRequest, Request, TBSRequest } from "@peculiar/asn1-ocsp";
import { AsnConvert, OctetString } from "@peculiar/asn1-schema";
import { AlgorithmIdentifier } from "@peculiar/asn1-x509";
import type { Certificate } from "../certificates/certificate";
import { SHA1_IDENTIFIER } from "../certificates/hash";

/**
 * The DER of an OCSPRequest (RFC 6960 § 4.1.1) for one certificate, as notation-core-go sends it: identified with
 * SHA-1, which every responder knows and which secures nothing here, without a nonce, which hardly any responder
 * answers and which keeps answers from being cached (RFC 5019 § 2.1.1).
 */
export function ocspRequest(certificate: Certificate, issuer: Certificate): Buffer {
  const reqCert = new CertID({
    hashAlgorithm: new AlgorithmIdentifier({ algorithm: SHA1_IDENTIFIER, parameters: null }),
    issuerNameHash: new OctetString(sha1(issuer.subjectDer)),
    issuerKeyHash: new OctetString(sha1(issuer.publicKeyBits)),
    serialNumber: new Uint8Array(certificate.serialNumber).buffer,
  });
  const tbsRequest = new TBSRequest({ requestList: [new Request({ reqCert })] });
  return Buffer.from(AsnConvert.serialize(new OCSPRequest({ tbsRequest })));
}

function sha1(data: Buffer): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash("sha1").update(data).digest());
}
