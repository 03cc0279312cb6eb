import { JsonError } from "./error";

/**
 * The value of a JSON text in which no object has a key twice.
 *
 * Go's decoder, and so notation, takes the last of two equal keys and matches names without regard to case; a
 * document that
 * two readers understand differently must not decide trust, so here both are refused (a named difference;
 * trust-store-trust-policy.md § Trust Policy Constraints).
 * @param source the text, or its UTF-8
 * @throws JsonError JSON_NOT_UTF8, JSON_SYNTAX, JSON_DUPLICATE_KEY
 */
export function parseStrictJson(source: string | Buffer): unknown {
  const text = typeof source === "string" ? source : decodeUtf8(source);
  const value = parse(text);
  const key = duplicateKey(text);
  if (key !== undefined) {
    throw new JsonError(
      "JSON_DUPLICATE_KEY",
      `the key ${JSON.stringify(key)} occurs twice in one object: keep one of them`,
    );
  }
  return value;
}

/** Whether a JSON value is an object (not null, not an array). */
export function isJsonObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function decodeUtf8(bytes: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new JsonError("JSON_NOT_UTF8", "the text is not UTF-8: save or fetch it again", { cause: error });
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new JsonError("JSON_SYNTAX", "the text is not valid JSON: correct its syntax", { cause: error });
  }
}

/** The first key that an object of this text, known to be valid JSON, has twice. */
function duplicateKey(text: string): string | undefined {
  // One set of keys for each open object, `null` for each open array.
  const open: (Set<string> | null)[] = [];
  const token = /"(?:[^"\\]|\\.)*"|[{}[\]]/g;
  for (let match = token.exec(text); match; match = token.exec(text)) {
    const lexeme = match[0];
    if (lexeme === "{") open.push(new Set());
    else if (lexeme === "[") open.push(null);
    else if (lexeme === "}" || lexeme === "]") open.pop();
    else if (isKey(text, token.lastIndex)) {
      const key = JSON.parse(lexeme) as string;
      const keys = open.at(-1);
      if (keys?.has(key)) return key;
      keys?.add(key);
    }
  }
  return undefined;
}

/** In valid JSON a string is a key exactly when a colon follows it. */
function isKey(text: string, end: number): boolean {
  let position = end;
  while (" \t\n\r".includes(text[position] ?? "x")) position++;
  return text[position] === ":";
}
