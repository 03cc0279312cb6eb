import { ComponentResource, CustomResource, type CustomResourceOptions, type Resource } from "@pulumi/pulumi";

/** A resource as the engine's state has it. */
export interface KnownResource {
  /** `urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME` */
  readonly urn: string;
  readonly type: string;
  readonly parent?: string;
}

/**
 * Declares resources of ours that are in the state already, as nothing more than there: in a run with targets the engine leaves
 * each as it is that it is told of, and takes one that depends on a target and goes unmentioned for deleted. One after the other
 * and after `first`, in the state's order: whatever one depends on that was not told of, the engine would settle with it.
 */
export async function keepAsTheyAre(resources: readonly KnownResource[], first: Resource): Promise<void> {
  const declared = new Map<string, Resource>();
  for (const { urn, type, parent: parentUrn = "" } of resources) {
    const name = urn.split("::").slice(3).join("::");
    const parent = declared.get(parentUrn);
    const kept = keep(type, name, { dependsOn: [first], ...(parent && { parent }) });
    if (kept === undefined) continue;
    declared.set(urn, kept);
    await new Promise<void>((resolve) => void kept.urn.apply(() => resolve()));
  }
}

function keep(type: string, name: string, options: CustomResourceOptions): Resource | undefined {
  if (type.startsWith("breakwater:")) return new Kept(type, name, options);
  if (type.startsWith("pulumi-nodejs:dynamic/")) return new KeptCustom(type, name, options);
  return undefined; // the stack itself and providers
}

class Kept extends ComponentResource {
  constructor(type: string, name: string, options: CustomResourceOptions) {
    super(type, name, {}, options);
  }
}

class KeptCustom extends CustomResource {
  constructor(type: string, name: string, options: CustomResourceOptions) {
    super(type, name, {}, options);
  }
}
