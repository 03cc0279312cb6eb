import "reflect-metadata";
import { randomBytes, webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";
import { parseCertificate } from "../notary/certificates/certificate";
import { requireSigningChain } from "../notary/certificates/chain";
import { KEY_SPECS, type KeySpec } from "../notary/certificates/keySpec";
import { certificatePem } from "../notary/certificates/pem";
import type { Clock } from "../notary/clock";
import { IdentityError } from "./error";

export type { KeySpec } from "../notary/certificates/keySpec";

export interface GenerateTestIdentityArgs {
  /** 1 to 64 of a-z, A-Z, 0-9, `.`, `_`, `-`: it names files as well. */
  commonName: string;
  /** RSA-2048 unless given, as notation's default. */
  keySpec?: KeySpec;
  /** Whole seconds, at least one. */
  lifetimeSeconds: number;
  clock: Clock;
}

/** Plain JSON. */
export interface GeneratedIdentity {
  /** PEM, self-signed. */
  certificate: string;
  /** PKCS#8 in PEM, not encrypted: a secret. */
  privateKey: string;
  /** SHA-256 of the certificate's DER, lower-case hex. */
  thumbprint: string;
  /** RFC 4514, as trusted identities are matched against. */
  subject: string;
  /** ISO 8601, whole seconds. */
  notBefore: string;
  notAfter: string;
}

const NAME = /^[a-zA-Z0-9_.-]{1,64}$/;
const PUBLIC_EXPONENT = new Uint8Array([1, 0, 1]);
const LAST_SECOND = Date.UTC(9999, 11, 31, 23, 59, 59);

// The hash that signs the certificate follows Go's defaults: SHA-256 for RSA, the curve's size for EC.
const RSA = { name: "RSASSA-PKCS1-v1_5", publicExponent: PUBLIC_EXPONENT, hash: "SHA-256" };
const KEYS: Readonly<Record<KeySpec, webcrypto.RsaHashedKeyGenParams | (webcrypto.EcKeyGenParams & { hash: string })>> =
  {
    "RSA-2048": { ...RSA, modulusLength: 2048 },
    "RSA-3072": { ...RSA, modulusLength: 3072 },
    "RSA-4096": { ...RSA, modulusLength: 4096 },
    "EC-256": { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" },
    "EC-384": { name: "ECDSA", namedCurve: "P-384", hash: "SHA-384" },
    "EC-521": { name: "ECDSA", namedCurve: "P-521", hash: "SHA-512" },
  };

/**
 * A new key with a self-signed certificate for code signing, shaped like that of `notation cert generate-test`: subject
 * C=US, ST=WA, L=Seattle, O=Notary, CN=<name>; key usage digitalSignature, critical; extended key usage codeSigning;
 * no basicConstraints.
 * Its serial number is random, which notation's is not.
 * @throws IdentityError COMMON_NAME_INVALID, KEY_SPEC_UNSUPPORTED, LIFETIME_INVALID
 */
export async function generateTestIdentity(args: GenerateTestIdentityArgs): Promise<GeneratedIdentity> {
  const { commonName, keySpec = "RSA-2048", lifetimeSeconds, clock } = args;
  requireCommonName(commonName);
  if (!KEY_SPECS.includes(keySpec)) {
    throw new IdentityError(
      "KEY_SPEC_UNSUPPORTED",
      `the key spec ${JSON.stringify(keySpec)} is not one of ${KEY_SPECS.join(", ")}: use one of these`,
    );
  }
  const notBefore = new Date(Math.floor(clock().getTime() / 1000) * 1000);
  const notAfter = endOfLife(notBefore, lifetimeSeconds);
  const algorithm = KEYS[keySpec];
  const keys = (await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"])) as webcrypto.CryptoKeyPair;
  const made = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: [{ C: ["US"] }, { ST: ["WA"] }, { L: ["Seattle"] }, { O: ["Notary"] }, { CN: [commonName] }],
    notBefore,
    notAfter,
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.codeSigning]),
    ],
  });
  const certificate = parseCertificate(new Uint8Array(made.rawData));
  requireSigningChain([certificate], notBefore);
  const pkcs8 = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey);
  return {
    certificate: certificatePem(certificate.raw),
    privateKey: `${x509.PemConverter.encode(pkcs8, "PRIVATE KEY").trim()}\n`,
    thumbprint: certificate.thumbprint,
    subject: certificate.subject,
    notBefore: notBefore.toISOString(),
    notAfter: notAfter.toISOString(),
  };
}

function requireCommonName(commonName: string): void {
  if (NAME.test(commonName) && commonName !== "." && commonName !== "..") return;
  throw new IdentityError(
    "COMMON_NAME_INVALID",
    `the common name ${JSON.stringify(commonName)} is not valid: use 1 to 64 of a-z, A-Z, 0-9, ".", "_" and "-"`,
  );
}

function endOfLife(notBefore: Date, lifetimeSeconds: number): Date {
  const end = notBefore.getTime() + lifetimeSeconds * 1000;
  if (Number.isSafeInteger(lifetimeSeconds) && lifetimeSeconds >= 1 && end <= LAST_SECOND) return new Date(end);
  throw new IdentityError(
    "LIFETIME_INVALID",
    `a lifetime of ${lifetimeSeconds} seconds is not valid: give whole seconds, at least 1, that end before the year 10000`,
  );
}

/** 16 random bytes, positive and not zero (RFC 5280 § 4.1.2.2). */
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString("hex");
}
