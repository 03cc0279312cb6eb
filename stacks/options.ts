import { type ComponentResourceOptions, mergeOptions, type Resource } from "@pulumi/pulumi";

/**
 * Options of what goes when `owner` is taken down: the engine forgets it together with its owner, and asks nobody to delete it.
 */
export function goesWith(owner: Resource): ComponentResourceOptions {
  // A component's children take on its transformations, and not `deletedWith`.
  return { transformations: [({ props, opts }) => ({ props, opts: mergeOptions(opts, { deletedWith: owner }) })] };
}

/** Without the members that are undefined: an option that is not given is left out. */
export function given<T extends object>(options: T): { [Name in keyof T]: Exclude<T[Name], undefined> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as {
    [Name in keyof T]: Exclude<T[Name], undefined>;
  };
}
