import type { Trust } from "../../notary/trust/declaration";
import { readValue } from "../readable";
import type { StackState } from "./state";

export interface TrustSides {
  readonly before: Trust | undefined;
  readonly after: Trust | undefined;
}

/**
 * The trust of one stack at both sides. A base that can't be read trusts nobody, so that all of head is new; a head that
 * can't be read leaves what is there, since no `up` takes it.
 */
export function trustSides(base: StackState | undefined, head: StackState | undefined): TrustSides {
  const [before, after] = [base, head].map((side) => readValue(side?.trust));
  return { before, after: head?.trust && "problem" in head.trust ? before : after };
}

export function stackNames(base: { stacks: ReadonlyMap<string, unknown> }, head: typeof base): string[] {
  return [...new Set([...base.stacks.keys(), ...head.stacks.keys()])].sort();
}
