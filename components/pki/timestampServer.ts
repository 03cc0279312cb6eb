import type { TimestampServer } from "../notary/timestamp/timestampServer";
import { boundedRequest } from "./boundedRequest";

/** As the notation CLI's `sign`, and tspclient-go http.go, whose limit includes the first byte that is too many. */
const TIMEOUT_MS = 15_000;
const RESPONSE_BYTES_MAX = 1024 * 1024 - 1;

/**
 * A time stamping authority over HTTP (RFC 3161 § 3.4). What it throws is a PkiError.
 * @param url http or https
 */
export function httpTimestampServer(url: string): TimestampServer {
  return {
    request: (timeStampReq) =>
      boundedRequest({
        url,
        method: "POST",
        body: timeStampReq,
        contentType: "application/timestamp-query",
        responseType: "application/timestamp-reply",
        timeoutMs: TIMEOUT_MS,
        limit: RESPONSE_BYTES_MAX,
      }),
  };
}
