import { createHash } from "node:crypto";
import { signatureAlgorithm } from "./algorithms";
import { bitString, boolean, context, contextPrimitive, integer, octets, oid, sequence, TAG, time, tlv } from "./der";
import { ALGORITHMS, type Hash, type Key, signDer } from "./keys";
import { type Name, nameDer } from "./names";
import type { CrlPlan, OcspPlan } from "./revocation";

export interface Extension {
  oid: string;
  critical: boolean;
  value: Buffer;
}

/** What a certificate shall be, right or wrong. */
export interface CertificatePlan {
  subject: Name;
  /** When not the subject of the next one of the chain. */
  issuer?: Name;
  key: Key;
  /** When not the key of the next one of the chain. */
  signedBy?: Key;
  serial: Buffer;
  notBefore: Date;
  notAfter: Date;
  extensions: Extension[];
  /** Hash of its signature; else the one of its issuer's key. */
  hash?: Hash;
  pss?: boolean;
  version?: number;
  /** Another algorithm inside than outside. */
  innerHash?: Hash;
  corrupt?: "signature" | "truncated" | "trailing";
  /** Changes what is signed, before it is. */
  mutate?: (tbs: Buffer) => Buffer;
  /** Where its status is published, and what is found there. */
  ocsp: OcspPlan[];
  crl: CrlPlan[];
}

export interface BuiltCertificate {
  plan: CertificatePlan;
  der: Buffer;
  pem: string;
}

export const OID = {
  keyUsage: "2.5.29.15",
  extendedKeyUsage: "2.5.29.37",
  basicConstraints: "2.5.29.19",
  subjectKeyIdentifier: "2.5.29.14",
  authorityKeyIdentifier: "2.5.29.35",
  crlDistributionPoints: "2.5.29.31",
  freshestCrl: "2.5.29.46",
  authorityInfoAccess: "1.3.6.1.5.5.7.1.1",
  nameConstraints: "2.5.29.30",
  certificatePolicies: "2.5.29.32",
} as const;

/** Bit numbers of keyUsage (RFC 5280 § 4.2.1.3). */
export const USAGE = {
  digitalSignature: 0,
  contentCommitment: 1,
  keyEncipherment: 2,
  dataEncipherment: 3,
  keyAgreement: 4,
  keyCertSign: 5,
  cRLSign: 6,
  encipherOnly: 7,
  decipherOnly: 8,
} as const;

export const PURPOSE = {
  any: "2.5.29.37.0",
  serverAuth: "1.3.6.1.5.5.7.3.1",
  clientAuth: "1.3.6.1.5.5.7.3.2",
  codeSigning: "1.3.6.1.5.5.7.3.3",
  emailProtection: "1.3.6.1.5.5.7.3.4",
  timeStamping: "1.3.6.1.5.5.7.3.8",
  ocspSigning: "1.3.6.1.5.5.7.3.9",
  unknown: "1.3.6.1.4.1.311.10.3.13",
} as const;

