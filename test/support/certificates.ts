import "reflect-metadata";
import { randomBytes, webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";
import type { KeySpec } from "../../components/notary/certificates/keySpec";

/** A certificate with its key and the chain above it, made in the test that needs it. */
export interface TestCertificate {
  der: Buffer;
  pem: string;
  /** PKCS#8 in PEM. */
  privateKey: string;
  /** PEM, this one first, up to the root. */
  chainPem: string;
  name: string;
  keys: webcrypto.CryptoKeyPair;
  algorithm: Algorithm;
}

type Algorithm = webcrypto.RsaHashedKeyGenParams | (webcrypto.EcKeyGenParams & { hash: string });

export interface CertificateOptions {
  /** RFC 4514, first attribute first. */
  subject?: string;
  issuer?: TestCertificate;
  keySpec?: KeySpec | "RSA-1024";
  notBefore?: Date;
  notAfter?: Date;
  extensions?: x509.Extension[];
  /** Hash of what this key signs, when it is not the usual one. */
  hash?: string;
  /** Of the certificate that this one renews; new ones when absent. */
  keys?: webcrypto.CryptoKeyPair;
}

export const { digitalSignature, keyCertSign, keyEncipherment } = x509.KeyUsageFlags;
export const NOW = new Date("2026-06-01T12:00:00Z");
export const now = () => NOW;
const DAY = 86_400_000;

const rsa = (modulusLength: number): Algorithm => ({
  name: "RSASSA-PKCS1-v1_5",
  modulusLength,
  publicExponent: new Uint8Array([1, 0, 1]),
  hash: "SHA-256",
});
const ec = (namedCurve: string, hash: string): Algorithm => ({ name: "ECDSA", namedCurve, hash });
const ALGORITHMS: Record<string, Algorithm> = {
  "RSA-1024": rsa(1024),
  "RSA-2048": rsa(2048),
  "RSA-3072": rsa(3072),
  "RSA-4096": rsa(4096),
  "EC-256": ec("P-256", "SHA-256"),
  "EC-384": ec("P-384", "SHA-384"),
  "EC-521": ec("P-521", "SHA-512"),
};

export const keyUsage = (bits: number, critical = true) => new x509.KeyUsagesExtension(bits, critical);
export const basicConstraints = (ca: boolean, pathLength?: number) =>
  new x509.BasicConstraintsExtension(ca, pathLength, true);
export const extendedKeyUsage = (...usages: string[]) => new x509.ExtendedKeyUsageExtension(usages);
export const crlDistributionPoint = (url: string) => new x509.CRLDistributionPointsExtension([url]);
export const ocspResponder = (url: string) => new x509.AuthorityInfoAccessExtension({ ocsp: url });
export { ExtendedKeyUsage } from "@peculiar/x509";

/** A certificate exactly as told; without an issuer it signs itself. */
export async function makeCertificate(options: CertificateOptions = {}): Promise<TestCertificate> {
  const {
    subject = "C=US, ST=WA, O=wabbit-networks.io, CN=signer",
    issuer,
    keySpec = "EC-256",
    extensions = [],
  } = options;
  const known = ALGORITHMS[keySpec];
  if (!known) throw new Error(`no algorithm for ${keySpec}`);
  const algorithm = { ...known, ...(options.hash !== undefined && { hash: options.hash }) };
  const keys = options.keys ?? (await newKeys(algorithm));
  const signingAlgorithm = issuer?.algorithm ?? algorithm;
  const made = await x509.X509CertificateGenerator.create({
    serialNumber: `40${randomBytes(8).toString("hex")}`,
    subject,
    issuer: issuer?.name ?? subject,
    notBefore: options.notBefore ?? new Date(NOW.getTime() - DAY),
    notAfter: options.notAfter ?? new Date(NOW.getTime() + 365 * DAY),
    publicKey: keys.publicKey,
    signingKey: (issuer?.keys ?? keys).privateKey,
    signingAlgorithm: signingAlgorithm as webcrypto.EcdsaParams,
    extensions,
  });
  const pem = `${made.toString("pem").trim()}\n`;
  const pkcs8 = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey);
  return {
    der: Buffer.from(made.rawData),
    pem,
    privateKey: x509.PemConverter.encode(pkcs8, "PRIVATE KEY"),
    chainPem: pem + (issuer?.chainPem ?? ""),
    name: subject,
    keys,
    algorithm,
  };
}

async function newKeys(algorithm: Algorithm): Promise<webcrypto.CryptoKeyPair> {
  return (await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"])) as webcrypto.CryptoKeyPair;
}

/** A good self-signed signing certificate. */
export function selfSignedLeaf(options: CertificateOptions = {}): Promise<TestCertificate> {
  return makeCertificate({
    extensions: [keyUsage(digitalSignature), extendedKeyUsage(x509.ExtendedKeyUsage.codeSigning)],
    ...options,
  });
}

export function goodRoot(options: CertificateOptions = {}): Promise<TestCertificate> {
  return makeCertificate({
    subject: "C=US, ST=WA, O=wabbit-networks.io, CN=root",
    extensions: [basicConstraints(true), keyUsage(keyCertSign)],
    ...options,
  });
}

export function goodIntermediate(issuer: TestCertificate, options: CertificateOptions = {}): Promise<TestCertificate> {
  return makeCertificate({
    subject: "C=US, ST=WA, O=wabbit-networks.io, CN=intermediate",
    issuer,
    extensions: [basicConstraints(true), keyUsage(keyCertSign)],
    ...options,
  });
}

export function goodLeaf(issuer: TestCertificate, options: CertificateOptions = {}): Promise<TestCertificate> {
  return selfSignedLeaf({ issuer, ...options });
}

/** Trusted to stamp time, and for nothing else. */
export function goodTsaLeaf(issuer: TestCertificate, options: CertificateOptions = {}): Promise<TestCertificate> {
  return selfSignedLeaf({
    issuer,
    subject: "C=US, ST=WA, O=wabbit-networks.io, CN=time",
    extensions: [
      keyUsage(digitalSignature),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.timeStamping], true),
    ],
    ...options,
  });
}
