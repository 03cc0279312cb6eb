import { BreakwaterError } from "../../../components/errors";

export type CommentErrorCode =
  | "TOKEN_MISSING"
  | "REPORT_UNREADABLE"
  | "REPORT_TOO_LARGE"
  | "REPORT_NOT_A_REVIEW"
  | "RUN_INVALID"
  | "PULL_REQUEST_AMBIGUOUS"
  | "THREAD_TOO_LONG"
  | "API_UNAUTHORIZED"
  | "API_FORBIDDEN"
  | "API_NOT_FOUND"
  | "API_REFUSED"
  | "API_RATE_LIMITED"
  | "API_UNAVAILABLE"
  | "API_ANSWER_INVALID";

/** A report can't be made a comment. */
export class CommentError extends BreakwaterError<CommentErrorCode> {}
