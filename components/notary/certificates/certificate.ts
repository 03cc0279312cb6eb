import "reflect-metadata";
import { createHash, type KeyObject, X509Certificate } from "node:crypto";
import { AsnConvert } from "@peculiar/asn1-schema";
import * as asn1 from "@peculiar/asn1-x509";
import * as x509 from "@peculiar/x509";
import { messageOf } from "../../errors";
import { CertificateError } from "./error";
import { type RelativeDistinguishedName, subjectString } from "./subject";

/** An X.509 certificate (RFC 5280), parsed once: what the rules of the Notary Project look at, and nothing else (signature-specification.md § Certificate Requirements). */
export interface Certificate {
  /** DER. */
  readonly raw: Buffer;
  /** SHA-256 of the DER, lower-case hex. */
  readonly thumbprint: string;
  /** Subject and issuer, in the string form of RFC 4514 that Go prints. */
  readonly subject: string;
  readonly issuer: string;
  /** DER of the two names: equality of names is equality of bytes. */
  readonly subjectDer: Buffer;
  readonly issuerDer: Buffer;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly publicKey: KeyObject;
  /** `pathLength` is absent when the extension gives none. */
  readonly basicConstraints?: { ca: boolean; pathLength?: number };
  /** `bits` as @peculiar/x509's KeyUsageFlags. */
  readonly keyUsage?: { critical: boolean; bits: number };
  /** Object identifiers. */
  readonly extendedKeyUsage?: readonly string[];
  /** Content octets of the INTEGER, as they stand in the DER. */
  readonly serialNumber: Buffer;
  /** Content of the BIT STRING subjectPublicKey without its first octet (the count of unused bits). */
  readonly publicKeyBits: Buffer;
  /** Content octets of the key identifiers of RFC 5280 § 4.2.1.2 and § 4.2.1.1. */
  readonly subjectKeyIdentifier?: Buffer;
  readonly authorityKeyIdentifier?: Buffer;
  /** All extensions by object identifier; `value` is the DER inside the OCTET STRING. */
  readonly extensions: ReadonlyMap<string, CertificateExtension>;
  /** Name and hash of the algorithm its issuer signed it with, as in "ECDSA/SHA-384". */
  readonly signatureAlgorithm: string;
  /** Where its revocation status is published: addresses of OCSP responders and of CRLs, in its order. */
  readonly revocation: { ocsp: readonly string[]; crl: readonly string[] };
  /** Whether the key of `issuer` made its signature; says nothing of names, constraints or algorithms. */
  isSignedWith(issuer: Certificate): boolean;
}

export interface CertificateExtension {
  readonly critical: boolean;
  readonly value: Buffer;
}

// Parsing costs more than any check that follows, and the certificates of a chain come again with every signature.
const parsed = new Map<string, Certificate>();
const PARSED_MAX = 256;

/** @throws CertificateError CERTIFICATE_MALFORMED */
export function parseCertificate(der: Uint8Array): Certificate {
  const thumbprint = createHash("sha256").update(der).digest("hex");
  const known = parsed.get(thumbprint);
  if (known) return known;
  let certificate: Certificate;
  try {
    certificate = read(Buffer.from(der), thumbprint);
  } catch (error) {
    throw new CertificateError(
      "CERTIFICATE_MALFORMED",
      `a certificate cannot be parsed (${messageOf(error)}): give an X.509 certificate in DER or PEM`,
      { cause: error },
    );
  }
  if (parsed.size >= PARSED_MAX) parsed.clear();
  parsed.set(thumbprint, certificate);
  return certificate;
}

function read(raw: Buffer, thumbprint: string): Certificate {
  const node = new X509Certificate(raw);
  // OpenSSL reads one certificate and ignores what follows it; a certificate is all of its bytes.
  if (!node.raw.equals(raw)) throw new Error("data follow the certificate");
  const parsedAsn1 = new x509.X509Certificate(raw);
  const publicKey = node.publicKey;
  const algorithm = parsedAsn1.signatureAlgorithm as { name: string; hash?: { name: string } };
  const basicConstraints = parsedAsn1.getExtension(x509.BasicConstraintsExtension);
  const keyUsage = parsedAsn1.getExtension(x509.KeyUsagesExtension);
  const extendedKeyUsage = parsedAsn1.getExtension(x509.ExtendedKeyUsageExtension);
  const access = parsedAsn1.getExtension(x509.AuthorityInfoAccessExtension);
  const crl = parsedAsn1.getExtension(x509.CRLDistributionPointsExtension);
  const subjectKey = parsedAsn1.getExtension(x509.SubjectKeyIdentifierExtension);
  const authorityKey = parsedAsn1.getExtension(x509.AuthorityKeyIdentifierExtension);
  const tbs = AsnConvert.parse(raw, asn1.Certificate).tbsCertificate;
  return {
    raw,
    thumbprint,
    subject: subjectString(names(parsedAsn1.subjectName)),
    issuer: subjectString(names(parsedAsn1.issuerName)),
    subjectDer: Buffer.from(parsedAsn1.subjectName.toArrayBuffer()),
    issuerDer: Buffer.from(parsedAsn1.issuerName.toArrayBuffer()),
    notBefore: parsedAsn1.notBefore,
    notAfter: parsedAsn1.notAfter,
    publicKey,
    ...(basicConstraints && {
      basicConstraints: {
        ca: basicConstraints.ca,
        ...(basicConstraints.pathLength !== undefined && { pathLength: basicConstraints.pathLength }),
      },
    }),
    ...(keyUsage && { keyUsage: { critical: keyUsage.critical, bits: keyUsage.usages } }),
    ...(extendedKeyUsage && { extendedKeyUsage: extendedKeyUsage.usages.map(String) }),
    serialNumber: Buffer.from(tbs.serialNumber),
    publicKeyBits: Buffer.from(tbs.subjectPublicKeyInfo.subjectPublicKey),
    ...(subjectKey && { subjectKeyIdentifier: Buffer.from(subjectKey.keyId, "hex") }),
    ...(authorityKey?.keyId !== undefined && { authorityKeyIdentifier: Buffer.from(authorityKey.keyId, "hex") }),
    extensions: new Map(
      parsedAsn1.extensions.map(({ type, critical, value }) => [type, { critical, value: Buffer.from(value) }]),
    ),
    signatureAlgorithm: algorithm.hash ? `${algorithm.name}/${algorithm.hash.name}` : algorithm.name,
    revocation: { ocsp: addressesOf(access?.ocsp ?? []), crl: crlAddresses(crl) },
    isSignedWith: (issuer) => node.verify(issuer.publicKey),
  };
}

function addressesOf(names: readonly x509.GeneralName[]): string[] {
  return names.filter(({ type }) => type === "url").map(({ value }) => value);
}

function crlAddresses(extension: x509.CRLDistributionPointsExtension | null): string[] {
  return (extension?.distributionPoints ?? [])
    .flatMap(({ distributionPoint }) => distributionPoint?.fullName ?? [])
    .flatMap(({ uniformResourceIdentifier }) => uniformResourceIdentifier ?? []);
}

function names(name: x509.Name): RelativeDistinguishedName[] {
  return name
    .toJSON()
    .map((relative) => Object.entries(relative).flatMap(([type, values]) => values.map((value) => ({ type, value }))));
}
