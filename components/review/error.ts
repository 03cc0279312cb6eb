import { BreakwaterError } from "../errors";

export type ReviewErrorCode =
  | "REVIEW_NO_GIT"
  | "REVIEW_NOT_A_REPOSITORY"
  | "REVIEW_REF_UNKNOWN"
  | "REVIEW_FOLDER_UNKNOWN"
  | "REVIEW_FILE_UNREADABLE"
  | "PROJECT_CONFIG"
  | "REVIEW_STACK_UNKNOWN"
  | "REVIEW_CLONE_INCOMPLETE"
  | "REVIEW_TREE_INVALID"
  | "REVIEW_TREE_TOO_LARGE";

/** A side of a review can't be had, or a part of it. */
export class ReviewError extends BreakwaterError<ReviewErrorCode> {}
