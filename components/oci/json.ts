import { isRecord } from "./descriptor";
import { OciError, type OciErrorCode } from "./error";
import { JSON_DEPTH_LIMIT } from "./limits";

const utf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * Reads a JSON object that somebody else wrote: UTF-8 without errors, nested JSON_DEPTH_LIMIT levels at most. The caller has
 * bounded its size. `what` names the document in the message, which quotes nothing of it.
 * Throws OciError with `code`.
 */
export function parseJsonObject(bytes: Uint8Array, what: string, code: OciErrorCode): Record<string, unknown> {
  let value: unknown;
  try {
    const text = utf8.decode(bytes);
    if (isTooDeep(text)) {
      throw new SyntaxError(`It is nested deeper than ${JSON_DEPTH_LIMIT} levels.`);
    }
    value = JSON.parse(text);
  } catch {
    throw new OciError(
      code,
      `${what} is not JSON in UTF-8, or is nested deeper than ${JSON_DEPTH_LIMIT} levels: have it written again by the tool that makes it.`,
    );
  }
  if (!isRecord(value)) {
    throw new OciError(code, `${what} is no JSON object: have it written again by the tool that makes it.`);
  }
  return value;
}

function isTooDeep(text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const character = text.charCodeAt(at);
    if (inString) {
      if (character === 0x5c) at++;
      else if (character === 0x22) inString = false;
    } else if (character === 0x22) {
      inString = true;
    } else if (character === 0x5b || character === 0x7b) {
      if (++depth > JSON_DEPTH_LIMIT) return true;
    } else if (character === 0x5d || character === 0x7d) {
      depth--;
    }
  }
  return false;
}
