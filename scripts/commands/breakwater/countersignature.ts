import { messageOf } from "../../../components/errors";
import { formatInstant } from "../../../components/notary/timestamp/instant";
import { parseSignedData } from "../../../components/notary/timestamp/signedData";
import { parseTstInfo, requireImprint } from "../../../components/notary/timestamp/tstInfo";
import { type InspectedCertificate, inspectCertificate } from "./inspection";

/** What a time stamp says of itself; whether its authority is trusted is another question. */
export interface Countersignature {
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
      timestamp: `${formatInstant(info.genTime).slice(0, 19)}Z`,
      certificates: certificates.map(inspectCertificate),
    };
  } catch (error) {
    return { error: `failed to parse timestamp countersignature: ${messageOf(error)}` };
  }
}
