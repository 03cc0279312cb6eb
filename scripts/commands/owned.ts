import type { Deployment } from "@pulumi/pulumi/automation";
import type { WithOwner } from "./describe";

/** By URN: resources that the engine forgets together with their owner, and asks nobody to delete. */
export type Owned = ReadonlyMap<string, WithOwner>;

interface StateResource {
  readonly urn: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly parent?: string;
  readonly deletedWith?: string;
}

/** What a stack that is taken down has of them: an owner whose data are deleted takes them along. */
export function ownedIn({ deployment }: Deployment): Owned {
  const { resources = [] } = (deployment ?? {}) as { resources?: StateResource[] };
  // The owner is the component, and its resource has the inputs.
  const takers = resources.filter(({ inputs }) => inputs?.deleteData === true);
  const takesData = new Set(takers.flatMap(({ urn, parent }) => [urn, parent ?? urn]));
  return new Map(
    resources.flatMap(({ urn, deletedWith }) =>
      deletedWith ? [[urn, takesData.has(deletedWith) ? "goes" : "stays"] as const] : [],
    ),
  );
}
