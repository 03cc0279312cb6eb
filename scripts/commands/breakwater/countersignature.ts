import { messageOf } from "../../../components/errors";
import { formatInstant, type Instant } from "../../../components/notary/timestamp/instant";
import { parseSignedData } from "../../../components/notary/timestamp/signedData";
import { parseTstInfo, requireImprint } from "../../../components/notary/timestamp/tstInfo";
import { type InspectedCertificate, inspectCertificate } from "./inspectedCertificate";

/** What a time stamp says of itself; whether its authority is trusted is another question. */
export interface Countersignature {
  /** The range that it vouches for, `[from, to]` in whole seconds, as notation writes it. */
  readonly timestamp?: string;
  readonly certificates?: readonly InspectedCertificate[];
  readonly error?: string;
}

/** @param token RFC 3161 TimeStampToken, DER */
export function readCountersignature(token: Buffer, signature: Buffer): Countersignature {
  try {
    const { content, certificates } = parseSignedData(token);
    const info = parseTstInfo(content);
    requireImprint(info, signature);
    return {
      timestamp: `[${inSeconds(info.genTime - info.accuracy)}, ${inSeconds(info.genTime + info.accuracy)}]`,
      certificates: certificates.map(inspectCertificate),
    };
  } catch (error) {
    return { error: `failed to parse timestamp countersignature: ${messageOf(error)}` };
  }
}

function inSeconds(instant: Instant): string {
  return `${formatInstant(instant).slice(0, 19)}Z`;
}
