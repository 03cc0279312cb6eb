import { createHash, createPrivateKey, randomBytes, sign, X509Certificate } from "node:crypto";
import type { TestCertificate } from "./certificates";
import { contentOf, der, integer, membersOf, octets, oid, sequence, set, time } from "./der";

/** A time stamp exactly as told, for what no honest authority makes. Every default is right. */
export interface TokenOptions {
  leaf: TestCertificate;
  /** DER of the certificates in the token; the leaf alone without it. */
  certificates?: Buffer[];
  /** What is stamped. */
  message: Buffer;
  /** The hash in its place, where only that is known. */
  imprint?: Buffer;
  hash?: "sha256" | "sha384" | "sha512" | "sha1";
  /** As in `20260601120000Z`. */
  genTime: string;
  /** DER of Accuracy; none without it. */
  accuracy?: Buffer;
  policy?: string;
  nonce?: Buffer;
  infoVersion?: number;
  /** Changes the DER of TSTInfo before it is signed. */
  info?: (info: Buffer) => Buffer;
  contentType?: string;
  signedDataVersion?: number;
  signerVersion?: number;
  digestAlgorithm?: string;
  signatureAlgorithm?: string;
  /** Changes the signed attributes, in DER, before they are signed. */
  attributes?: (attributes: Buffer[]) => Buffer[];
  /** Of the certificate in signingCertificateV2. */
  certificateHash?: Buffer;
  /** A signature in place of the right one. */
  signature?: Buffer;
  /** DER that stands as `[1]` beside the certificates. */
  revocationLists?: Buffer;
  /** The signers, given the right one in DER. */
  signerInfos?: (signer: Buffer) => Buffer[];
}

export const OID = {
  sha1: "1.3.14.3.2.26",
  sha256: "2.16.840.1.101.3.4.2.1",
  sha384: "2.16.840.1.101.3.4.2.2",
  sha512: "2.16.840.1.101.3.4.2.3",
  ecdsaWithSha256: "1.2.840.10045.4.3.2",
  rsa: "1.2.840.113549.1.1.1",
  signedData: "1.2.840.113549.1.7.2",
  tstInfo: "1.2.840.113549.1.9.16.1.4",
  contentType: "1.2.840.113549.1.9.3",
  messageDigest: "1.2.840.113549.1.9.4",
  signingTime: "1.2.840.113549.1.9.5",
  signingCertificate: "1.2.840.113549.1.9.16.2.12",
  signingCertificateV2: "1.2.840.113549.1.9.16.2.47",
} as const;

export const attribute = (type: string, ...values: Buffer[]) => sequence(oid(type), set(...values));
const algorithm = (type: string) => sequence(oid(type), Buffer.of(0x05, 0x00));

/** DER of a TimeStampToken. */
export function makeToken(options: TokenOptions): Buffer {
  const { leaf, hash = "sha256", signedDataVersion = 3, signerInfos = (signer) => [signer] } = options;
  const made = tstInfo(options, hash);
  const info = options.info?.(made) ?? made;
  const certificates = Buffer.concat(options.certificates ?? [leaf.der]);
  return sequence(
    oid(OID.signedData),
    der(
      0xa0,
      sequence(
        integer(signedDataVersion),
        set(algorithm(OID.sha256)),
        sequence(oid(options.contentType ?? OID.tstInfo), der(0xa0, octets(info))),
        der(0xa0, certificates),
        ...(options.revocationLists ? [der(0xa1, options.revocationLists)] : []),
        set(...signerInfos(signerInfo(options, info))),
      ),
    ),
  );
}

function tstInfo(options: TokenOptions, hash: NonNullable<TokenOptions["hash"]>): Buffer {
  const { message, genTime, accuracy, policy = "1.2.3.4.1", nonce, infoVersion = 1 } = options;
  const imprint = options.imprint ?? createHash(hash).update(message).digest();
  return sequence(
    integer(infoVersion),
    oid(policy),
    sequence(algorithm(OID[hash]), octets(imprint)),
    integer(Buffer.concat([Buffer.of(0x40), randomBytes(8)])),
    time(genTime, 0x18),
    ...(accuracy ? [accuracy] : []),
    ...(nonce ? [integer(nonce)] : []),
  );
}

/** One signer of a token whose TSTInfo is `info`. */
export function signerInfo(options: TokenOptions, info: Buffer): Buffer {
  const { leaf, digestAlgorithm = OID.sha256, signerVersion = 1 } = options;
  const { serialNumber } = new X509Certificate(leaf.der);
  const certificateHash = options.certificateHash ?? createHash("sha256").update(leaf.der).digest();
  const attributes = [
    attribute(OID.contentType, oid(OID.tstInfo)),
    attribute(OID.messageDigest, octets(createHash("sha256").update(info).digest())),
    attribute(OID.signingCertificateV2, sequence(sequence(sequence(octets(certificateHash))))),
  ];
  const signed = options.attributes?.(attributes) ?? attributes;
  const toBeSigned = set(...[...signed].sort(Buffer.compare));
  const rsa = leaf.algorithm.name !== "ECDSA";
  return sequence(
    integer(signerVersion),
    sequence(issuerOf(leaf.der), integer(Buffer.from(serialNumber, "hex"))),
    algorithm(digestAlgorithm),
    ...(signed.length > 0 ? [der(0xa0, ...signed)] : []),
    algorithm(options.signatureAlgorithm ?? (rsa ? OID.rsa : OID.ecdsaWithSha256)),
    octets(options.signature ?? sign("sha256", toBeSigned, createPrivateKey(leaf.privateKey))),
  );
}

/** DER of a certificate's issuer: the fourth member of what is signed, after version, serial number and algorithm. */
function issuerOf(certificate: Buffer): Buffer {
  const members = membersOf(membersOf(certificate)[0] ?? Buffer.alloc(0));
  return members[3] ?? Buffer.alloc(0);
}

/** DER of a TimeStampResp. */
export function makeResponse(token: Buffer | undefined, status = 0): Buffer {
  return sequence(sequence(integer(status)), ...(token ? [token] : []));
}

/** The nonce and the imprint's hash of a TimeStampReq. */
export function readRequest(request: Buffer): { nonce: Buffer; hashedMessage: Buffer } {
  const [, imprint = Buffer.alloc(0), nonce = Buffer.alloc(0)] = membersOf(request);
  const hashedMessage = membersOf(imprint)[1] ?? Buffer.alloc(0);
  return { nonce: contentOf(nonce), hashedMessage: contentOf(hashedMessage) };
}
