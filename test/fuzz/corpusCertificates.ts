import "reflect-metadata";
import { constants, sign } from "node:crypto";
import * as x509 from "@peculiar/x509";
import { KEY_SPECS } from "../../components/notary/certificates/keySpec";
import * as make from "../support/certificates";
import { changed } from "../support/changedCertificate";
import { distributionPoints, EXTENSION, makeCrl } from "../support/crl";
import { der, extension, hex, integer, oid, sequence, text } from "../support/der";
import { makeOcspResponse } from "../support/ocsp";
import type { Corpus } from "./corpus";

// Certificates, and what tells whether they are revoked.

const HOUR = 3_600_000;
const at = (hours: number) => new Date(make.NOW.getTime() + hours * HOUR);
const CRL_ADDRESS = "http://crl.test/base";
const DELTA_ADDRESS = "http://crl.test/delta";
const OCSP_ADDRESS = "http://ocsp.test/";

const raw = (type: string, value: Buffer, critical = false) =>
  new x509.Extension(type, critical, Uint8Array.from(value).buffer);
const uri = (value: string) => text(0x86, value);

const subjectAltName = (critical = false) =>
  raw(
    "2.5.29.17",
    sequence(
      text(0x81, "a@b.test"),
      text(0x82, "*.a.test"),
      uri("https://user:p%20w@a.test:8443/p%41th?q#f"),
      uri("http://[fe80::1%25eth0]:80/"),
      uri("urn:a:b"),
      der(0x87, hex("7f000001")),
      der(0x87, Buffer.alloc(16, 1)),
      der(0x88, hex("2a0304")),
    ),
    critical,
  );
const subtrees = (...names: Buffer[]) => Buffer.concat(names.map((name) => sequence(name)));
const nameConstraints = (critical = true) =>
  raw(
    "2.5.29.30",
    sequence(
      der(0xa0, subtrees(text(0x82, ".a.test"), text(0x81, '"x y"@b.test'), text(0x81, ".c.test"), uri(".d.test"))),
      der(0xa1, subtrees(der(0x87, hex("0a000000ff000000")), der(0x87, Buffer.alloc(32)), text(0x81, "a.b@c.test"))),
    ),
    critical,
  );
const authorityInfoAccess = raw(
  "1.3.6.1.5.5.7.1.1",
  sequence(
    sequence(oid("1.3.6.1.5.5.7.48.1"), uri(OCSP_ADDRESS)),
    sequence(oid("1.3.6.1.5.5.7.48.2"), uri("http://ca.test/ca.crt")),
    sequence(oid("1.3.6.1.5.5.7.48.1"), text(0x82, "a.test")),
  ),
);
const crlDistributionPoints = raw("2.5.29.31", distributionPoints(CRL_ADDRESS, "http://crl.test/other"));
const POLICIES = [
  raw("2.5.29.32", sequence(sequence(oid("2.23.140.1.4.1")), sequence(oid("1.3.6.1.4.1.99999.1")))),
  raw("2.5.29.33", sequence(sequence(oid("1.2.3.4"), oid("1.2.3.5"))), true),
  raw("2.5.29.36", sequence(der(0x80, hex("00")), der(0x81, hex("01"))), true),
  raw("2.5.29.54", integer(0), true),
];
const IDENTIFIERS = [raw("2.5.29.14", der(0x04, hex("0102"))), raw("2.5.29.35", sequence(der(0x80, hex("0304"))))];

const leafUsages = () => [
  make.keyUsage(make.digitalSignature),
  make.extendedKeyUsage(make.ExtendedKeyUsage.codeSigning),
];
const richLeaf = () => [
  ...leafUsages(),
  subjectAltName(),
  authorityInfoAccess,
  crlDistributionPoints,
  ...POLICIES.slice(0, 1),
  ...IDENTIFIERS,
];
const richAuthority = () => [
  make.basicConstraints(true, 1),
  make.keyUsage(make.keyCertSign | x509.KeyUsageFlags.cRLSign),
  nameConstraints(),
  subjectAltName(true),
  ...POLICIES,
  ...IDENTIFIERS,
];

