import { JsonError } from "./error";

// What JSON's grammar allows and two readers may understand differently, found in one pass over a text. A document of
// the Notary Project is small and flat (signature-specification.md § Payload): what is not is refused before any parser
// builds it.

const DEPTH_MAX = 256;
/** Objects, lists, and the commas in them. */
const PARTS_MAX = 100_000;

/**
 * The first ambiguity of a text: a key that an object has twice, or an integer written with a fraction or an exponent,
 * which Go reads into no integer, or a number beyond all floats. The text need not be valid JSON.
 * @throws JsonError JSON_TOO_COMPLEX
 */
export function ambiguityOf(text: string): JsonError | undefined {
  // One set of keys for each open object, `null` for each open array.
  const open: (Set<string> | null)[] = [];
  let parts = 0;
  let found: JsonError | undefined;
  let position = 0;
  while (position < text.length) {
    const character = text[position] ?? "";
    if ("{[,".includes(character) && ++parts > PARTS_MAX) throw tooComplex();
    if (character === "{" || character === "[") {
      open.push(character === "{" ? new Set() : null);
      if (open.length > DEPTH_MAX) throw tooComplex();
      position++;
    } else if (character === "}" || character === "]") {
      open.pop();
      position++;
    } else if (character === '"') {
      const end = endOfString(text, position);
      if (isKey(text, end)) found ??= duplicate(open.at(-1), text.slice(position, end));
      position = end;
    } else if (isNumberCharacter(character)) {
      const end = endOfNumber(text, position);
      found ??= ambiguousNumber(text.slice(position, end));
      position = end;
    } else position++;
  }
  return found;
}

/** The position behind the closing quote, or the text's end. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let first = end;
    while (text[first - 1] === "\\") first--;
    if ((end - first) % 2 === 0) return end + 1;
  }
  return text.length;
}

/** In valid JSON a string is a key exactly when a colon follows it. */
function isKey(text: string, end: number): boolean {
  let position = end;
  while (" \t\n\r".includes(text[position] ?? "x")) position++;
  return text[position] === ":";
}

function duplicate(keys: Set<string> | null | undefined, lexeme: string): JsonError | undefined {
  let key: string;
  try {
    key = JSON.parse(lexeme) as string;
  } catch {
    return undefined; // Not JSON: the parser will say so.
  }
  if (!keys?.has(key)) {
    keys?.add(key);
    return undefined;
  }
  return new JsonError(
    "JSON_DUPLICATE_KEY",
    `the key ${JSON.stringify(key)} occurs twice in one object: keep one of them`,
  );
}

function isNumberCharacter(character: string): boolean {
  return (character >= "0" && character <= "9") || character === "-" || character === "+" || character === ".";
}

function endOfNumber(text: string, start: number): number {
  let end = start + 1;
  while (isNumberCharacter(text[end] ?? " ") || text[end] === "e" || text[end] === "E") end++;
  return end;
}

function ambiguousNumber(lexeme: string): JsonError | undefined {
  if (!/[.eE]/.test(lexeme)) return undefined;
  const value = Number(lexeme);
  if (Number.isFinite(value) && !Number.isInteger(value)) return undefined;
  return new JsonError(
    "JSON_NUMBER_AMBIGUOUS",
    `the number ${lexeme.slice(0, 40)} is an integer with a fraction or an exponent, or out of range: write it in digits alone`,
  );
}

function tooComplex(): JsonError {
  return new JsonError(
    "JSON_TOO_COMPLEX",
    `the text nests deeper than ${DEPTH_MAX} or has more than ${PARTS_MAX} parts: simplify it`,
  );
}
