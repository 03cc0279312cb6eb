const LENGTH_MAX = 1_000;
/** Controls, bidirectional marks, what is not assigned or not shown, and every space but the common one. */
const UNSEEN = /[\p{C}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu;

/**
 * What others wrote, for a message: as JSON in quotes, cut when it is long, and with everything escaped that a terminal
 * obeys or that is not what it looks like. Envelopes, manifests and certificates are anybody's until their signer is
 * trusted (trust-store-trust-policy.md § Signature Verification).
 */
export function quoted(value: unknown): string {
  const given = typeof value === "string" ? value.slice(0, LENGTH_MAX + 1) : value;
  const text = JSON.stringify(given) ?? "nothing";
  const shown = text.length > LENGTH_MAX ? `${text.slice(0, LENGTH_MAX)}…` : text;
  return printable(shown);
}

/** A text for a terminal: what is not seen, or is obeyed, as `\u….`; line ends, too. */
export function printable(text: string): string {
  return text.replace(UNSEEN, escaped);
}

function escaped(character: string): string {
  return character
    .split("")
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");
}
