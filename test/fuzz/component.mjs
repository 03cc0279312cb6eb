import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** The compiled component. @param {string} path */
export const component = (path) => require(`../../bin/components/${path}.js`);

const { BreakwaterError } = component("errors");

/** For parsers that say "none" instead of throwing. */
class NoneError extends BreakwaterError {}

/**
 * @template Value
 * @param {Value | undefined} value
 */
export function orRefused(value) {
  if (value === undefined) throw new NoneError("NONE", "the parser takes this for nothing");
  return value;
}

/** @param {boolean} holds @param {string} what */
export function requireThat(holds, what) {
  if (!holds) throw new Error(what);
}
