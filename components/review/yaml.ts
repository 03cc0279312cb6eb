import { isScalar, LineCounter, parseDocument, visit } from "yaml";

/**
 * A hostile file must not blow up: aliases are not resolved at all; the library's own look for double keys is quadratic, and so is
 * what it makes of many errors in one line.
 */
const OPTIONS = { maxAliasCount: 0, prettyErrors: false, strict: true, uniqueKeys: false } as const;

/**
 * The value of a YAML document whose keys are plain and distinct. The key `<<` is refused: other readers, the engine's among them,
 * merge what is below it, and this one takes it for a name like any other.
 * @throws Error whose message has line and column
 */
export function parseYaml(text: string): unknown {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { ...OPTIONS, lineCounter });
  const refuse = (what: string, range: readonly number[] | null | undefined): never => {
    const { line, col } = lineCounter.linePos(range?.[0] ?? 0);
    throw new Error(`${what} at line ${line}, column ${col}`);
  };
  const error = document.errors[0] ?? document.warnings[0];
  if (error !== undefined) return refuse(error.message, error.pos);
  visit(document, {
    Map: (_, { items, range }) => {
      const known = new Set<string>();
      for (const { key } of items) {
        if (!isScalar(key)) return refuse("a key that is no plain word", range);
        const name = String(key.value);
        if (name === "<<") return refuse('the key "<<" merges maps: write out what they have', key.range);
        if (known.has(name)) return refuse(`the key ${JSON.stringify(name)} is there twice`, key.range);
        known.add(name);
      }
    },
  });
  return document.toJS({ maxAliasCount: 0 }) as unknown;
}
