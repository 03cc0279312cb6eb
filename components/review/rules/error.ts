import { BreakwaterError } from "../../errors";

export type RuleErrorCode = "RULES_INVALID" | "EXCEPTIONS_INVALID";

/** A rule or exception file says something that nobody could rely on; nothing is judged by a part of it. */
export class RuleError extends BreakwaterError<RuleErrorCode> {}
