import { messageOf } from "../errors";
import type { Certificate } from "../notary/certificates/certificate";
import { parseCertificatesPem } from "../notary/certificates/pem";
import { COSE_MEDIA_TYPE, type EnvelopeContent, JWS_MEDIA_TYPE } from "../notary/envelope/content";
import { parsePayload } from "../notary/payload";
import { withUserMetadata } from "../notary/signing/userMetadata";
import { PropertyError } from "../provider/definition";
import { isUnknown } from "../provider/wire";
import { requireWeaker, type Weaker } from "./acceptWeaker";
import { secondsOf } from "./duration";
import { problemOfTimestampAddress } from "./timestampAddress";

/** How an image is to be signed; plain JSON. notation's flags have the same names. */
export interface SignatureOptions {
  /** `jws` when absent. */
  readonly format?: "jws" | "cose";
  /** From the signing time on, as in `24h` or `1h30m`; when absent the signature never expires by itself. */
  readonly expiry?: string;
  /** Signed with the image: what build it is of, for example. */
  readonly userMetadata?: Readonly<Record<string, string>>;
  /** A time stamping authority (RFC 3161): with its countersignature the signature outlives its certificates. */
  readonly timestamp?: TimestampOptions;
}

export interface TimestampOptions {
  /** http or https. */
  readonly url: string;
  /** PEM: the roots that the authority's chain must lead to, as in a trust store `tsa:…`. */
  readonly roots: readonly string[];
}

const MEDIA_TYPES = { jws: JWS_MEDIA_TYPE, cose: COSE_MEDIA_TYPE };

export function mediaTypeOf({ format = "jws" }: SignatureOptions): string {
  return MEDIA_TYPES[format];
}

export function rootsOf({ roots }: TimestampOptions): Certificate[] {
  return roots.flatMap((pem) => parseCertificatesPem(pem));
}

/**
 * Whether an envelope is what the options ask for: its format, exactly this user metadata, this time from signing to expiry,
 * and a time stamp or none. Which authority stamped it, the envelope's trust decides, not its declaration.
 */
export function isAsDeclared(content: EnvelopeContent, mediaType: string, options: SignatureOptions): boolean {
  const { signingTime, expiry } = content.signedAttributes;
  const seconds = expiry && (expiry.getTime() - signingTime.getTime()) / 1000;
  return (
    mediaType === mediaTypeOf(options) &&
    seconds === (options.expiry === undefined ? undefined : secondsOf(options.expiry)) &&
    sameEntries(parsePayload(content.payload.content).annotations ?? {}, options.userMetadata ?? {}) &&
    (content.unsignedAttributes.timestampSignature !== undefined) === (options.timestamp !== undefined)
  );
}

function sameEntries(left: Readonly<Record<string, string>>, right: Readonly<Record<string, string>>): boolean {
  const keys = Object.keys(left);
  return (
    keys.length === Object.keys(right).length &&
    keys.every((key) => Object.hasOwn(right, key) && left[key] === right[key])
  );
}

/** Finds in a preview what could only fail later; values that are not known yet are left for then. @throws PropertyError */
export function checkSignatureOptions(options: SignatureOptions & { readonly acceptWeaker?: readonly Weaker[] }): void {
  const { format, expiry, userMetadata, timestamp, acceptWeaker } = options;
  const check = (property: string, value: unknown, work: () => unknown) => {
    if (value === undefined || isUnknown(value)) return;
    try {
      work();
    } catch (error) {
      throw error instanceof PropertyError ? error : new PropertyError(property, messageOf(error), { cause: error });
    }
  };
  check("format", format, () => {
    if (format === undefined || !Object.hasOwn(MEDIA_TYPES, format)) {
      throw new Error(`${JSON.stringify(format)} is no signature format: use jws or cose`);
    }
  });
  check("expiry", expiry, () => secondsOf(expiry ?? ""));
  check("userMetadata", userMetadata, () => {
    withUserMetadata(NOTHING, userMetadata ?? {}); // refuses what is reserved
    const other = Object.entries(userMetadata ?? {}).find(([, value]) => typeof value !== "string");
    if (other) throw new Error(`the value of ${JSON.stringify(other[0])} is not a text: user metadata are texts`);
  });
  check("timestamp", timestamp, () => timestamp && checkTimestamp(timestamp));
  check("acceptWeaker", acceptWeaker, () => requireWeaker(acceptWeaker ?? []));
}

const NOTHING = { mediaType: "", digest: "", size: 0 };

function checkTimestamp(timestamp: TimestampOptions): void {
  const problem = problemOfTimestampAddress(timestamp.url);
  if (problem !== undefined) throw new Error(`url ${problem}`);
  if (rootsOf(timestamp).length === 0) throw new Error("roots has no certificate: give the authority's root in PEM");
}
