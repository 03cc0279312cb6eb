/** A part of a JSON Schema, as data. */
export type Schema = { readonly [keyword: string]: unknown };

export const text: Schema = { type: "string" };
/** ISO 8601 in UTC. */
export const time: Schema = { type: "string", pattern: "^\\d{4,}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?Z$" };
export const flag: Schema = { type: "boolean" };
export const number: Schema = { type: "integer", minimum: 0 };
/** SHA-256 in lower-case hexadecimal digits. */
export const thumbprint: Schema = { type: "string", pattern: "^[0-9a-f]{64}$" };

export function oneOf(...values: readonly string[]): Schema {
  return { enum: values };
}

/** All names of a closed union, which the compiler holds to be complete. */
export function namesOf<Name extends string>(names: Readonly<Record<Name, true>>): Schema {
  return oneOf(...Object.keys(names));
}

export function orNull(schema: Schema): Schema {
  return { anyOf: [schema, { type: "null" }] };
}

export function listOf(items: Schema): Schema {
  return { type: "array", items };
}

/** Fields with what each means; one whose name ends in `?` may be absent, and others may be added later. */
export function record(fields: Readonly<Record<string, readonly [Schema, string]>>): Schema {
  const entries = Object.entries(fields);
  return {
    type: "object",
    properties: Object.fromEntries(
      entries.map(([name, [schema, description]]) => [name.replace(/\?$/, ""), { ...schema, description }]),
    ),
    required: Object.keys(fields).filter((name) => !name.endsWith("?")),
  };
}
