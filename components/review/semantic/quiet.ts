import type { Statement } from "../../notary/trust/declaration";
import type { Severity } from "../finding";
import { atMost } from "./draft";

/** Where authenticity is not enforced, nobody is let in or kept out by an identity. */
export function quieted(head: Statement, severity: Severity): Severity {
  return head.enforcement.authenticity === "enforce" ? severity : atMost("low", severity);
}

export function logged(head: Statement): string {
  return head.enforcement.authenticity === "enforce"
    ? ""
    : ` (the statement only logs who signed: nobody is refused for it)`;
}
