import { isRecord } from "./descriptor";
import { OciError } from "./error";
import type { HttpResponse } from "./http";

export interface Token {
  /** The `Authorization` header's value. */
  authorization: string;
  /** Unix milliseconds; a token is renewed somewhat before it expires, so that an upload does not begin with a dying one. */
  renewAt: number;
}

const DEFAULT_LIFETIME_SECONDS = 60;
const MAX_LIFETIME_SECONDS = 86_400;
const RENEW_BEFORE_SECONDS = 15;

/**
 * Throws OciError REGISTRY_RESPONSE_INVALID, which quotes nothing of the response.
 * Source: Distribution's token authentication specification § Token Response Fields.
 */
export function readToken(response: HttpResponse, host: string): Token {
  let fields: unknown;
  try {
    fields = JSON.parse(response.body.toString("utf8"));
  } catch {
    fields = undefined; // No cause: the text may hold the token.
  }
  const token = isRecord(fields) ? fields.token || fields.access_token : undefined;
  if (!isRecord(fields) || typeof token !== "string" || !/^[\x21-\x7e]+$/.test(token)) {
    throw new OciError(
      "REGISTRY_RESPONSE_INVALID",
      `The token server of ${host} answers without a token: check its set-up.`,
    );
  }
  const told = fields.expires_in;
  const lifetime =
    typeof told === "number" && told > 0 ? Math.min(told, MAX_LIFETIME_SECONDS) : DEFAULT_LIFETIME_SECONDS;
  // A token that lives shortly is used for half its life.
  const usable = Math.max(lifetime - RENEW_BEFORE_SECONDS, lifetime / 2);
  return { authorization: `Bearer ${token}`, renewAt: Date.now() + usable * 1000 };
}
