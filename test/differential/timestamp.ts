import { createHash } from "node:crypto";
import { hashAlgorithm, signatureAlgorithm } from "./algorithms";
import { type BuiltCertificate, buildCertificate, type CertificatePlan } from "./certificates";
import {
  boolean,
  contentOf,
  context,
  contextPrimitive,
  integer,
  octets,
  oid,
  sequence,
  set,
  setOf,
  TAG,
  time,
  tlv,
} from "./der";
import { type Hash, isRsa, signDer } from "./keys";
import { parse, plain } from "./mutateDer";

/** A TimeStampToken (RFC 3161 § 2.4.2), right or wrong. */
export interface TokenPlan {
  genTime: Date;
  /** The fraction of a second that is written after the seconds, as in ".25". */
  fraction?: string;
  accuracy?: { seconds?: number; millis?: number; micros?: number };
  policy: string;
  hash: Hash;
  /** Instead of the hash of the signature. */
  imprint?: Buffer;
  version?: number;
  /** Leaf first. */
  chain: CertificatePlan[];
  /** Which of its certificates are in the token. */
  include: number[];
  /** More certificates in the token, before or behind those. */
  extra?: { certificate: CertificatePlan; issuer: CertificatePlan; first: boolean }[];
  signingCertificate: "v2" | "v2WithIssuer" | "v2OtherHash" | "v2WrongIssuer" | "v1" | "wrongHash" | "none" | "empty";
  /** Other than the leaf's in the unsigned signer identifier. */
  wrongSigner?: boolean;
  messageDigest?: "wrong" | "none";
  contentType?: "wrong" | "none";
  signingTime?: Date;
  signerVersion?: number;
  signedDataVersion?: number;
  eContentType?: string;
  contentInfoType?: string;
  digest: Hash;
  corruptSignature?: boolean;
  withoutSignedAttributes?: boolean;
  nonce?: number;
  ordering?: boolean;
  signers?: "none" | "brokenFirst";
  /** BER's indefinite length for the outermost element. */
  indefinite?: boolean;
  trailing?: boolean;
  raw?: Buffer;
  /** Changes the TSTInfo, or the signed attributes, before they are signed. */
  mutateInfo?: (bytes: Buffer) => Buffer;
  mutateAttributes?: (bytes: Buffer) => Buffer;
  /** Changes its bytes, after signing. */
  mutate?: (bytes: Buffer) => Buffer;
}

const TST_INFO = "1.2.840.113549.1.9.16.1.4";
const attributeOf = (type: string, ...values: readonly Uint8Array[]) => sequence(oid(type), set(...values));

/** The DER of a token over a signature, made with the chain of its authority. */
export function buildToken(plan: TokenPlan, chain: readonly BuiltCertificate[], signature: Buffer): Buffer {
  if (plan.raw) return plan.raw;
  const [leaf] = chain;
  if (!leaf) throw new Error("a time stamping authority has no certificate");
  const goodInfo = tstInfo(plan, signature);
  const info = plan.mutateInfo?.(goodInfo) ?? goodInfo;
  const good = signerInfo(plan, leaf, info);
  const broken = () => signerInfo({ ...plan, corruptSignature: true }, leaf, info);
  const signers = plan.signers === "none" ? [] : plan.signers === "brokenFirst" ? [broken(), good] : [good];
  const extra = (wanted: boolean) =>
    (plan.extra ?? [])
      .filter(({ first }) => first === wanted)
      .map(({ certificate, issuer }) => buildCertificate(certificate, issuer).der);
  const included = plan.include.flatMap((index) => chain[index]?.der ?? []);
  const certificates = [...extra(true), ...included, ...extra(false)];
  const signedData = sequence(
    integer(plan.signedDataVersion ?? 3),
    set(hashAlgorithm(plan.digest)),
    sequence(oid(plan.eContentType ?? TST_INFO), context(0, octets(info))),
    ...(certificates.length > 0 ? [context(0, ...certificates)] : []),
    set(...signers),
  );
  const type = oid(plan.contentInfoType ?? "1.2.840.113549.1.7.2");
  const content = plan.indefinite
    ? Buffer.concat([Buffer.from([0x30, 0x80]), type, context(0, signedData), Buffer.alloc(2)])
    : sequence(type, context(0, signedData));
  const token = plan.trailing ? Buffer.concat([content, Buffer.from([5, 0])]) : content;
  return plan.mutate?.(token) ?? token;
}

