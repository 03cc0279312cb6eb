import { BreakwaterError, messageOf } from "../errors";
import type { Problem, Readable } from "./state/state";

/** What `read` gives; what it throws is a problem of that file alone. */
export function readable<Value>(file: string, read: () => Value): Readable<Value> {
  try {
    return { value: read() };
  } catch (error) {
    return { problem: problemOf(error, file) };
  }
}

/** What could be read; undefined where nothing was, or is. */
export function readValue<Value>(part: Readable<Value> | undefined): Value | undefined {
  return part && "value" in part ? part.value : undefined;
}

export function problemOf(error: unknown, file: string): Problem {
  const code = error instanceof BreakwaterError ? error.code : "REVIEW_FILE_UNREADABLE";
  // Of several lines for a terminal, one for a sentence.
  return { code, message: messageOf(error).replace(/\s*\n\s*/g, " "), file };
}
