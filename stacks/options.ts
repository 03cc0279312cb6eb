import { type ComponentResourceOptions, mergeOptions, type Resource } from "@pulumi/pulumi";

/**
 * Options of what goes when `owner` is taken down: the engine forgets it together with its owner, and asks nobody to delete it.
 */
export function goesWith(owner: Resource): ComponentResourceOptions {
  return forAllOf({ deletedWith: owner });
}

/** The same options, and made after these resources. */
export function behind(these: readonly Resource[], options: ComponentResourceOptions): ComponentResourceOptions {
  return mergeOptions(options, forAllOf({ dependsOn: [...these] }));
}

/** A component's children take on its transformations, and none of its other options. */
function forAllOf(options: ComponentResourceOptions): ComponentResourceOptions {
  return { transformations: [({ props, opts }) => ({ props, opts: mergeOptions(opts, options) })] };
}

/** Without the members that are undefined: an option that is not given is left out. */
export function given<T extends object>(options: T): { [Name in keyof T]: Exclude<T[Name], undefined> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as {
    [Name in keyof T]: Exclude<T[Name], undefined>;
  };
}
