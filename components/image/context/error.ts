import { BreakwaterError } from "../../errors";

export type BuildContextErrorCode =
  | "CONTEXT_MISSING"
  /** Its Dockerfile is missing, a folder leads out of it, or it is not what it is to be. */
  | "CONTEXT_INVALID"
  | "GIT_MISSING"
  | "GIT_URL_INVALID"
  | "GIT_REF_NOT_FOUND"
  | "GIT_REF_AMBIGUOUS"
  /** The host does not answer, has no such repository, or does not let us read it. */
  | "GIT_REPOSITORY_UNREACHABLE"
  | "GIT_TIMEOUT"
  /** A commit can't be had, or not be written to disk. */
  | "GIT_FETCH_FAILED";

/** What an image is to be built from can't be had. */
export class BuildContextError extends BreakwaterError<BuildContextErrorCode> {}
