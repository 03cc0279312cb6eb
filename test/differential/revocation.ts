import { createHash } from "node:crypto";
import { hashAlgorithm, signatureAlgorithm } from "./algorithms";
import type { NetworkResponse } from "./case";
import type { BuiltCertificate, CertificatePlan, Extension } from "./certificates";
import { buildCertificate, extendedKeyUsage, keyUsage, PURPOSE, USAGE } from "./certificates";
import {
  bitString,
  boolean,
  contentOf,
  context,
  contextPrimitive,
  integer,
  octets,
  oid,
  sequence,
  TAG,
  time,
  tlv,
} from "./der";
import { ALGORITHMS, type Hash, type Key, signDer } from "./keys";
import { type Name, nameDer } from "./names";

/** Who signs: the issuer; one it delegates this to, by a certificate with or without the extended key usage; nobody known. */
export type Responder = "issuer" | "delegate" | "delegateWithoutPurpose" | "stranger";

/** What an OCSP responder answers about a certificate (RFC 6960 § 4.2.1). */
export interface OcspPlan {
  url: string;
  status: "good" | "revoked" | "unknown";
  thisUpdate: Date;
  nextUpdate?: Date;
  signer: Responder;
  /** When not the key of the issuer's pool: of a delegate or a stranger. */
  signerKey: Key;
  /** Whose certificate it is about, when not of the issuer. */
  issuer?: Name;
  certIdHash?: Hash;
  serial?: Buffer;
  responseStatus?: number;
  reason?: number;
  invalidityDate?: Date;
  extensions?: Extension[];
  byKey?: boolean;
  corruptSignature?: boolean;
  /** More single responses, for other certificates, before this one. */
  others?: number;
  raw?: Buffer;
  /** Changes its bytes, after signing. */
  mutate?: (bytes: Buffer) => Buffer;
  /** Changes what is signed, before it is. */
  mutateSigned?: (bytes: Buffer) => Buffer;
  httpStatus?: number;
  failure?: "error" | "hang";
}

export interface CrlEntry {
  serial: Buffer;
  date: Date;
  reason?: number;
  invalidityDate?: Date;
  extensions?: Extension[];
}

/** A CRL (RFC 5280 § 5). */
export interface CrlPlan {
  url: string;
  signer: "issuer" | "stranger";
  signerKey: Key;
  thisUpdate: Date;
  nextUpdate?: Date;
  /** The name that it has, when not the issuer's. */
  issuer?: Name;
  entries: CrlEntry[];
  number?: number;
  extensions?: Extension[];
  /** Named by the extension freshestCRL. */
  delta?: CrlPlan;
  /** As a delta CRL: the number of the base CRL that it wants. */
  indicator?: number;
  corruptSignature?: boolean;
  raw?: Buffer;
  /** Changes its bytes, after signing. */
  mutate?: (bytes: Buffer) => Buffer;
  /** Changes what is signed, before it is. */
  mutateSigned?: (bytes: Buffer) => Buffer;
  httpStatus?: number;
  failure?: "error" | "hang";
}

const generalized = (date: Date) => time(date, true);
const extensionDer = ({ oid: identifier, critical, value }: Extension) =>
  sequence(oid(identifier), ...(critical ? [boolean(true)] : []), octets(value));
const invalidity = (date: Date): Extension => ({ oid: "2.5.29.24", critical: false, value: generalized(date) });

/** Everything that is published of the certificates of a chain, by address. */
export function publish(chain: readonly BuiltCertificate[], network: Record<string, NetworkResponse>): void {
  chain.forEach((certificate, index) => {
    const issuer = chain[index + 1] ?? certificate;
    for (const plan of certificate.plan.ocsp) {
      network[plan.url] = response(plan, plan.raw ?? ocspResponse(plan, certificate, issuer));
    }
    for (const plan of certificate.plan.crl) publishCrl(plan, issuer, network);
  });
}

function publishCrl(plan: CrlPlan, issuer: BuiltCertificate, network: Record<string, NetworkResponse>): void {
  network[plan.url] = response(plan, plan.raw ?? crlDer(plan, issuer));
  if (plan.delta) publishCrl(plan.delta, issuer, network);
}

function response(plan: OcspPlan | CrlPlan, body: Buffer): NetworkResponse {
  return {
    status: plan.httpStatus ?? 200,
    body: (plan.mutate?.(body) ?? body).toString("base64"),
    ...(plan.failure && { failure: plan.failure }),
  };
}

/** Content of the BIT STRING of a SubjectPublicKeyInfo. */
function publicKeyBits(key: Key): Buffer {
  const inner = contentOf(key.spki);
  const algorithm = inner.subarray(0, 2 + (inner[1] ?? 0));
  return contentOf(inner.subarray(algorithm.length)).subarray(1);
}

