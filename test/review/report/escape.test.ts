import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { printable } from "../../../components/notary/quoted";
import { code, escapeText } from "../../../components/review/report/markdown/escape";
import { ATTACKS } from "./attacks";
import { proseOf, shownText, typesOf } from "./gfm";

const HARMLESS = new Set(["root", "paragraph", "text", "inlineCode"]);
/** Of what GitHub or GitLab make something in prose. */
const MEANING = /[@#<>[\]`*_~|\\$&!]|:\/\/|www\.|\bGH-\d|(^|\s):\w+:|\b[0-9a-f]{7,40}\b/i;
/** Texts that are rich in what has a meaning. */
const markdownish = fc
  .array(
    fc.oneof(
      fc.constantFrom(...ATTACKS),
      fc.string({ unit: "grapheme" }),
      fc.constantFrom(' "', '" ', '"', ' ["', '", "', '"] '),
      fc.constantFrom(..."`*_[]()<>!#|\\@:/.-+=~$&\n\t 1a".split("")),
    ),
  )
  .map((parts) => parts.join(""));
const runs = { numRuns: Number(process.env.REPORT_RUNS ?? 300) };

function expectText(markdown: string) {
  expect([...typesOf(markdown)].filter((type) => !HARMLESS.has(type))).toEqual([]);
  expect(proseOf(markdown)).not.toMatch(MEANING);
}

describe("text of others in a sentence", () => {
  it.each(ATTACKS)("is nothing but text: %j", (attack) => {
    for (const text of [attack, `before ${attack} after`, `"${attack}"`, `O=${attack},`]) {
      expectText(escapeText(text));
      expectText(`- **high**: ${escapeText(text)}`.slice("- **high**: ".length));
    }
  });

  it("is nothing but text, whatever it is and wherever it stands", () => {
    fc.assert(
      fc.property(markdownish, (text) => {
        expectText(escapeText(text));
        const inList = [...typesOf(`- **high**: ${escapeText(text)}\n- next`)];
        expect(inList.filter((type) => ![...HARMLESS, "list", "listItem", "strong"].includes(type))).toEqual([]);
      }),
      runs,
    );
  });

  it("says what was written, but for repeated spaces and for quotes in whose place is code", () => {
    const words = (text: string) => text.replaceAll('"', "").split(" ").filter(Boolean).join(" ");
    fc.assert(
      fc.property(markdownish, (text) => {
        expect(words(shownText(escapeText(text, 1e6)))).toBe(words(printable(text)));
      }),
      runs,
    );
  });

  it("leaves a certificate's name with a year, and a question, as they are", () => {
    const text = 'CN=Acme Signing CA 2027,O=Acme,C=US is new; did you mean "adminPassword"?';
    expect(escapeText(text)).toBe(text);
    expect(escapeText("CN=Acme 20272027,O=Acme")).toBe("CN=Acme `20272027,O=Acme`");
  });

  it("stays readable where it is harmless", () => {
    const text =
      'In production, anybody whose certificate has C=US, O=Acme may sign until 2036-01-01 ("images", 3 of them).';
    expect(escapeText(text)).toBe(text);
    expect(escapeText("images of r.example.com/app@sha256:12, too.")).toBe(
      "images of `r.example.com/app@sha256:12`, too.",
    );
  });

  it("shows a quoted name, and a list of them, as one piece of code where a part of it would be", () => {
    expect(escapeText('the signer "CN=ci.acme.example, O=Acme" (of "images") is none of ("x.y").')).toBe(
      'the signer `CN=ci.acme.example, O=Acme` (of "images") is none of (`x.y`).',
    );
    expect(escapeText('none of ["x509.subject: O=Acme, C=US", "x509.subject: O=B"]: sign')).toBe(
      'none of `["x509.subject: O=Acme, C=US", "x509.subject: O=B"]`: sign',
    );
    expect(escapeText('a"b.c d"e "f`g')).toBe('`a"b.c` `d"e` "`` f`g ``');
    expect(escapeText('[\'"]"'.repeat(20_000)).length).toBeLessThan(4_000);
  });

  it("is cut where it is too long, and says so", () => {
    expect(escapeText("word ".repeat(1_000), 50)).toMatch(/word… `\(cut: \d+ more `?|\(cut: 4950 more characters\)$/);
    expect(escapeText("x".repeat(100_000)).length).toBeLessThan(2_000);
  });
});

describe("a name of others", () => {
  it("is one code span, whatever it is", () => {
    fc.assert(
      fc.property(markdownish, (text) => {
        expectText(code(text));
        const shown = printable(text);
        expect(shownText(`${code(text, 1e6)}.`)).toBe(shown.trim() === "" ? "(empty)." : `${shown}.`);
      }),
      runs,
    );
  });

  it.each(["", " ", "\u3000"])("is seen though it is %j", (text) => {
    expect(code(text)).not.toBe("");
  });
});
