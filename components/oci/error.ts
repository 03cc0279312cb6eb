import { BreakwaterError } from "../errors";
import type { ContentDefect } from "../notary/signatureRepository";

/** By those of ContentDefect the core knows a signature that cannot be had from a registry that cannot be asked. */
export type OciErrorCode =
  | ContentDefect
  | "REFERENCE_INVALID"
  | "CREDENTIALS_INVALID"
  | "CREDENTIAL_HELPER_NOT_FOUND"
  | "CREDENTIAL_HELPER_TIMEOUT"
  | "CREDENTIAL_HELPER_FAILED"
  | "CREDENTIAL_HELPER_INVALID"
  | "CA_FILE_UNREADABLE"
  | "REGISTRY_UNREACHABLE"
  | "REGISTRY_TLS_UNTRUSTED"
  | "REGISTRY_UNAUTHORIZED"
  | "REGISTRY_DENIED"
  /** It is there, but a policy of the registry gives it to nobody before it is signed. */
  | "IMAGE_GATED"
  | "REGISTRY_ERROR"
  | "REGISTRY_RESPONSE_INVALID"
  | "CONNECTION_LOST"
  | "REFERRERS_INVALID"
  | "REFERRERS_CONTENDED"
  | "SIGNATURE_MANIFEST_INVALID"
  | "LAYOUT_INVALID"
  | "LAYOUT_UNREADABLE"
  | "LAYOUT_LOCKED";

/** One entry of a registry's error body. Source: distribution-spec § Error Codes. */
export interface RegistryErrorEntry {
  code: string;
  message: string;
}

export interface OciErrorOptions extends ErrorOptions {
  /** The HTTP status that the registry answered. */
  status?: number;
  registryErrors?: readonly RegistryErrorEntry[];
}

/** A reference, digest, login or registry that cannot be used, or an exchange with a registry that failed. */
export class OciError extends BreakwaterError<OciErrorCode> {
  readonly status: number | undefined;
  readonly registryErrors: readonly RegistryErrorEntry[];

  constructor(code: OciErrorCode, message: string, options: OciErrorOptions = {}) {
    super(code, message, options.cause === undefined ? undefined : { cause: options.cause });
    this.status = options.status;
    this.registryErrors = options.registryErrors ?? [];
  }
}
