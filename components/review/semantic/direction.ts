import type { Statement } from "../../notary/trust/declaration";
import { letsMorePass } from "../../signers/signers";
import type { Direction } from "../finding";

/** What `head` lets pass beyond `base`, as a direction. */
export function gained(base: Statement | undefined, head: Statement): Direction {
  return letsMorePass(base, head) ? "widens" : "neutral";
}

/** What `base` lets pass beyond `head`. */
export function lost(base: Statement, head: Statement): Direction {
  return letsMorePass(head, base) ? "narrows" : "neutral";
}
