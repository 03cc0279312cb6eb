import { BreakwaterError } from "../../errors";

export type HarborApiErrorCode =
  | "HARBOR_URL_INVALID"
  | "HARBOR_UNREACHABLE"
  | "HARBOR_TLS_UNTRUSTED"
  /** The login is not accepted; Harbor answers parts of its API all the same, as to nobody. */
  | "HARBOR_UNAUTHORIZED"
  | "HARBOR_FORBIDDEN"
  | "HARBOR_NOT_FOUND"
  | "HARBOR_CONFLICT"
  | "HARBOR_PRECONDITION_FAILED"
  /** By Harbor (400, 422), or by this client, for what Harbor would take and not do. */
  | "HARBOR_REQUEST_REFUSED"
  | "HARBOR_UNHEALTHY"
  | "HARBOR_RESPONSE_INVALID"
  | "HARBOR_RESPONSE_TOO_LARGE"
  /** Harbor answered 200, and its metadata are not what was written. */
  | "METADATA_NOT_KEPT"
  /** Harbor answered 200, and the rule is not what was written. */
  | "RULE_NOT_KEPT";

/** One entry of a Harbor error body, shortened, in printable characters. */
export interface HarborErrorEntry {
  readonly code: string;
  readonly message: string;
}

export interface HarborApiErrorOptions extends ErrorOptions {
  /** The HTTP status that Harbor answered. */
  status?: number;
  harborErrors?: readonly HarborErrorEntry[];
  outcomeUnknown?: boolean;
}

/** An exchange with Harbor's API that failed. */
export class HarborApiError extends BreakwaterError<HarborApiErrorCode> {
  readonly status: number | undefined;
  readonly harborErrors: readonly HarborErrorEntry[];
  /** The request may have been carried out all the same: the connection was lost on the way, or the server failed. */
  readonly outcomeUnknown: boolean;

  constructor(code: HarborApiErrorCode, message: string, options: HarborApiErrorOptions = {}) {
    super(code, message, options.cause === undefined ? undefined : { cause: options.cause });
    this.status = options.status;
    this.harborErrors = options.harborErrors ?? [];
    this.outcomeUnknown = options.outcomeUnknown ?? false;
  }
}

/** True for what Harbor says of a thing that is not there. */
export function isMissing(error: unknown): boolean {
  return error instanceof HarborApiError && error.code === "HARBOR_NOT_FOUND";
}
