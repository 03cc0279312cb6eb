import { applicableStatement, type Trust } from "../../notary/trust/declaration";
import type { Problem, StackState, TrustState } from "../state/state";

/** One stack's trust on one side of the change. */
export type Side =
  | { readonly kind: "trust"; readonly trust: Trust; readonly state: string }
  /** The stack or its trust is not there (yet, or any more): it trusts nothing. */
  | { readonly kind: "absent"; readonly state: string }
  | { readonly kind: "unreadable"; readonly problem: Problem; readonly state: string };

/** One stack on both sides. */
export interface StackSides {
  readonly stack: string;
  readonly before: Side;
  readonly after: Side;
}

interface Governed extends StackSides {
  /** Of its registry, on either side. */
  readonly hosts: ReadonlySet<string>;
  readonly hostsBefore: ReadonlySet<string>;
}

/**
 * Which stacks' trust judges an image. A stack governs the images of its registry's host, and of every repository that a
 * statement of its policy names, before or after the change. An image that none governs so is judged by each stack whose
 * policy has a statement for it all the same (`*`), or may have one that can't be read; where a stack governs it only after the
 * change, those that judged it so before do as well.
 */
export class Governance {
  readonly #stacks: readonly Governed[];

  constructor(base: TrustState, head: TrustState) {
    const names = [...new Set([...base.stacks.keys(), ...head.stacks.keys()])].sort();
    const stacks = names.map((stack) => ({
      stack,
      before: sideOf(base, stack),
      after: sideOf(head, stack),
      hosts: new Set([base, head].flatMap(({ stacks }) => hostOf(stacks.get(stack)))),
      hostsBefore: new Set(hostOf(base.stacks.get(stack))),
    }));
    // A stack without trust, before and after, judges nothing.
    this.#stacks = stacks.filter((each) => sidesOf(each).some(({ kind }) => kind !== "absent"));
  }

  /** Empty where no trust says anything of the image. */
  stacksOf(scope: string): readonly StackSides[] {
    const host = scope.slice(0, scope.indexOf("/"));
    const governing = this.#stacks.filter((each) => each.hosts.has(host) || sidesOf(each).some(names(scope)));
    const already = governing.some(({ before, hostsBefore }) => hostsBefore.has(host) || names(scope)(before));
    if (already) return governing;
    if (governing.length === 0) return this.#stacks.filter((each) => sidesOf(each).some(mayApply(scope)));
    // What head alone says must not keep the flips of those that judge by base out of sight.
    return this.#stacks.filter((each) => governing.includes(each) || mayApply(scope)(each.before));
  }
}

function sideOf({ name, stacks }: TrustState, stack: string): Side {
  const trust = stacks.get(stack)?.trust;
  if (trust === undefined) return { kind: "absent", state: name };
  if ("problem" in trust) return { kind: "unreadable", problem: trust.problem, state: name };
  return { kind: "trust", trust: trust.value, state: name };
}

function sidesOf({ before, after }: StackSides): Side[] {
  return [before, after];
}

function hostOf(stack: StackState | undefined): string[] {
  const { settings } = stack ?? {};
  if (settings === undefined || "problem" in settings || settings.value.hostname === undefined) return [];
  return [settings.value.hostname];
}

function names(scope: string): (side: Side) => boolean {
  return (side) =>
    side.kind === "trust" && side.trust.statements.some(({ declared }) => declared.registryScopes.includes(scope));
}

function mayApply(scope: string): (side: Side) => boolean {
  return (side) =>
    side.kind === "unreadable" || (side.kind === "trust" && applicableStatement(side.trust, scope) !== undefined);
}
