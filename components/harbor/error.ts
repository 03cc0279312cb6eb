import { BreakwaterError } from "../errors";

export type HarborErrorCode =
  | "CA_UNREADABLE"
  /** A name that is declared belongs to something that this stack did not make. */
  | "OBJECT_EXISTS"
  /** What is to be taken over is not what is declared. */
  | "OBJECT_DIFFERS"
  /** What was to be changed is gone. */
  | "OBJECT_MISSING"
  | "PROJECT_NOT_EMPTY"
  | "QUOTA_INVALID"
  | "QUOTA_BELOW_USE"
  | "GATE_NOT_CLOSED"
  | "PERMISSION_INVALID"
  | "DURATION_INVALID"
  /** A robot's new secret is not one, for the registry. */
  | "LOGIN_REFUSED"
  | "ROBOT_EXPIRED"
  | "ROTATION_REUSED";

/** Something of Harbor can't be as it is declared. */
export class HarborError extends BreakwaterError<HarborErrorCode> {}
