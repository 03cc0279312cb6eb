import "reflect-metadata";
import { randomBytes, type webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";
import { beforeAll, describe, it } from "vitest";
import { parseCertificate } from "../../components/notary/certificates/certificate";
import type { RevocationSource } from "../../components/notary/revocation/revocationSource";
import { TimestampError, type TimestampErrorCode } from "../../components/notary/timestamp/error";
import { requireTrustedTimestamp } from "../../components/notary/timestamp/trustedTimestamp";
import * as make from "../support/certificates";
import { der, integer, membersOf, octets, oid, sequence, time } from "../support/der";
import { unreachable } from "../support/revocation";
import { TSA_EXTENSIONS } from "../support/tsa";
import { attribute, makeToken, OID, type TokenOptions } from "../support/tsaToken";
import { expectCode } from "./expectCode";

const SIGNATURE = randomBytes(64);
const GEN_TIME = "20260601120000Z";
const { timeStamping, codeSigning } = make.ExtendedKeyUsage;
const critical = (...usages: string[]) => new x509.ExtendedKeyUsageExtension(usages, true);
const unknownCritical = new x509.Extension("1.2.3.4.5", true, Buffer.of(5, 0));

let root: make.TestCertificate;
let tsa: make.TestCertificate;
let signer: make.TestCertificate;
beforeAll(async () => {
  root = await make.goodRoot({ subject: "CN=tsa root" });
  tsa = await tsaLeaf();
  signer = await make.selfSignedLeaf();
});

const tsaLeaf = (options: make.CertificateOptions = {}) =>
  make.makeCertificate({ subject: "CN=tsa", issuer: root, extensions: TSA_EXTENSIONS(), ...options });

const tokenBy = (leaf: make.TestCertificate, options: Partial<TokenOptions> = {}) =>
  makeToken({ leaf, message: SIGNATURE, genTime: GEN_TIME, ...options });

interface Judge {
  signature?: Buffer;
  chain?: make.TestCertificate[];
  roots?: make.TestCertificate[];
  revocation?: RevocationSource;
  at?: Date;
}

function judge(token: Buffer, { signature = SIGNATURE, chain = [signer], roots = [root], ...rest }: Judge = {}) {
  const parse = ({ der }: make.TestCertificate) => parseCertificate(der);
  return requireTrustedTimestamp({
    token,
    signature,
    certificateChain: chain.map(parse),
    roots: roots.map(parse),
    revocation: rest.revocation ?? unreachable,
    now: make.NOW,
    ...(rest.at && { at: rest.at }),
  });
}

describe("a time stamp is trusted", () => {
  it.each<[string, () => Promise<Buffer> | Buffer]>([
    ["by an authority with a key of the curve P-256", () => tokenBy(tsa)],
    ["with an RSA key", async () => tokenBy(await tsaLeaf({ keySpec: "RSA-2048" }))],
    ["with the root in it, and certificates in any order", () => tokenBy(tsa, { certificates: [root.der, tsa.der] })],
    ["over a hash of SHA-512", () => tokenBy(tsa, { hash: "sha512" })],
    ["with an accuracy", () => tokenBy(tsa, { accuracy: sequence(integer(1), der(0x80, Buffer.of(5))) })],
    ["with a fraction of a second", () => tokenBy(tsa, { genTime: "20260601120000.123456Z" })],
    ["in another time zone", () => tokenBy(tsa, { genTime: "20260601140000+0200" })],
    [
      "with a signing time when its authority was valid",
      () => tokenBy(tsa, { attributes: (given) => [...given, signingTime("260601120000Z")] }),
    ],
    [
      "with its attributes in another order than they are signed in",
      () => tokenBy(tsa, { attributes: (given) => [...given].reverse() }),
    ],
    ["in BER with long lengths", () => withLongLength(tokenBy(tsa))],
    [
      "that names its certificate with issuer and serial number",
      () =>
        tokenBy(tsa, {
          attributes: ([type = Buffer.alloc(0), digest = Buffer.alloc(0)]) => [type, digest, named(tsa)],
        }),
    ],
    [
      "below an intermediate CA that the token holds",
      async () => {
        const intermediate = await make.goodIntermediate(root, { subject: "CN=tsa intermediate" });
        const leaf = await tsaLeaf({ issuer: intermediate });
        return tokenBy(leaf, { certificates: [leaf.der, intermediate.der] });
      },
    ],
  ])("%s", async (_, token) => {
    await judge(await token());
  });

  it("by the second signer, when the first is not trusted", async () => {
    const forged = (one: Buffer) => signerBy(one, { signature: randomBytes(70) });
    await judge(tokenBy(tsa, { signerInfos: (one) => [forged(one), one] }));
    await expectCode(
      () => judge(tokenBy(tsa, { signerInfos: (one) => [forged(one), forged(one)] })),
      TimestampError,
      "TIMESTAMP_NOT_TRUSTED",
    );
  });
});

const signingTime = (stated: string) => attribute(OID.signingTime, time(stated));

/** The same signer with another signature, its last member. */
function signerBy(signer: Buffer, { signature }: { signature: Buffer }): Buffer {
  return sequence(...membersOf(signer).slice(0, -1), octets(signature));
}

/** signingCertificateV2 with hash algorithm, hash, and the certificate's issuer and serial number. */
function named(certificate: make.TestCertificate): Buffer {
  const { issuerDer, serialNumber, thumbprint } = parseCertificate(certificate.der);
  const issuerSerial = sequence(sequence(der(0xa4, issuerDer)), integer(serialNumber));
  const hash = octets(Buffer.from(thumbprint, "hex"));
  return attribute(
    OID.signingCertificateV2,
    sequence(sequence(sequence(sequence(oid(OID.sha256)), hash, issuerSerial))),
  );
}

/** The outermost length in four octets instead of two. */
function withLongLength(element: Buffer): Buffer {
  return Buffer.concat([Buffer.of(0x30, 0x84, 0, 0), element.subarray(2)]);
}

describe("a time stamp is refused, by its own code", () => {
  const without = (type: string): Partial<TokenOptions> => ({
    attributes: (given) => given.filter((one) => !one.includes(oid(type))),
  });
  const replacing = (type: string, value: Buffer): Partial<TokenOptions> => ({
    attributes: (given) => given.map((one) => (one.includes(oid(type)) ? attribute(type, value) : one)),
  });
  const cases: [string, TimestampErrorCode, () => Promise<unknown>][] = [
    ["nothing", "TIMESTAMP_MALFORMED", () => judge(Buffer.alloc(0))],
    ["bytes behind it", "TIMESTAMP_MALFORMED", () => judge(Buffer.concat([tokenBy(tsa), Buffer.of(0)]))],
    ["cut off", "TIMESTAMP_MALFORMED", () => judge(tokenBy(tsa).subarray(0, -1))],
    ["an indefinite length", "TIMESTAMP_MALFORMED", () => judge(Buffer.from("30800000", "hex"))],
    ["nested without end", "TIMESTAMP_MALFORMED", () => judge(nested(1000))],
    ["too large", "TIMESTAMP_MALFORMED", () => judge(Buffer.alloc(1024 * 1024 + 1))],
    ["too many values", "TIMESTAMP_MALFORMED", () => judge(der(0x30, Buffer.alloc(200_000)))],
    ["another content", "TIMESTAMP_MALFORMED", () => judge(tokenBy(tsa, { contentType: "1.2.840.113549.1.7.1" }))],
    ["another version", "TIMESTAMP_MALFORMED", () => judge(tokenBy(tsa, { signedDataVersion: 1 }))],
    ["another version of its content", "TIMESTAMP_MALFORMED", () => judge(tokenBy(tsa, { infoVersion: 2 }))],
    ["a revocation list in it", "TIMESTAMP_MALFORMED", () => judge(tokenBy(tsa, { revocationLists: sequence() }))],
    [
      "too many signers",
      "TIMESTAMP_MALFORMED",
      () => judge(tokenBy(tsa, { signerInfos: (one) => new Array<Buffer>(9).fill(one) })),
    ],
    [
      "too many certificates",
      "TIMESTAMP_MALFORMED",
      () => judge(tokenBy(tsa, { certificates: Array.from({ length: 33 }, () => tsa.der) })),
    ],
    [
      "a certificate that is none",
      "TIMESTAMP_MALFORMED",
      () => judge(tokenBy(tsa, { certificates: [tsa.der, sequence()] })),
    ],
    ...[
      "20260601120000",
      "20260601120000.10Z",
      "20260631120000Z",
      "20260601250000Z",
      "20260601120000+0000",
      "2026",
    ].map((genTime): [string, TimestampErrorCode, () => Promise<unknown>] => [
      `the time ${genTime}`,
      "TIMESTAMP_MALFORMED",
      () => judge(tokenBy(tsa, { genTime })),
    ]),
    [
      "a negative accuracy",
      "TIMESTAMP_MALFORMED",
      () => judge(tokenBy(tsa, { accuracy: sequence(integer(Buffer.of(0xff))) })),
    ],
    ["of another signature", "TIMESTAMP_IMPRINT_MISMATCH", () => judge(tokenBy(tsa), { signature: randomBytes(64) })],
    ["over SHA-1", "TIMESTAMP_IMPRINT_MISMATCH", () => judge(tokenBy(tsa, { hash: "sha1" }))],
    ["no signer", "TIMESTAMP_NOT_TRUSTED", () => judge(tokenBy(tsa, { signerInfos: () => [] }))],
    ["another root", "TIMESTAMP_NOT_TRUSTED", () => judge(tokenBy(tsa), { roots: [signer] })],
    ["no root", "TIMESTAMP_NOT_TRUSTED", () => judge(tokenBy(tsa), { roots: [] })],
    ["no certificate", "TIMESTAMP_NOT_TRUSTED", () => judge(tokenBy(tsa, { certificates: [] }))],
    [
      "another signer's certificate",
      "TIMESTAMP_NOT_TRUSTED",
      () => judge(tokenBy(tsa, { certificateHash: randomBytes(32) })),
    ],
    ["a false signature", "TIMESTAMP_NOT_TRUSTED", () => judge(tokenBy(tsa, { signature: randomBytes(70) }))],
    ["no signed attributes", "TIMESTAMP_NOT_TRUSTED", () => judge(tokenBy(tsa, { attributes: () => [] }))],
    ...[OID.contentType, OID.messageDigest, OID.signingCertificateV2].map(
      (type): [string, TimestampErrorCode, () => Promise<unknown>] => [
        `without the signed attribute ${type}`,
        "TIMESTAMP_NOT_TRUSTED",
        () => judge(tokenBy(tsa, without(type))),
      ],
    ),
    [
      "a hash of other content",
      "TIMESTAMP_NOT_TRUSTED",
      () => judge(tokenBy(tsa, replacing(OID.messageDigest, octets(randomBytes(32))))),
    ],
    [
      "another type of content signed",
      "TIMESTAMP_NOT_TRUSTED",
      () => judge(tokenBy(tsa, replacing(OID.contentType, oid(OID.signedData)))),
    ],
    ["a signer of version 3", "TIMESTAMP_NOT_TRUSTED", () => judge(tokenBy(tsa, { signerVersion: 3 }))],
    [
      "SHA-1 as its hash",
      "TIMESTAMP_NOT_TRUSTED",
      () => judge(tokenBy(tsa, { digestAlgorithm: OID.sha1, signatureAlgorithm: OID.rsa })),
    ],
    [
      "RSA with a key of an elliptic curve",
      "TIMESTAMP_NOT_TRUSTED",
      () => judge(tokenBy(tsa, { signatureAlgorithm: OID.rsa })),
    ],
    [
      "before its authority was valid",
      "TIMESTAMP_NOT_TRUSTED",
      () => judge(tokenBy(tsa, { genTime: "20260501120000Z" })),
    ],
    [
      "an authority that is not valid at the time asked for",
      "TIMESTAMP_NOT_TRUSTED",
      () => judge(tokenBy(tsa), { at: new Date("2028-01-01") }),
    ],
    [
      "a stated signing time when its authority was not valid",
      "TIMESTAMP_NOT_TRUSTED",
      () => judge(tokenBy(tsa, { attributes: (given) => [...given, signingTime("250601120000Z")] })),
    ],
    [
      "an unknown critical extension",
      "TIMESTAMP_NOT_TRUSTED",
      async () => judge(tokenBy(await tsaLeaf({ extensions: [...TSA_EXTENSIONS(), unknownCritical] }))),
    ],
    [
      "a parent that is no CA",
      "TIMESTAMP_NOT_TRUSTED",
      async () => {
        const parent = await make.goodIntermediate(root, { subject: "CN=no ca", extensions: [] });
        const leaf = await tsaLeaf({ issuer: parent });
        return judge(tokenBy(leaf, { certificates: [leaf.der, parent.der] }));
      },
    ],
    ...[
      [critical(codeSigning)],
      [critical(timeStamping, codeSigning)],
      [new x509.ExtendedKeyUsageExtension([timeStamping])],
      [],
    ].map((usage, index): [string, TimestampErrorCode, () => Promise<unknown>] => [
      `the wrong extended key usage (${index})`,
      "TIMESTAMP_CERTIFICATE_INVALID",
      async () => judge(tokenBy(await tsaLeaf({ extensions: [make.keyUsage(make.digitalSignature), ...usage] }))),
    ]),
    [
      "no key usage",
      "TIMESTAMP_CERTIFICATE_INVALID",
      async () => judge(tokenBy(await tsaLeaf({ extensions: [critical(timeStamping)] }))),
    ],
    [
      "an intermediate CA for something else",
      "TIMESTAMP_CERTIFICATE_INVALID",
      async () => {
        const extensions = [make.basicConstraints(true), make.keyUsage(make.keyCertSign), critical(codeSigning)];
        const parent = await make.goodIntermediate(root, { subject: "CN=code", extensions });
        const leaf = await tsaLeaf({ issuer: parent });
        return judge(tokenBy(leaf, { certificates: [leaf.der, parent.der] }));
      },
    ],
  ];

  it.each(cases)("%s: %s", async (_, code, act) => {
    await expectCode(act, TimestampError, code);
  });
});

function nested(depth: number): Buffer {
  let value: Buffer = Buffer.alloc(0);
  for (let count = 0; count < depth; count += 1) value = der(0x30, value);
  return value;
}

describe("the range of its time must be inside the validity of every signing certificate", () => {
  const [notBefore, notAfter] = [new Date("2026-06-01T11:59:59Z"), new Date("2026-06-01T12:00:01Z")];
  const micros = (value: number) => sequence(der(0x81, Buffer.from(value.toString(16).padStart(6, "0"), "hex")));
  const outside = "TIMESTAMP_OUTSIDE_CERTIFICATE_VALIDITY";
  let brief: make.TestCertificate;
  beforeAll(async () => {
    brief = await make.selfSignedLeaf({ notBefore, notAfter });
  });

  it("to its very ends", async () => {
    await judge(tokenBy(tsa, { accuracy: sequence(integer(1)) }), { chain: [brief] });
    await judge(tokenBy(tsa, { accuracy: micros(1_000_000) }), { chain: [brief] });
    await judge(tokenBy(tsa, { genTime: "20260601120001Z" }), { chain: [brief] });
    // The policy of RFC 3628 means one second without saying so.
    await judge(tokenBy(tsa, { policy: "0.4.0.2023.1.1" }), { chain: [brief] });
  });

  it.each<[string, Partial<TokenOptions>]>([
    ["a microsecond of accuracy", { accuracy: micros(1_000_001) }],
    ["a nanosecond late", { genTime: "20260601120001.000000001Z" }],
    ["a nanosecond early", { genTime: "20260601115958.999999999Z" }],
    ["the second of RFC 3628", { genTime: "20260601120001Z", policy: "0.4.0.2023.1.1" }],
  ])("and not %s beyond", async (_, options) => {
    await expectCode(() => judge(tokenBy(tsa, options), { chain: [brief] }), TimestampError, outside);
  });

  it("root included", async () => {
    const old = await make.goodRoot({ notAfter: new Date("2026-06-01T11:00:00Z") });
    const leaf = await make.goodLeaf(old);
    await expectCode(() => judge(tokenBy(tsa), { chain: [leaf, old] }), TimestampError, outside);
  });
});

describe("revocation of its authority", () => {
  let ca: make.TestCertificate;
  let revokable: make.TestCertificate;
  beforeAll(async () => {
    const keyUsage = make.keyUsage(make.keyCertSign | x509.KeyUsageFlags.cRLSign);
    ca = await make.goodRoot({ subject: "CN=ca", extensions: [make.basicConstraints(true), keyUsage] });
    const extensions = [...TSA_EXTENSIONS(), make.crlDistributionPoint("http://crl.test/tsa")];
    revokable = await tsaLeaf({ issuer: ca, extensions });
  });
  const publishing = async (...revoked: make.TestCertificate[]): Promise<RevocationSource> => {
    const crl = await x509.X509CrlGenerator.create({
      issuer: ca.name,
      thisUpdate: new Date(make.NOW.getTime() - 1000),
      nextUpdate: new Date(make.NOW.getTime() + 1000),
      signingKey: ca.keys.privateKey,
      signingAlgorithm: ca.algorithm as webcrypto.EcdsaParams,
      entries: revoked.map(({ der }) => ({
        serialNumber: parseCertificate(der).serialNumber.toString("hex"),
        revocationDate: new Date(make.NOW.getTime() - 2000),
      })),
      extensions: [new x509.Extension("2.5.29.20", false, integer(1))],
    });
    return { ...unreachable, fetchCrl: async () => Buffer.from(crl.rawData) };
  };

  it("is asked for: good, revoked, unknown", async () => {
    const judged = (revocation: RevocationSource) => judge(tokenBy(revokable), { roots: [ca], revocation });
    await judged(await publishing(tsa));
    const revoking = await publishing(revokable);
    await expectCode(() => judged(revoking), TimestampError, "TIMESTAMP_CERTIFICATE_REVOKED");
    await expectCode(() => judged(unreachable), TimestampError, "TIMESTAMP_REVOCATION_UNKNOWN");
  });
});
