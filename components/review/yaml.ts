import { LineCounter, parseDocument } from "yaml";

/** A hostile file must not blow up: aliases are not resolved at all. */
const OPTIONS = { maxAliasCount: 0, prettyErrors: true, strict: true, uniqueKeys: true } as const;

/**
 * The value of a YAML document.
 * @throws Error whose message has line and column
 */
export function parseYaml(text: string): unknown {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { ...OPTIONS, lineCounter });
  const [error] = [...document.errors, ...document.warnings];
  if (error !== undefined) throw error;
  return document.toJS({ maxAliasCount: 0 }) as unknown;
}
