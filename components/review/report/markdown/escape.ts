import { printable } from "../../../notary/quoted";

// Texts of others in Markdown. GitHub and GitLab make links, mentions, references to issues and commits, emoji and formulas of
// plain text too, some of them after Markdown was parsed, so that no backslash and no entity keeps them from it. Inside of a
// code span nothing has a meaning but the backtick: each word, and each quoted name, that could mean anything becomes one.

/** Letters and digits, with single marks between them that mean nothing there; also the rest of a name with a year, `2027,O=Acme`. Its time is linear: texts may be built to be slow. */
const PLAIN = /^(?:[\p{L}\p{M}][\p{L}\p{M}\p{N}]*|\d{1,6}(?=,))(?:[-'’=,][\p{L}\p{M}\p{N}]+)*$/u;
const NUMBER = /^\d{1,6}$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
/** What may be a commit. */
const COMMIT = /\b[0-9a-f]{7,}\b/i;
/** GitHub's names of issues. */
const ISSUE = /\bGH-\d/i;
const LEAD = /^[("“‘]+/u;
const TRAIL = /[,.;:?)"”’…]+$/u;

/** A quoted name, or a list of them, that stands by itself. */
const QUOTED = /(?<=^| )(\(?)(\["[^"]*"(?:, "[^"]*")*\]|"[^"]*")([,.;:?)]*)(?= |$)/g;

/** A sentence of one line with names of others in it, cut after `limit` characters of it. */
export function escapeText(text: string, limit = 1_500): string {
  const shown = shortened(printable(text), limit);
  const parts: string[] = [];
  let end = 0;
  for (const { 0: all, 1: lead = "", 2: quoted = "", 3: trail = "", index } of shown.matchAll(QUOTED)) {
    const before = escapeWords(shown.slice(end, index), end === 0);
    parts.push(before, escapeQuoted(lead, quoted, trail, index === 0));
    end = index + all.length;
  }
  parts.push(escapeWords(shown.slice(end), end === 0));
  return parts.filter(Boolean).join(" ");
}

/** A quoted name of which a part would be code becomes code as a whole, in place of its quotes: half of a name reads badly. */
function escapeQuoted(lead: string, quoted: string, trail: string, isFirst: boolean): string {
  const words = escapeWords(`${lead}${quoted}${trail}`, isFirst);
  const name = quoted.startsWith("[") ? quoted : quoted.slice(1, -1);
  return words.includes("`") && name.trim() !== "" ? `${lead}${codeSpan(name)}${trail}` : words;
}

function escapeWords(text: string, isFirst: boolean): string {
  return text
    .split(" ")
    .filter(Boolean)
    .map((word, index) => escapeWord(word, isFirst && index === 0))
    .join(" ");
}

/** A name of others, as one code span. */
export function code(text: string, limit = 500): string {
  const shown = shortened(printable(text), limit);
  return shown.trim() === "" ? "(empty)" : codeSpan(shown);
}

function escapeWord(word: string, isFirst: boolean): string {
  const lead = LEAD.exec(word)?.[0] ?? "";
  const rest = word.slice(lead.length);
  const trail = TRAIL.exec(rest)?.[0] ?? "";
  const core = rest.slice(0, rest.length - trail.length);
  if (core === "") return codeSpan(word);
  return `${lead}${isPlain(core, isFirst ? trail : "") ? core : codeSpan(core)}${trail}`;
}

function isPlain(core: string, trail: string): boolean {
  if (COMMIT.test(core) || ISSUE.test(core)) return false;
  // `1.` and `1)` begin a list.
  if (NUMBER.test(core)) return !/^[.)]/.test(trail);
  return PLAIN.test(core) || DATE.test(core);
}

function codeSpan(text: string): string {
  const runs = text.match(/`+/g) ?? [];
  const longest = Math.max(0, ...runs.map(({ length }) => length));
  const fence = "`".repeat(longest + 1);
  // Parsers take one space off each side of what has both.
  const padded = longest > 0 || (text.startsWith(" ") && text.endsWith(" ")) ? ` ${text} ` : text;
  return `${fence}${padded}${fence}`;
}

function shortened(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const cut = text.slice(0, limit).replace(/[\ud800-\udbff]$/, "");
  return `${cut}… (cut: ${text.length - cut.length} more characters)`;
}
