import { BreakwaterError } from "../../components/errors";

export type CommandErrorCode =
  | "USAGE"
  | "STACK_UNKNOWN"
  | "CONFIG_SYNTAX"
  | "STACK_NOT_UP"
  | "LOGIN_UNKNOWN"
  | "PLUGIN_MISSING"
  | "STATE_LOCKED"
  | "PASSPHRASE_MISSING"
  | "HANDLERS_ELSEWHERE"
  | "SERVICE_NOT_STOPPED"
  | "UPDATE_FAILED"
  | "DRIFT_FOUND"
  | "INTERRUPTED";

/** A command can't do what it was asked to. */
export class CommandError extends BreakwaterError<CommandErrorCode> {}

/** Exit codes of the commands. */
export const EXIT = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const;
