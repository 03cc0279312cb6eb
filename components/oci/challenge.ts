/** One authentication scheme that a server offers. Source: RFC 9110 § 11.6.1 WWW-Authenticate. */
export interface Challenge {
  /** Lower-case, as in `bearer`. */
  scheme: string;
  /** Names are lower-case. */
  parameters: Record<string, string>;
}

const TOKEN = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y;
const QUOTED = /"((?:[^"\\]|\\.)*)"/y;
/** A scheme such as Negotiate carries one bare value in place of parameters; it is of no use here. */
const TOKEN68 = /[A-Za-z0-9._~+/-]+=*(?=\s*(,|$))/y;
const SEPARATOR = /[\s,]+/y;
const EQUALS = /\s*=\s*/y;
const SPACES = /[ \t]+/y;

/** Reads a `WWW-Authenticate` header with any number of challenges; reads as far as it is well formed, never throws. */
export function parseChallenges(header: string): Challenge[] {
  const challenges: Challenge[] = [];
  let position = 0;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = position;
    const match = pattern.exec(header);
    if (match === null) {
      return undefined;
    }
    position = pattern.lastIndex;
    return match[1] !== undefined && pattern === QUOTED ? match[1].replace(/\\(.)/g, "$1") : match[0];
  };

  while (position < header.length) {
    take(SEPARATOR);
    const name = take(TOKEN);
    if (name === undefined) {
      break;
    }
    const current = challenges.at(-1);
    if (current !== undefined && take(EQUALS) !== undefined) {
      const value = take(QUOTED) ?? take(TOKEN) ?? "";
      current.parameters[name.toLowerCase()] = value;
      continue;
    }
    challenges.push({ scheme: name.toLowerCase(), parameters: Object.create(null) as Record<string, string> });
    if (take(SPACES) !== undefined) {
      take(TOKEN68);
    }
  }
  return challenges;
}
