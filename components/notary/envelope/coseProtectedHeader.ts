import type { SignatureAlgorithm } from "../certificates/keySpec";
import { quoted } from "../quoted";
import { type CborItem, MAJOR } from "./cbor";
import { decodedValue, integerOf, TAG, textOf } from "./cborValue";
import type { ExtendedAttribute, SignedAttributes, SigningScheme } from "./content";
import { COSE_LABEL, type CoseHeader, type Label } from "./coseHeader";
import { criticalHeaderInvalid, EnvelopeError, protectedHeaderInvalid } from "./error";

/** signature-envelope-cose.md § Supported `alg` header values. */
export const COSE_ALGORITHM: Readonly<Record<SignatureAlgorithm, number>> = {
  PS256: -37,
  PS384: -38,
  PS512: -39,
  ES256: -7,
  ES384: -35,
  ES512: -36,
};

const OWN_LABELS: ReadonlySet<Label> = new Set(Object.values(COSE_LABEL));
/** Of JavaScript's Date, in seconds. */
const SECONDS_MAX = 8.64e12;

export interface CoseProtectedHeader {
  algorithm: SignatureAlgorithm;
  contentType: string;
  signedAttributes: SignedAttributes;
}

/**
 * Applies signature-envelope-cose.md § Protected Header, as notation-core-go signature/cose/envelope.go: unlike in JWS a
 * time of the other scheme is ignored, and `crit` may list any label that is present, even twice. Stricter than it in
 * that a time is an integer, as the specification says; notation-core-go takes floats, and NaN for no expiry.
 * @throws EnvelopeError
 */
export function readCoseProtectedHeader(header: CoseHeader): CoseProtectedHeader {
  const contentType = header.get(COSE_LABEL.contentType);
  const contentTypeText = contentType && textOf(contentType);
  if (contentTypeText === undefined) throw protectedHeaderInvalid("it has no content type as text");
  const critical = criticalLabels(header);
  return {
    algorithm: readAlgorithm(header),
    contentType: contentTypeText,
    signedAttributes: readSignedAttributes(header, critical),
  };
}

function readAlgorithm(header: CoseHeader): SignatureAlgorithm {
  const item = header.get(COSE_LABEL.alg);
  const value = item && integerOf(item);
  const names = Object.keys(COSE_ALGORITHM) as SignatureAlgorithm[];
  const algorithm = names.find((name) => COSE_ALGORITHM[name] === value);
  if (algorithm !== undefined) return algorithm;
  throw new EnvelopeError(
    "ENVELOPE_ALGORITHM_UNSUPPORTED",
    `the signature algorithm ${value ?? "(none)"} is not one of ${Object.values(COSE_ALGORITHM).join(", ")}: sign again`,
  );
}

function readSignedAttributes(header: CoseHeader, critical: readonly Label[]): SignedAttributes {
  const signingScheme = readSigningScheme(header);
  const authentic = signingScheme === "notary.x509.signingAuthority";
  const timeLabel = authentic ? COSE_LABEL.authenticSigningTime : COSE_LABEL.signingTime;
  const signingTime = readTime(header, timeLabel);
  if (!signingTime)
    throw protectedHeaderInvalid(`${timeLabel} must be present under the signing scheme ${signingScheme}`);
  const expiry = readTime(header, COSE_LABEL.expiry);
  const mandatory = [
    COSE_LABEL.signingScheme,
    ...(authentic ? [timeLabel] : []),
    ...(expiry ? [COSE_LABEL.expiry] : []),
  ];
  const missing = mandatory.find((label) => !critical.includes(label));
  if (missing) throw criticalHeaderInvalid(`${missing} must be listed in crit`);
  const extendedAttributes: ExtendedAttribute[] = [...header]
    .filter(([key]) => !OWN_LABELS.has(key))
    .map(([key, value]) => ({ key, critical: critical.includes(key), value: decodedValue(value) }));
  return { signingScheme, signingTime, ...(expiry && { expiry }), extendedAttributes };
}

function readSigningScheme(header: CoseHeader): SigningScheme {
  const item = header.get(COSE_LABEL.signingScheme);
  const scheme = item && textOf(item);
  if (scheme === "notary.x509" || scheme === "notary.x509.signingAuthority") return scheme;
  throw protectedHeaderInvalid("its signing scheme is neither notary.x509 nor notary.x509.signingAuthority");
}

function readTime(header: CoseHeader, label: Label): Date | undefined {
  const item = header.get(label);
  if (!item) return undefined;
  const [content] = item.items;
  const isEpoch = item.major === MAJOR.tag && item.argument === TAG.epoch;
  const seconds = isEpoch && content ? integerOf(content) : undefined;
  if (seconds === undefined || Math.abs(seconds) > SECONDS_MAX) {
    throw protectedHeaderInvalid(`${label} is not a time with tag 1, in whole seconds`);
  }
  return new Date(seconds * 1000);
}

function criticalLabels(header: CoseHeader): Label[] {
  const crit = header.get(COSE_LABEL.crit);
  if (crit?.major !== MAJOR.array || crit.items.length === 0)
    throw criticalHeaderInvalid("crit must be a list of labels");
  return crit.items.map((item) => labelOf(item, header));
}

function labelOf(item: CborItem, header: CoseHeader): Label {
  const label = integerOf(item) ?? textOf(item);
  if (label === undefined) throw criticalHeaderInvalid("crit lists what is neither an integer nor a text");
  if (header.has(label)) return label;
  throw criticalHeaderInvalid(`crit lists ${quoted(label)}, which is no header of this envelope`);
}
