import { messageOf } from "../../errors";
import { quoted } from "../quoted";
import { RevocationError } from "./error";

// Addresses of OCSP responders and CRLs: trust-store-trust-policy.md § Certificate Revocation Evaluation.

/** The specification bounds no number of addresses; asking one after the other must come to an end. */
export const ADDRESSES_MAX = 10;

/**
 * Neither OCSP nor CRLs need TLS, and a responder behind https could need the very check it serves: the specification
 * (§ CRLs: "support only HTTP CRL URLs") and notation-core-go (for OCSP, too) ask addresses of http alone.
 * @throws RevocationError REVOCATION_ADDRESS_UNSUPPORTED
 */
function requireHttp(url: string): void {
  if (URL.canParse(url) && new URL(url).protocol === "http:") return;
  throw new RevocationError("REVOCATION_ADDRESS_UNSUPPORTED", "only addresses of http are asked");
}

/**
 * Whether an address is no URL reference at all (RFC 3986 § 2.1, § 3.1, § 3.2): Go's net/url parses none of these. One
 * that is only relative, or empty, it does parse, and passes by.
 */
export function isNoUrl(address: string): boolean {
  const [place = ""] = address.split("?"); // what is behind it, Go takes as it is
  const hasAuthority = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]/i.test(address);
  const endsNoScheme = /^(?![a-z][a-z0-9+.-]*:)[^/]*:/i.test(place);
  return (
    /\p{Cc}/u.test(address) ||
    endsNoScheme ||
    /%(?![0-9a-f]{2})/i.test(place) ||
    (hasAuthority && !URL.canParse(address))
  );
}

/** An address for messages: without user, password and query, and not too long. */
export function placeOf(address: string): string {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const place = url?.host ? `${url.protocol}//${url.host}${url.pathname}` : quoted(address);
  return place.length <= 120 ? place : `${place.slice(0, 119)}…`;
}

/**
 * What the source delivers from an address.
 * @throws RevocationError REVOCATION_ADDRESS_UNSUPPORTED, REVOCATION_SOURCE_FAILED
 */
export async function delivered(url: string, answer: () => Promise<Buffer>): Promise<Buffer> {
  requireHttp(url);
  try {
    return await answer();
  } catch (error) {
    throw new RevocationError("REVOCATION_SOURCE_FAILED", messageOf(error), { cause: error });
  }
}
