import Ajv from "ajv/dist/2020";
import { expect } from "vitest";

/** Fields that a published schema leaves open are an error here: it must not miss one. */
export function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (schema === null || typeof schema !== "object") return schema;
  const inside = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, closed(value)]));
  return "properties" in schema && inside.type === "object" ? { ...inside, additionalProperties: false } : inside;
}

/** Holds a value to a schema, which must describe every field of it. */
export function describedBy(schema: object): (value: object) => void {
  const validate = new Ajv({ strict: true, allErrors: true }).compile(closed(schema) as object);
  return (value) => expect(validate(JSON.parse(JSON.stringify(value))), JSON.stringify(validate.errors)).toBe(true);
}

/** The fields of which a schema does not say what they mean. */
export function unsaidIn(schema: unknown, path = ""): string[] {
  if (schema === null || typeof schema !== "object") return [];
  return Object.entries(schema).flatMap(([name, value]) => {
    const fields = name === "properties" ? Object.entries(value as Record<string, { description?: string }>) : [];
    const unsaid = fields.filter(([, { description = "" }]) => description.length < 8);
    return [...unsaid.map(([field]) => `${path}/${field}`), ...unsaidIn(value, `${path}/${name}`)];
  });
}
