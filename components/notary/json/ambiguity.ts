import { quoted } from "../quoted";
import { JsonError } from "./error";
import { notJson, type Token, tokensOf, tooComplex } from "./tokens";

// What JSON's grammar allows and two readers may understand differently (signature-specification.md § Payload), found in
// one pass that ends where the grammar of RFC 8259 does.

const DEPTH_MAX = 256;
/** Characters of a key, escapes included. */
const KEY_MAX = 65_536;

/** What the grammar wants next; `next` is a comma or the end of the innermost object or array. */
type Expected = "value" | "valueOrEnd" | "key" | "keyOrEnd" | "colon" | "next";

/**
 * The first ambiguity of a text: a key that an object has twice, or an integer written with a fraction or an exponent,
 * which Go reads into no integer, or a number beyond all floats. Of a text that comes back from here, braces, brackets,
 * colons and commas are where they belong; the parser still has to read its strings and numbers.
 * @throws JsonError JSON_SYNTAX, JSON_TOO_COMPLEX
 */
export function ambiguityOf(text: string): JsonError | undefined {
  // One set of keys for each open object, `null` for each open array.
  const open: (Set<string> | null)[] = [];
  let expected: Expected = "value";
  let found: JsonError | undefined;
  for (const token of tokensOf(text)) {
    expected = following(token, expected, open);
    if (expected === "colon") found ??= duplicate(open.at(-1), text, token);
    if (token.kind === "number") found ??= ambiguousNumber(text.slice(token.start, token.end));
  }
  if (expected !== "next" || open.length > 0) throw notJson();
  return found;
}

/** What is expected behind a token, if it is one that is expected itself. */
function following({ kind }: Token, expected: Expected, open: (Set<string> | null)[]): Expected {
  switch (kind) {
    case "{":
    case "[":
      if (expected !== "value" && expected !== "valueOrEnd") throw notJson();
      if (open.length === DEPTH_MAX) throw tooComplex(`nests deeper than ${DEPTH_MAX}`);
      open.push(kind === "{" ? new Set() : null);
      return kind === "{" ? "keyOrEnd" : "valueOrEnd";
    case "}":
      if (expected !== "keyOrEnd" && !(expected === "next" && open.at(-1))) throw notJson();
      open.pop();
      return "next";
    case "]":
      if (expected !== "valueOrEnd" && !(expected === "next" && open.at(-1) === null)) throw notJson();
      open.pop();
      return "next";
    case ":":
      if (expected !== "colon") throw notJson();
      return "value";
    case ",":
      if (expected !== "next" || open.length === 0) throw notJson();
      return open.at(-1) === null ? "value" : "key";
    default:
      if (kind === "string" && (expected === "key" || expected === "keyOrEnd")) return "colon";
      if (expected !== "value" && expected !== "valueOrEnd") throw notJson();
      return "next";
  }
}

function duplicate(keys: Set<string> | null | undefined, text: string, { start, end }: Token): JsonError | undefined {
  if (end - start > KEY_MAX) throw tooComplex(`has a key of more than ${KEY_MAX} characters`);
  let key: string;
  try {
    key = JSON.parse(text.slice(start, end)) as string;
  } catch (error) {
    throw notJson(error);
  }
  if (!keys?.has(key)) {
    keys?.add(key);
    return undefined;
  }
  return new JsonError("JSON_DUPLICATE_KEY", `the key ${quoted(key)} occurs twice in one object: keep one of them`);
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
