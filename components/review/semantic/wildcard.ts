import { isSkip, type Statement } from "../../notary/trust/declaration";
import { signingAnchors } from "../../signers/signers";
import { names, nameText, signers } from "../../signers/words";
import { gained } from "./direction";
import type { Draft } from "./draft";
import { logged, quieted } from "./quiet";

/** Also where nothing applied, or nothing was verified, until now. */
export function wildcardAdded(
  base: Statement | undefined,
  head: Statement,
  common: Pick<Draft, "statement" | "scopes">,
): Draft {
  const before = base && !isSkip(base) ? base.trustedIdentities : undefined;
  const anchors = signingAnchors(head);
  const direction = gained(base, head);
  const instead =
    before === undefined || before === "any"
      ? `, where ${base && isSkip(base) ? "nothing was verified" : "nothing was trusted"}`
      : `, and not only those with ${names(before)}`;
  const isIdle = direction === "neutral" && base !== undefined && !isSkip(base);
  const noneYet = isIdle ? "; nobody is added by that as it stands" : "";
  return {
    ...common,
    kind: "identity-wildcard-added",
    severity: quieted(head, direction === "widens" ? "critical" : "medium"),
    direction,
    subject: "*",
    ...(before && { before: before === "any" ? "*" : before.map(nameText).join("; ") }),
    after: "*",
    say: (where) =>
      `${signers("any", anchors) ?? "anybody"} may sign ${where} from now on${instead}${noneYet}${logged(head)}.`,
  };
}
