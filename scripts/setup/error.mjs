/**
 * @typedef {"NODE_UNSUPPORTED" | "PLATFORM_UNSUPPORTED" | "PACKAGES_FAILED" | "PACKAGES_ELSEWHERE" | "COMPILE_FAILED" | "INTERRUPTED"
 *   | "ALREADY_RUNNING"
 *   | "TOOL_UNKNOWN" | "TOOL_NOT_INSTALLED" | "TOOL_VARIABLE_INVALID" | "TOOL_UNAVAILABLE" | "TOOL_UNUSABLE"
 *   | "DOWNLOAD_FAILED" | "CHECKSUM_MISMATCH" | "ARCHIVE_INVALID" | "GO_UNAVAILABLE" | "GO_BUILD_FAILED"} SetupErrorCode
 */

/**
 * An error of the set-up. It has the shape of a `BreakwaterError` (stable `code`, `message` with the way out) but does not
 * derive from it: the set-up runs before TypeScript is compiled.
 */
export class SetupError extends Error {
  /**
   * @param {SetupErrorCode} code
   * @param {string} message names the thing and the way out
   * @param {ErrorOptions} [options]
   */
  constructor(code, message, options) {
    super(message, options);
    this.name = "SetupError";
    /** @type {SetupErrorCode} */
    this.code = code;
  }
}

/**
 * The message of anything thrown, for use inside another message.
 * @param {unknown} error
 * @returns {string}
 */
export function messageOf(error) {
  // Node leaves the message of a failed dual-stack connection empty; its parts say what happened.
  if (error instanceof AggregateError && error.message === "") return error.errors.map(messageOf).join(", ");
  return error instanceof Error ? error.message : String(error);
}