export const keyUsage = (bits: readonly number[], critical = true): Extension => {
  const last = Math.max(...bits, -1);
  const content = Buffer.alloc(Math.max(Math.ceil((last + 1) / 8), last < 0 ? 0 : 1));
  for (const bit of bits) content[bit >> 3] = (content[bit >> 3] ?? 0) | (0x80 >> (bit & 7));
  return { oid: OID.keyUsage, critical, value: bitString(content, last < 0 ? 0 : 7 - (last & 7)) };
};
export const basicConstraints = (ca: boolean, pathLength?: number, critical = true): Extension => ({
  oid: OID.basicConstraints,
  critical,
  value: sequence(...(ca ? [boolean(true)] : []), ...(pathLength === undefined ? [] : [integer(pathLength)])),
});
export const extendedKeyUsage = (purposes: readonly string[], critical = false): Extension => ({
  oid: OID.extendedKeyUsage,
  critical,
  value: sequence(...purposes.map(oid)),
});
export const subjectKeyIdentifier = (key: Key): Extension => ({
  oid: OID.subjectKeyIdentifier,
  critical: false,
  value: octets(createHash("sha1").update(key.spki).digest()),
});
export const authorityKeyIdentifier = (key: Key): Extension => ({
  oid: OID.authorityKeyIdentifier,
  critical: false,
  value: sequence(contextPrimitive(0, createHash("sha1").update(key.spki).digest())),
});
const uri = (address: string) => contextPrimitive(6, Buffer.from(address));
export const distributionPoints = (
  addresses: readonly string[],
  identifier: string = OID.crlDistributionPoints,
): Extension => ({
  oid: identifier,
  critical: false,
  value: sequence(...addresses.map((address) => sequence(context(0, context(0, uri(address)))))),
});
const responders = (addresses: readonly string[]): Extension => ({
  oid: OID.authorityInfoAccess,
  critical: false,
  value: sequence(...addresses.map((address) => sequence(oid("1.3.6.1.5.5.7.48.1"), uri(address)))),
});

/** Another extension in the place of the one with its object identifier. */
export function replaceExtension(plan: CertificatePlan, extension: Extension): void {
  removeExtension(plan, extension.oid);
  plan.extensions.push(extension);
}

export function removeExtension(plan: CertificatePlan, identifier: string): void {
  plan.extensions = plan.extensions.filter((each) => each.oid !== identifier);
}

/** The certificates of a chain, leaf first; each is issued by the next, and the last by itself. */
export function buildChain(plans: readonly CertificatePlan[]): BuiltCertificate[] {
  return plans.map((plan, index) => buildCertificate(plan, plans[index + 1] ?? plan));
}

export function buildCertificate(
  plan: CertificatePlan,
  issuer: Pick<CertificatePlan, "subject" | "key">,
): BuiltCertificate {
  const key = plan.signedBy ?? issuer.key;
  const hash = plan.hash ?? ALGORITHMS[key.spec]?.hash ?? "sha256";
  const algorithm = signatureAlgorithm(key, hash, plan.pss);
  const extensions = [
    ...plan.extensions,
    ...(plan.ocsp.length > 0 ? [responders(plan.ocsp.map(({ url }) => url))] : []),
    ...(plan.crl.length > 0 ? [distributionPoints(plan.crl.map(({ url }) => url))] : []),
  ].map(({ oid: identifier, critical, value }) =>
    sequence(oid(identifier), ...(critical ? [boolean(true)] : []), octets(value)),
  );
  const version = plan.version ?? 3;
  const good = sequence(
    ...(version > 1 ? [context(0, integer(version - 1))] : []),
    integer(plan.serial),
    plan.innerHash ? signatureAlgorithm(key, plan.innerHash, plan.pss) : algorithm,
    nameDer(plan.issuer ?? issuer.subject),
    sequence(time(plan.notBefore), time(plan.notAfter)),
    nameDer(plan.subject),
    plan.key.spki,
    ...(extensions.length > 0 ? [context(3, sequence(...extensions))] : []),
  );
  const tbs = plan.mutate?.(good) ?? good;
  const signature = signDer(key, tbs, hash, plan.pss);
  if (plan.corrupt === "signature") signature[signature.length - 1] = (signature.at(-1) ?? 0) ^ 1;
  const whole = sequence(tbs, algorithm, bitString(signature));
  const der =
    plan.corrupt === "truncated"
      ? whole.subarray(0, whole.length - 3)
      : plan.corrupt === "trailing"
        ? Buffer.concat([whole, tlv(TAG.null)])
        : whole;
  return { plan, der, pem: pemOf(der) };
}

export const pemOf = (der: Buffer) =>
  `-----BEGIN CERTIFICATE-----\n${der.toString("base64").replace(/.{1,64}/g, "$&\n")}-----END CERTIFICATE-----\n`;
