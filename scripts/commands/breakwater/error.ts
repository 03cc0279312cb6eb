import { BreakwaterError, messageOf } from "../../../components/errors";

export type VerbErrorCode =
  | "USAGE"
  | "REFERENCE_INCOMPLETE"
  | "FILE_UNREADABLE"
  | "FILE_TOO_LARGE"
  | "TIMESTAMP_ROOT_INVALID"
  | "SIGNATURE_REFUSED";

/** A verb of `breakwater` can't do what it was asked to. */
export class VerbError extends BreakwaterError<VerbErrorCode> {}

/** Exit codes of `breakwater`. `no`: the answer is no (failed, refused, violated). `unknown`: there is no answer. */
export const EXIT = { yes: 0, no: 1, unknown: 2 } as const;

/** What the way out is called here: the errors themselves are raised below commands and stacks alike. */
const HERE: Readonly<Record<string, string>> = {
  REGISTRY_TLS_UNTRUSTED: "Here: --ca-file FILE, or SSL_CERT_FILE",
  REGISTRY_UNAUTHORIZED: "Here: `docker login` or `notation login`, or --docker-config DIR",
  NOTATION_FOLDER_MISSING: "Here: --trust DIR or --config DIR, or NOTATION_CONFIG",
  TRUST_POLICY_FILE_MISSING: "Here: --trust DIR, or NOTATION_CONFIG",
};

/** Code and message of anything thrown; never a stack. */
export function describeError(error: unknown): { code: string; message: string } {
  const message = messageOf(error).trim();
  if (error instanceof BreakwaterError) {
    const here = HERE[error.code];
    return { code: error.code, message: here === undefined ? message : `${message.replace(/\.$/, "")}. ${here}` };
  }
  const system = error instanceof Error && "syscall" in error && "path" in error;
  if (system) return { code: "FILE_UNREADABLE", message: `${error.path} cannot be used: ${message}` };
  return { code: "UNEXPECTED", message: `${message}. This should not happen: please report it` };
}
