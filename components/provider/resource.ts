import type { Input } from "@pulumi/pulumi";

/** What a program passes for a handler's inputs: each value may be an Output of another resource. */
export type ArgsOf<Inputs> = { readonly [Name in keyof Inputs]: Input<Inputs[Name]> };

/** Module of the type tokens of our dynamic resources: `pulumi-nodejs:dynamic/breakwater:SignedImage`. */
export const MODULE = "breakwater";
