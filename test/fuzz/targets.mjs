import { notaryTargets } from "./notaryTargets.mjs";
import { registryTargets } from "./registryTargets.mjs";

// Every parser of what others send: bytes of registries, signers, authorities, policies and people.

/**
 * @typedef {object} Target
 * @property {"json" | "cbor" | "der" | "text"} syntax
 * @property {number} [limit] bytes, when its caller never gives it more
 * @property {(input: Buffer, context: Record<string, Buffer>, scratch: string) => unknown} run returns, or throws an error
 * of ours; `context` is what its corpus needs beside the input, `scratch` an empty folder of its own
 */

/** @type {Record<string, Target>} */
export const targets = { ...notaryTargets, ...registryTargets };
