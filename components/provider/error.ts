import { BreakwaterError } from "../errors";

export type ConfigurationErrorCode = "CONFIGURATION_MISSING";

/** What the stack's config lacks for a resource. */
export class ConfigurationError extends BreakwaterError<ConfigurationErrorCode> {}
