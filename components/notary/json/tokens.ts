import { JsonError } from "./error";

// RFC 8259 § 2, in one pass that builds nothing. A document of the Notary Project is small (signature-specification.md
// § Payload): one of too many parts is refused before any parser builds it.

/** Braces, brackets, colons, commas, and the values between them. */
const TOKENS_MAX = 200_000;
/** Of a number: no double needs as many digits. */
const DIGITS_MAX = 1_000;

export interface Token {
  /** One of `{ } [ ] : ,`, or what kind of value it is. */
  readonly kind: "{" | "}" | "[" | "]" | ":" | "," | "string" | "number" | "literal";
  readonly start: number;
  /** Behind the last character. */
  readonly end: number;
}

const SPACE = /[ \t\n\r]*/y;
const SIMPLE = /[{}[\]:,]|true|false|null/y;
const NUMBER = /-?\d[\d.eE+-]*/y;

/**
 * The tokens of a text, up to the first character with which none can begin. What is in a string, and whether a number is
 * one, is left to the parser.
 * @throws JsonError JSON_SYNTAX, JSON_TOO_COMPLEX
 */
export function* tokensOf(text: string): Generator<Token> {
  let start = endOf(SPACE, text, 0);
  for (let count = 1; start < text.length; count++) {
    if (count > TOKENS_MAX) throw tooComplex(`has more than ${TOKENS_MAX} parts`);
    const token = tokenAt(text, start);
    yield token;
    start = endOf(SPACE, text, token.end);
  }
}

function tokenAt(text: string, start: number): Token {
  if (text[start] === '"') return { kind: "string", start, end: endOfString(text, start) };
  const simple = endOf(SIMPLE, text, start);
  if (simple > start) {
    const kind = simple === start + 1 ? (text[start] as Token["kind"]) : "literal";
    return { kind, start, end: simple };
  }
  const end = endOf(NUMBER, text, start);
  if (end === start) throw notJson();
  if (end - start > DIGITS_MAX) throw tooComplex(`has a number of more than ${DIGITS_MAX} digits`);
  return { kind: "number", start, end };
}

/** Behind what a sticky expression matches at a position; the position itself when it does not. */
function endOf(expression: RegExp, text: string, start: number): number {
  expression.lastIndex = start;
  return expression.test(text) ? expression.lastIndex : start;
}

/** The position behind the closing quote. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let first = end;
    while (text[first - 1] === "\\") first--;
    if ((end - first) % 2 === 0) return end + 1;
  }
  throw notJson();
}

export function notJson(cause?: unknown): JsonError {
  return new JsonError("JSON_SYNTAX", "the text is not valid JSON: correct its syntax", { cause });
}

export function tooComplex(what: string): JsonError {
  return new JsonError("JSON_TOO_COMPLEX", `the text ${what}: simplify it`);
}
