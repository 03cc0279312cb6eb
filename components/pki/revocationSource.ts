import { ocspValidUntil, crlValidUntil } from "../notary/revocation/validUntil";
import type { RevocationSource } from "../notary/revocation/revocationSource";
import { boundedRequest } from "./boundedRequest";
import { PkiError } from "./error";
import { RevocationCache } from "./revocationCache";

export interface HttpRevocationSourceOptions {
  /** trust-store-trust-policy.md § OCSP Download: 2 seconds unless given. */
  ocspTimeoutMs?: number;
  /** § CRL Download: 5 seconds unless given. */
  crlTimeoutMs?: number;
  /** The one of the process unless given. */
  cache?: RevocationCache;
  now?: () => Date;
}

// notation-core-go reads 20 KiB of an OCSP response and less than 32 MiB of a CRL.
const OCSP_BYTES_MAX = 20_480;
const CRL_BYTES_MAX = 32 * 1024 * 1024 - 1;

// § CRLs allows to cache both. An answer is kept before it is verified and may have been forged on the way, and a
// revocation should be seen soon: so none is kept as long as many a nextUpdate says.
const OCSP_KEPT_MS = 60_000;
const CRL_KEPT_MS = 3_600_000;

/** From here on an OCSP request is sent by POST; RFC 5019 § 5, as notation-core-go does it. */
const GET_LENGTH = 255;

const cacheOfProcess = new RevocationCache();

/**
 * OCSP and CRLs over HTTP (RFC 6960 Appendix A.1, RFC 5280 § 4.2.1.13), bounded in time, size and redirects. Answers
 * are kept until their nextUpdate, for a minute (OCSP) or an hour (CRL) at most; who asks the same at the same time
 * shares one request. Its methods throw PkiError.
 */
export function httpRevocationSource(options: HttpRevocationSourceOptions = {}): RevocationSource {
  const { ocspTimeoutMs = 2_000, crlTimeoutMs = 5_000, cache = cacheOfProcess, now = () => new Date() } = options;
  const keep = (validUntil: (der: Buffer) => Date | undefined, mostMs: number) => (der: Buffer) => {
    const end = validUntil(der)?.getTime();
    return end === undefined ? undefined : Math.min(end, now().getTime() + mostMs);
  };
  return {
    askOcsp: (url, request, fresh = false) =>
      cache.get(
        `ocsp ${request.toString("base64")} ${url}`,
        now,
        () => askOcsp(url, request, ocspTimeoutMs),
        keep(ocspValidUntil, OCSP_KEPT_MS),
        fresh,
      ),
    fetchCrl: (url, fresh = false) =>
      cache.get(
        `crl ${url}`,
        now,
        () => boundedRequest({ url, method: "GET", timeoutMs: crlTimeoutMs, limit: CRL_BYTES_MAX }),
        keep(crlValidUntil, CRL_KEPT_MS),
        fresh,
      ),
  };
}

async function askOcsp(address: string, request: Buffer, timeoutMs: number): Promise<Buffer> {
  const bounds = { timeoutMs, limit: OCSP_BYTES_MAX };
  const base64 = request.toString("base64");
  const escaped = encodeURIComponent(base64);
  if (base64.length >= GET_LENGTH || escaped.length >= GET_LENGTH) {
    const contentType = "application/ocsp-request";
    return boundedRequest({ url: address, method: "POST", body: request, contentType, ...bounds });
  }
  if (!URL.canParse(address)) throw new PkiError("PKI_ADDRESS_REFUSED", "an OCSP responder's address is no URL");
  const url = new URL(address);
  url.pathname = `${url.pathname.replace(/\/+$/, "")}/${escaped}`;
  return boundedRequest({ url: url.href, method: "GET", ...bounds });
}
