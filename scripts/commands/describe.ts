import { differences } from "./describe/differences";
import { holdsSecret, type Inputs } from "./describe/fact";
import { factsOf } from "./describe/kinds";

export { type Deletion, describeDeletion, type WithOwner } from "./describe/deletion";

// A resource in words for a reviewer, who sees them in a preview.

/** What a new resource is declared to be; empty for a kind of which there is nothing to tell. */
export function describe(kind: string, inputs: Inputs | undefined): string {
  const facts = inputs === undefined ? [] : factsOf(kind, inputs);
  return facts.flatMap(({ said }) => (said === "" ? [] : [said])).join(", ");
}

/** What another declaration of a resource changes, each in words. */
export function describeChange(kind: string, old: Inputs, now: Inputs): string[] {
  return differences(factsOf(kind, old), factsOf(kind, now));
}

/** Names of the inputs of which the engine tells neither the value nor whether it is another one. */
export function secretsOf(old: Inputs, now: Inputs): string[] {
  return Object.keys(now).filter((name) => holdsSecret(old[name]) && holdsSecret(now[name]));
}