function ocspResponse(plan: OcspPlan, certificate: BuiltCertificate, issuer: BuiltCertificate): Buffer {
  const { responseStatus = 0, signer } = plan;
  if (responseStatus !== 0) return sequence(integer(responseStatus, TAG.enumerated));
  const key = signer === "issuer" ? issuer.plan.key : plan.signerKey;
  const delegate = signer === "issuer" || signer === "stranger" ? undefined : delegateOf(plan, issuer.plan);
  const responder = delegate?.plan ?? issuer.plan;
  const responses = [
    ...Array.from({ length: plan.others ?? 0 }, (_, at) =>
      singleResponse(plan, issuer, Buffer.from([0x11, at + 1]), "good"),
    ),
    singleResponse(plan, issuer, plan.serial ?? certificate.plan.serial, plan.status),
  ];
  const good = sequence(
    plan.byKey
      ? context(2, octets(createHash("sha1").update(publicKeyBits(key)).digest()))
      : context(1, nameDer(responder.subject)),
    generalized(plan.thisUpdate),
    sequence(...responses),
  );
  const data = plan.mutateSigned?.(good) ?? good;
  const hash = ALGORITHMS[key.spec]?.hash ?? "sha256";
  const signature = signDer(key, data, hash);
  if (plan.corruptSignature) signature[signature.length - 1] = (signature.at(-1) ?? 0) ^ 1;
  const basic = sequence(
    data,
    signatureAlgorithm(key, hash),
    bitString(signature),
    ...(delegate ? [context(0, sequence(delegate.der))] : []),
  );
  return sequence(integer(0, TAG.enumerated), context(0, sequence(oid("1.3.6.1.5.5.7.48.1.1"), octets(basic))));
}

function singleResponse(plan: OcspPlan, issuer: BuiltCertificate, serial: Buffer, status: OcspPlan["status"]): Buffer {
  const hash = plan.certIdHash ?? "sha1";
  const digest = (content: Buffer) => octets(createHash(hash).update(content).digest());
  const extensions = [...(plan.extensions ?? []), ...(plan.invalidityDate ? [invalidity(plan.invalidityDate)] : [])];
  const revoked = () =>
    context(
      1,
      generalized(plan.thisUpdate),
      ...(plan.reason === undefined ? [] : [context(0, integer(plan.reason, TAG.enumerated))]),
    );
  return sequence(
    sequence(
      hashAlgorithm(hash),
      digest(nameDer(plan.issuer ?? issuer.plan.subject)),
      digest(publicKeyBits(issuer.plan.key)),
      integer(serial),
    ),
    status === "good" ? contextPrimitive(0) : status === "unknown" ? contextPrimitive(2) : revoked(),
    generalized(plan.thisUpdate),
    ...(plan.nextUpdate ? [context(0, generalized(plan.nextUpdate))] : []),
    ...(extensions.length > 0 ? [context(1, sequence(...extensions.map(extensionDer)))] : []),
  );
}

function delegateOf(plan: OcspPlan, issuer: CertificatePlan): BuiltCertificate {
  const delegate: CertificatePlan = {
    subject: [[{ type: "2.5.4.3", value: "OCSP responder" }]],
    key: plan.signerKey,
    serial: Buffer.from([0x77]),
    notBefore: new Date(plan.thisUpdate.getTime() - 86_400_000),
    notAfter: new Date(plan.thisUpdate.getTime() + 30 * 86_400_000),
    extensions: [
      keyUsage([USAGE.digitalSignature]),
      extendedKeyUsage([plan.signer === "delegate" ? PURPOSE.ocspSigning : PURPOSE.codeSigning]),
    ],
    ocsp: [],
    crl: [],
  };
  return buildCertificate(delegate, issuer);
}

function crlDer(plan: CrlPlan, issuer: BuiltCertificate): Buffer {
  const key = plan.signer === "issuer" ? issuer.plan.key : plan.signerKey;
  const hash = ALGORITHMS[key.spec]?.hash ?? "sha256";
  const extensions: Extension[] = [
    ...(plan.number === undefined ? [] : [{ oid: "2.5.29.20", critical: false, value: integer(plan.number) }]),
    ...(plan.indicator === undefined ? [] : [{ oid: "2.5.29.27", critical: true, value: integer(plan.indicator) }]),
    ...(plan.delta ? [freshest(plan.delta.url)] : []),
    ...(plan.extensions ?? []),
  ];
  const good = sequence(
    integer(1),
    signatureAlgorithm(key, hash),
    nameDer(plan.issuer ?? issuer.plan.subject),
    time(plan.thisUpdate),
    ...(plan.nextUpdate ? [time(plan.nextUpdate)] : []),
    ...(plan.entries.length > 0 ? [sequence(...plan.entries.map(entryDer))] : []),
    ...(extensions.length > 0 ? [context(0, sequence(...extensions.map(extensionDer)))] : []),
  );
  const list = plan.mutateSigned?.(good) ?? good;
  const signature = signDer(key, list, hash);
  if (plan.corruptSignature) signature[signature.length - 1] = (signature.at(-1) ?? 0) ^ 1;
  return sequence(list, signatureAlgorithm(key, hash), bitString(signature));
}

const freshest = (url: string): Extension => ({
  oid: "2.5.29.46",
  critical: false,
  value: sequence(sequence(context(0, context(0, contextPrimitive(6, Buffer.from(url)))))),
});

function entryDer({ serial, date, reason, invalidityDate, extensions = [] }: CrlEntry): Buffer {
  const all: Extension[] = [
    ...(reason === undefined
      ? []
      : [{ oid: "2.5.29.21", critical: false, value: tlv(TAG.enumerated, Buffer.from([reason])) }]),
    ...(invalidityDate ? [invalidity(invalidityDate)] : []),
    ...extensions,
  ];
  return sequence(integer(serial), time(date), ...(all.length > 0 ? [sequence(...all.map(extensionDer))] : []));
}
