import { messageOf } from "../errors";
import { isJsonObject, parseStrictJson } from "../notary/json/strictJson";
import type { NotationError } from "./error";
import { readNotationFile } from "./folder";

/**
 * The JSON object in a file of notation's; undefined when there is no file. The error has no cause: the text may hold
 * passwords.
 * @throws what `malformed` makes; NotationError NOTATION_FILE_*
 */
export function readJsonFile(
  path: string,
  malformed: (path: string, what: string) => NotationError,
): Record<string, unknown> | undefined {
  const content = readNotationFile(path);
  if (content === undefined) return undefined;
  let value: unknown;
  try {
    value = parseStrictJson(content);
  } catch (error) {
    throw malformed(path, messageOf(error));
  }
  if (!isJsonObject(value)) throw malformed(path, "it is no JSON object");
  return value;
}
