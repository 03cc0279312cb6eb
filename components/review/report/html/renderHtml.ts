import { createHash } from "node:crypto";
import { doubtsOf } from "../doubts";
import { headlineOf } from "../headline";
import type { Report } from "../report";
import { clientScript, clientStyle } from "./assets";

/**
 * The review as one page that needs nothing else: no network, no file beside it. What others wrote is data of the page, never
 * markup; its policy lets run nothing but its own script.
 */
export function renderHtml(report: Report): string {
  const [script, style] = [clientScript(), clientStyle()];
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>Trust review</title>
<style>${style}</style>
</head>
<body>
<noscript>This page shows its content by its own script, which is switched off here: the Markdown and the JSON of the review say the same.</noscript>
<script type="application/json" id="report">${asData({ report, headline: headlineOf(report), doubts: doubtsOf(report) })}</script>
<script type="module">${script}</script>
</body>
</html>
`;
}

/** JSON in which no markup can begin or end. */
function asData(value: unknown): string {
  return JSON.stringify(value).replace(/</g, "\\u003c");
}

function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