function tstInfo(plan: TokenPlan, signature: Buffer): Buffer {
  const imprint = plan.imprint ?? createHash(plan.hash).update(signature).digest();
  const { seconds, millis, micros } = plan.accuracy ?? {};
  const accuracy = sequence(
    ...(seconds === undefined ? [] : [integer(seconds)]),
    ...(millis === undefined ? [] : [contextPrimitive(0, contentOf(integer(millis)))]),
    ...(micros === undefined ? [] : [contextPrimitive(1, contentOf(integer(micros)))]),
  );
  const digits = contentOf(time(plan.genTime, true)).toString("latin1").slice(0, -1);
  return sequence(
    integer(plan.version ?? 1),
    oid(plan.policy),
    sequence(hashAlgorithm(plan.hash), octets(imprint)),
    integer(Buffer.from("0102030405", "hex")),
    tlv(TAG.generalizedTime, Buffer.from(`${digits}${plan.fraction ?? ""}Z`)),
    ...(plan.accuracy ? [accuracy] : []),
    ...(plan.ordering ? [boolean(true)] : []),
    ...(plan.nonce === undefined ? [] : [integer(plan.nonce)]),
  );
}

function signerInfo(plan: TokenPlan, leaf: BuiltCertificate, info: Buffer): Buffer {
  const attributes = signedAttributes(plan, leaf, info);
  const { key } = leaf.plan;
  const set = setOf(...attributes);
  const changed = plan.mutateAttributes?.(set) ?? set;
  const signed = plan.withoutSignedAttributes ? info : changed;
  const signature = signDer(key, signed, plan.digest);
  if (plan.corruptSignature) signature[signature.length - 1] = (signature.at(-1) ?? 0) ^ 1;
  const algorithm = isRsa(key)
    ? sequence(oid("1.2.840.113549.1.1.1"), Buffer.from([5, 0]))
    : signatureAlgorithm(key, plan.digest);
  return sequence(
    integer(plan.signerVersion ?? 1),
    issuerAndSerial(leaf, plan.wrongSigner),
    hashAlgorithm(plan.digest),
    ...(plan.withoutSignedAttributes ? [] : [context(0, contentOf(changed))]),
    algorithm,
    octets(signature),
  );
}

function issuerAndSerial({ der, plan }: BuiltCertificate, wrong = false): Buffer {
  return sequence(issuerOf(der), integer(wrong ? Buffer.from([0x66]) : plan.serial));
}

/** The issuer's name as it stands in a certificate's DER; an empty one where the certificate is damaged. */
function issuerOf(der: Buffer): Buffer {
  const fields = parse(der)?.children?.[0]?.children ?? [];
  const issuer = fields[fields[0]?.tag === 0xa0 ? 3 : 2];
  return issuer ? plain(issuer) : sequence();
}

function signedAttributes(plan: TokenPlan, leaf: BuiltCertificate, info: Buffer): Buffer[] {
  const digest = createHash(plan.digest).update(info).digest();
  if (plan.messageDigest === "wrong") digest[0] = (digest[0] ?? 0) ^ 1;
  return [
    ...(plan.contentType === "none"
      ? []
      : [attributeOf("1.2.840.113549.1.9.3", oid(plan.contentType ? "1.2.840.113549.1.7.1" : TST_INFO))]),
    ...(plan.messageDigest === "none" ? [] : [attributeOf("1.2.840.113549.1.9.4", octets(digest))]),
    ...(plan.signingTime ? [attributeOf("1.2.840.113549.1.9.5", time(plan.signingTime))] : []),
    ...signingCertificate(plan, leaf),
  ];
}

/** RFC 5816, RFC 5035. */
function signingCertificate({ signingCertificate: form }: TokenPlan, leaf: BuiltCertificate): Buffer[] {
  if (form === "none") return [];
  const hash = (algorithm: Hash) => octets(createHash(algorithm).update(leaf.der).digest());
  if (form === "v1") return [attributeOf("1.2.840.113549.1.9.16.2.12", sequence(sequence(sequence(hash("sha1")))))];
  const issuerSerial = (serial: Buffer) => sequence(sequence(context(4, issuerOf(leaf.der))), integer(serial));
  const certificateId: Record<Exclude<typeof form, "none" | "v1" | "empty">, Buffer> = {
    v2: sequence(hash("sha256")),
    v2WithIssuer: sequence(hash("sha256"), issuerSerial(leaf.plan.serial)),
    v2OtherHash: sequence(hashAlgorithm("sha512"), hash("sha512")),
    v2WrongIssuer: sequence(hash("sha256"), issuerSerial(Buffer.from([0x66]))),
    wrongHash: sequence(octets(Buffer.alloc(32, 7))),
  };
  const list = form === "empty" ? sequence() : sequence(certificateId[form]);
  return [attributeOf("1.2.840.113549.1.9.16.2.47", sequence(list))];
}