/** RSASSA-PSS with one hash, by the last octet of its identifier. */
function pssSigned(rsa: make.TestCertificate, hash: string, octet: string, saltLength: number): Buffer {
  const algorithm = sequence(oid(`2.16.840.1.101.3.4.2.${Number(octet)}`), hex("0500"));
  const mask = sequence(oid("1.2.840.113549.1.1.8"), algorithm);
  const parameters = sequence(der(0xa0, algorithm), der(0xa1, mask), der(0xa2, integer(saltLength)));
  const padding = { key: rsa.privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength };
  const signature = sequence(oid("1.2.840.113549.1.1.10"), parameters);
  return changed(rsa, () => ({ signature, sign: (toBeSigned) => sign(hash, toBeSigned, padding) })).der;
}

async function selfSigned(): Promise<Corpus> {
  const plain = await Promise.all(KEY_SPECS.map((keySpec) => make.selfSignedLeaf({ keySpec })));
  const rich = await make.selfSignedLeaf({ extensions: richLeaf() });
  const rsa = await make.selfSignedLeaf({ keySpec: "RSA-2048" });
  return {
    valid: [
      ...plain.map((certificate) => certificate.der),
      rich.der,
      pssSigned(rsa, "sha256", "1", 32),
      pssSigned(rsa, "sha512", "3", 64),
    ],
  };
}

/** Authorities that issued one leaf: the same key and name, other extensions. */
async function authorities(): Promise<Corpus> {
  const root = await make.goodRoot({ extensions: richAuthority() });
  const leaf = await make.goodLeaf(root, { extensions: richLeaf() });
  const plainExtensions = der(
    0xa3,
    sequence(extension("2.5.29.19", hex("30030101ff"), true), extension("2.5.29.15", hex("03020106"), true)),
  );
  const plain = changed(root, () => ({ extensions: plainExtensions }));
  return { valid: [root.der, plain.der], context: { leaf: leaf.der } };
}

async function pems(): Promise<Corpus> {
  const root = await make.goodRoot();
  return { valid: [(await make.goodLeaf(root)).chainPem, root.pem].map((pem) => Buffer.from(pem)) };
}

async function askedAbout() {
  const issuer = await make.goodRoot({
    extensions: [make.basicConstraints(true), make.keyUsage(make.keyCertSign | x509.KeyUsageFlags.cRLSign)],
  });
  const certificate = await make.goodLeaf(issuer, {
    extensions: [...leafUsages(), authorityInfoAccess, crlDistributionPoints],
  });
  const times = { issuer, thisUpdate: at(-1), nextUpdate: at(1) };
  return { issuer, certificate, times, context: { issuer: issuer.der, certificate: certificate.der } };
}

async function ocspResponses(): Promise<Corpus> {
  const { issuer, certificate, times, context } = await askedAbout();
  const responder = await make.makeCertificate({
    issuer,
    subject: "CN=responder",
    extensions: [
      make.keyUsage(make.digitalSignature),
      make.extendedKeyUsage(make.ExtendedKeyUsage.ocspSigning),
      raw("1.3.6.1.5.5.7.48.1.5", hex("0500")),
    ],
  });
  const extensions = [EXTENSION.invalidityDate(at(-9))];
  const valid = (["good", "revoked", "unknown"] as const).flatMap((status) => [
    makeOcspResponse({ ...times, certificate, status }),
    makeOcspResponse({ ...times, certificate, status, extensions }),
    makeOcspResponse({ ...times, certificate, status, signer: responder, certificates: [responder.der] }),
  ]);
  return { valid, context };
}

async function crls(): Promise<Corpus> {
  const { certificate, times, context } = await askedAbout();
  const about = (...extensions: Buffer[]) => [{ certificate, extensions }];
  const scope = EXTENSION.issuingDistributionPoint([CRL_ADDRESS], 1);
  const delta = makeCrl({
    ...times,
    entries: about(EXTENSION.reason(8)),
    extensions: [EXTENSION.number(301), EXTENSION.deltaIndicator(300), scope],
  });
  const base = makeCrl({
    ...times,
    entries: about(EXTENSION.reason(6)),
    extensions: [EXTENSION.number(300), EXTENSION.freshest(DELTA_ADDRESS), scope],
  });
  const valid = [
    makeCrl(times),
    makeCrl({ ...times, entries: about(EXTENSION.reason(1), EXTENSION.invalidityDate(at(-9))), repeat: 3 }),
    base,
    delta,
  ];
  return { valid, context: { ...context, base, delta } };
}

export const CERTIFICATES: Record<string, () => Promise<Corpus>> = {
  certificate: selfSigned,
  "certificate-authority": authorities,
  pem: pems,
  ocsp: ocspResponses,
  crl: crls,
};
