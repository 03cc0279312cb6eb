import type { Report } from "../../../components/review/report/report";

/** Texts that try to be more than text; `pwned` is set where one of them runs. */
export const ATTACKS: readonly string[] = [
  "<script>window.pwned=1</script>",
  "</script><script>window.pwned=1</script>",
  "<img src=x onerror=window.pwned=1>",
  "<svg onload=window.pwned=1>",
  "</details></summary><b>out</b>",
  '"a.b" "`c.d" ["x.y", "[z]"]: https://evil.example ("<b>")',
  "<!-- breakwater-trust-review -->",
  "--><script>window.pwned=1</script><!--",
  "<!--",
  "]]><a href=x>cdata</a>",
  "<?php echo 1 ?>",
  "[a link](https://evil.example)",
  "![an image](https://evil.example/x.png)",
  "[a reference][1]\n\n[1]: https://evil.example",
  "[^1]\n\n[^1]: https://evil.example",
  "<https://evil.example>",
  "<me@evil.example>",
  "https://evil.example/path?query=1",
  "(https://evil.example)",
  "www.evil.example",
  "ftp://evil.example",
  "mailto:me@evil.example",
  "me@evil.example",
  "@team @org/team",
  "#1 GH-1 org/repo#1 org/repo@0123456789abcdef0123456789abcdef01234567",
  "0123456789abcdef0123456789abcdef01234567",
  "0123456",
  ":tada: $x$ $$x$$ $`x`$",
  "**bold** __bold__ *it* _it_ ~~gone~~",
  "`code` ``code`` ```code```",
  "`",
  "``",
  " ` ",
  "`unclosed <b>",
  "```\nfence\n```",
  "~~~\nfence",
  "# heading",
  "a\n===",
  "a\n# heading\n- list\n\n> quote",
  "- list",
  "1. list",
  "1) list",
  "> quote",
  "> [!CAUTION]\n> alert",
  "- [x] task",
  "| a | b |\n|---|---|\n| c | d |",
  "a | b",
  "---",
  "***",
  "&lt;b&gt; &amp; &#60; &copy;",
  "\\",
  "\\\\`",
  "\\<b>",
  "a\\",
  "line\rreturn",
  "line\u2028separator\u2029",
  "\u202egpj.exe",
  "\u2066hidden\u2069 \u200b\u200d\ufeff",
  "\u0000\u0007\u001b[31mred",
  "javascript:window.pwned=1",
  "data:text/html,<script>window.pwned=1</script>",
  '"><script>window.pwned=1</script>',
  "' onclick='window.pwned=1",
  "{{constructor.constructor('window.pwned=1')()}}",
  `\${window.pwned=1}`,
  "__proto__",
  "constructor",
  "\\u003cscript>window.pwned=1\\u003c/script>",
  "\ud800",
  "\u{e0001}\u{e0020}tag",
  "",
  " ",
  "x".repeat(5_000),
  "`".repeat(300),
  "<".repeat(500),
];

const FOREIGN = new Set(
  [
    "name",
    "commit",
    "message",
    "file",
    "sentence",
    "statement",
    "subject",
    "reference",
    "digest",
    "why",
    "stack",
    "owner",
  ].concat(["reason", "label", "inventory", "code", "rule", "issuer", "before", "after", "key"]),
);
const FOREIGN_LISTS = new Set(["tags", "detail", "scopes"]);

/** The report with every text that others may write replaced by one. */
export function withTexts(report: Report, text: string): Report {
  const replaced = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(replaced);
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, field]) => {
        if (FOREIGN.has(name) && typeof field === "string") return [name, text];
        if (FOREIGN_LISTS.has(name)) return [name, [text, text]];
        return [name, replaced(field)];
      }),
    );
  };
  return replaced(report) as Report;
}
