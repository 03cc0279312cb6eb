import { parseCertificateList } from "./certificateList";
import { parseOcspResponse } from "./ocspResponse";

/**
 * Until when an answer may be cached (trust-store-trust-policy.md § CRLs, "caching CRLs and OCSP response"): its
 * nextUpdate. Undefined when it says none or cannot be read. Nothing is verified here.
 */
export function crlValidUntil(der: Buffer): Date | undefined {
  return attempt(() => parseCertificateList(der).nextUpdate);
}

/** The earliest nextUpdate in an OCSP response; undefined when one of its answers has none. */
export function ocspValidUntil(der: Buffer): Date | undefined {
  return attempt(() => {
    const ends = parseOcspResponse(der).responses.map(({ nextUpdate }) => nextUpdate?.getTime());
    const known = ends.filter((end) => end !== undefined);
    return known.length === ends.length && known.length > 0 ? new Date(Math.min(...known)) : undefined;
  });
}

function attempt(read: () => Date | undefined): Date | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
