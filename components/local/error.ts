import { BreakwaterError } from "../errors";

export type LocalServiceErrorCode =
  | "TOOL_MISSING"
  | "TOOL_IS_A_SCRIPT"
  | "PORT_IN_USE"
  | "SERVICE_EXITED"
  | "SERVICE_UNHEALTHY"
  | "SERVICE_NOT_STOPPED"
  | "TLS_ROOT_MISSING";

/** A local service (registry, ACME test server) could not be started, found or stopped. */
export class LocalServiceError extends BreakwaterError<LocalServiceErrorCode> {}
