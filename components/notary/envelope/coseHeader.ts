import { quoted } from "../quoted";
import { type CborItem, MAJOR } from "./cbor";
import { integerOf, requireValidValue, textOf } from "./cborValue";
import { EnvelopeError } from "./error";

// The header maps of COSE (RFC 9052 § 3) as signature-envelope-cose.md § Protected Header and § Unprotected Headers use
// them.

export type Label = string | number;
export type CoseHeader = ReadonlyMap<Label, CborItem>;
type Bucket = "protected" | "unprotected";

export const COSE_LABEL = {
  alg: 1,
  crit: 2,
  contentType: 3,
  signingScheme: "io.cncf.notary.signingScheme",
  signingTime: "io.cncf.notary.signingTime",
  authenticSigningTime: "io.cncf.notary.authenticSigningTime",
  expiry: "io.cncf.notary.expiry",
} as const;

export const UNPROTECTED_LABEL = {
  x5chain: 33,
  timestampSignature: "io.cncf.notary.timestampSignature",
  signingAgent: "io.cncf.notary.signingAgent",
} as const;

/** Parameters of RFC 9052 § 3.1, RFC 9338 and RFC 9596 whose types go-cose checks, whether or not anybody needs them. */
const LABEL = {
  keyId: 4,
  iv: 5,
  partialIv: 6,
  countersignature: 7,
  countersignature0: 9,
  countersignatureV2: 11,
  countersignature0V2: 12,
  type: 16,
} as const;

/**
 * The parameters of a header map by label: integers or texts, none twice, of the types that go-cose headers.go wants.
 * Stricter than it: no label outside JavaScript's safe integers, and no countersignature (RFC 9338): the Notary Project
 * has none but the time stamp.
 * @throws EnvelopeError ENVELOPE_MALFORMED
 */
export function readCoseHeader(map: CborItem, bucket: Bucket): CoseHeader {
  if (map.major !== MAJOR.map) throw malformedHeader(`the ${bucket} header is no map`);
  const header = new Map<Label, CborItem>();
  for (let index = 0; index < map.items.length; index += 2) {
    const [key, value] = map.items.slice(index, index + 2);
    const label = key && (integerOf(key) ?? textOf(key));
    if (label === undefined || !value) throw malformedHeader("a label is neither an integer nor a text");
    if (header.has(label)) throw malformedHeader(`the ${bucket} header has the label ${quoted(label)} twice`);
    requireValidValue(value);
    if (!hasRightType(label, value, bucket)) {
      throw malformedHeader(`the ${bucket} header's parameter ${quoted(label)} may not be there, or not so`);
    }
    header.set(label, value);
  }
  return header;
}

/** RFC 9052 § 3.1: of the two, one at most, wherever it is. */
export function requireOneIv(...headers: readonly CoseHeader[]): void {
  const has = (label: Label) => headers.some((header) => header.has(label));
  if (has(LABEL.iv) && has(LABEL.partialIv)) throw malformedHeader("it has both an IV and a partial IV");
}

function hasRightType(label: Label, value: CborItem, bucket: Bucket): boolean {
  switch (label) {
    case COSE_LABEL.alg:
      return isInteger(value) || value.major === MAJOR.text;
    case COSE_LABEL.crit:
      return bucket === "protected";
    case COSE_LABEL.contentType:
    case LABEL.type:
      return value.major === MAJOR.unsigned || isMediaType(textOf(value));
    case LABEL.keyId:
    case LABEL.iv:
    case LABEL.partialIv:
      return value.major === MAJOR.bytes;
    case LABEL.countersignature0:
    case LABEL.countersignature0V2:
      return bucket === "unprotected" && value.major === MAJOR.bytes;
    case LABEL.countersignature:
    case LABEL.countersignatureV2:
      return false;
    default:
      return true;
  }
}

/** Of 64 bits. */
function isInteger({ major, argument }: CborItem): boolean {
  return major === MAJOR.unsigned || (major === MAJOR.negative && argument < 2n ** 63n);
}

function isMediaType(text: string | undefined): boolean {
  return text !== undefined && !text.startsWith(" ") && !text.endsWith(" ") && text.split("/").length === 2;
}

function malformedHeader(what: string): EnvelopeError {
  return new EnvelopeError("ENVELOPE_MALFORMED", `the COSE envelope is malformed: ${what}; sign again`);
}
