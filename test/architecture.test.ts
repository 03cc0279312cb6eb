import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { preProcessFile } from "typescript";
import { describe, expect, it } from "vitest";
import { projectRoot } from "./support/tools";

// The directions that the design lays down, held against the import statements of every source file.

const LINES_MAX = 300;
/** Source files by path relative to the project, with `/`, and what each imports: such a path, or a package's name. */
const imports = new Map(filesBelow("components", "stacks").map((file) => [file, importsOf(file)]));
const components = [...imports.keys()].filter((file) => file.startsWith("components/"));
const isPulumi = (name: string) => name.startsWith("@pulumi/");
const isPure = (file: string) =>
  ["components/notary/", "components/oci/", "components/harbor/api/"].some((folder) => file.startsWith(folder));
const isHandler = (file: string) => file.endsWith(".handler.ts");
const isResource = (file: string) => file.endsWith(".resource.ts");
const isComponent = (file: string) => text(file).includes("extends ComponentResource");

describe("the sources", () => {
  it("are found, in each role", () => {
    for (const is of [isPure, isHandler, isResource, isComponent]) {
      expect(components.filter(is).length).toBeGreaterThan(3);
    }
  });

  it("import no file that does not exist", () => {
    expect(edges((_, to) => to.startsWith("missing:"))).toEqual([]);
  });

  it("have no package entry point: the engine's Node runtime would run it instead of the stack, and delete everything", () => {
    const { main, exports } = JSON.parse(text("package.json")) as { main?: string; exports: Record<string, string> };
    expect(main).toBeUndefined();
    expect(Object.keys(exports)).not.toContain(".");
  });

  it("have no file of more than 300 lines", () => {
    const long = [...imports.keys()].filter((file) => text(file).trimEnd().split("\n").length > LINES_MAX);
    expect(long).toEqual([]);
  });

  it("have no import cycle", () => {
    expect(cycles(imports)).toEqual([]);
  });

  it("have no default export, and no `export *`", () => {
    const offending = [...imports.keys()].filter((file) => /^export (default|\*)/m.test(text(file)));
    expect(offending).toEqual([]);
  });

  it("use components in stacks, and stacks in no component", () => {
    expect(edges((from, to) => from.startsWith("components/") && /^(stacks|scripts|test)\//.test(to))).toEqual([]);
  });
});

describe("what is pure", () => {
  it("imports in notary nothing but notary and the root of all errors", () => {
    const allowed = (to: string) => to.startsWith("components/notary/") || to === "components/errors.ts";
    expect(edges((from, to) => from.startsWith("components/notary/") && isLocal(to) && !allowed(to))).toEqual([]);
  });

  it("uses no network in notary", () => {
    const network = /^(node:)?(http|https|http2|net|tls|dgram|dns|undici)(\/|$)/;
    expect(edges((from, to) => from.startsWith("components/notary/") && network.test(to))).toEqual([]);
  });

  it("imports in oci nothing but oci, the root of all errors and types of notary", () => {
    const allowed = (to: string) => to.startsWith("components/oci/") || to === "components/errors.ts";
    const foreign = edges((from, to) => from.startsWith("components/oci/") && isLocal(to) && !allowed(to));
    const asTypes = foreign.filter(
      ([from, to]) => to.startsWith("components/notary/") && isTypeImport(from, to) && !isComponentFile(to),
    );
    expect(foreign.filter((edge) => !asTypes.includes(edge))).toEqual([]);
  });

  it("imports no Pulumi in notary, oci and the client of Harbor", () => {
    expect(edges((from, to) => isPure(from) && isPulumi(to))).toEqual([]);
  });
});

describe("what runs in the provider's process", () => {
  const reached = reachableFrom(components.filter((file) => isHandler(file) || file.endsWith("handlers.ts")));

  it("imports no Pulumi, at any distance", () => {
    expect([...reached].some((file) => file.startsWith("components/oci/"))).toBe(true);
    expect(edges((from, to) => reached.has(from) && isPulumi(to))).toEqual([]);
  });

  it("imports no component and no dynamic resource, at any distance", () => {
    expect([...reached].filter((file) => isResource(file) || isComponent(file))).toEqual([]);
  });

  it("has every handler in the table", () => {
    const table = imports.get("components/handlers.ts") ?? [];
    expect(components.filter((file) => isHandler(file) && !table.includes(file))).toEqual([]);
  });

  it("has in the table the kind of every dynamic resource", () => {
    const table = text("components/handlers.ts");
    const kinds = components.filter(isResource).map((file) => /lazyProvider\("(\w+)"\)/.exec(text(file))?.[1]);
    expect(kinds.filter((kind) => !table.includes(`${kind}: toHandler(`))).toEqual([]);
  });
});

describe("a concept's folder", () => {
  it("has for each dynamic resource the handler and the component of the same name", () => {
    for (const file of components.filter(isResource)) {
      expect(components).toContain(file.replace(".resource.ts", ".handler.ts"));
      expect(components).toContain(file.replace(".resource.ts", ".ts"));
    }
  });

  it("goes from component to resource to handler, never back", () => {
    expect(edges((from, to) => isHandler(from) && isResource(to))).toEqual([]);
    expect(edges((from, to) => (isHandler(from) || isResource(from)) && isComponentFile(to))).toEqual([]);
  });

  it("names handlers and resources to no one else: a handler to its resource and the table, a resource to its component", () => {
    const outsiders = edges((from, to) => isHandler(to) && !isTypeImport(from, to) && basename(from) !== "handlers.ts");
    expect(outsiders).toEqual([]);
    expect(edges((from, to) => isResource(to) && from !== to.replace(".resource.ts", ".ts"))).toEqual([]);
  });

  it("has nothing but named re-exports in an index.ts", () => {
    const indexes = components.filter((file) => basename(file) === "index.ts");
    expect(indexes).toContain("components/index.ts");
    const withoutComments = /\/\*[\s\S]*?\*\/|\/\/.*$/gm;
    for (const file of indexes) {
      const statements = text(file).replace(withoutComments, "").trim();
      expect(statements, file).toMatch(/^(export (type )?\{[^{}]*\} from "[^"]+";\s*)+$/);
    }
  });

  it("names in every file of notary the section of the specification that it implements", () => {
    const silent = components.filter((file) => file.startsWith("components/notary/") && !text(file).includes("§"));
    expect(silent).toEqual([]);
  });
});

describe("the search for cycles", () => {
  it("finds them, and only them", () => {
    const graph = new Map([
      ["a", ["b", "c"]],
      ["b", ["c"]],
      ["c", ["d"]],
      ["d", ["b"]],
    ]);
    expect(cycles(graph)).toEqual(["b → c → d → b"]);
    expect(cycles(new Map([["a", ["b"]]]))).toEqual([]);
  });
});

function filesBelow(...folders: string[]): string[] {
  return folders
    .flatMap((folder) => readdirSync(join(projectRoot, folder), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => relative(projectRoot, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .sort();
}

function text(file: string): string {
  return readFileSync(join(projectRoot, file), "utf8");
}

/** Imports, re-exports and `require`s. */
function importsOf(file: string): string[] {
  const { importedFiles } = preProcessFile(text(file), true, true);
  return importedFiles.map(({ fileName }) => (fileName.startsWith(".") ? located(file, fileName) : fileName));
}

function located(from: string, specifier: string): string {
  const target = resolve(projectRoot, dirname(from), specifier);
  const candidates = [`${target}.ts`, join(target, "index.ts")].map((path) =>
    relative(projectRoot, path).split(sep).join("/"),
  );
  return candidates.find((path) => exists(path)) ?? `missing: ${specifier}`;
}

function exists(file: string): boolean {
  try {
    return text(file).length >= 0;
  } catch {
    return false;
  }
}

function isLocal(name: string): boolean {
  return /^(components|stacks|scripts|test)\//.test(name);
}

/** A file that extends `ComponentResource`; packages and missing files are none. */
function isComponentFile(name: string): boolean {
  return isLocal(name) && isComponent(name);
}

function edges(is: (from: string, to: string) => boolean): [string, string][] {
  return [...imports].flatMap(([from, all]) =>
    all.filter((to) => is(from, to)).map((to): [string, string] => [from, to]),
  );
}

/** Every import of `to` in `from` is an `import type`. */
function isTypeImport(from: string, to: string): boolean {
  const statements = text(from).match(/^(import|export)\b[^;]*from "[^"]+";/gm) ?? [];
  const ofTarget = statements.filter((statement) => {
    const specifier = /from "(\.[^"]+)";$/.exec(statement)?.[1];
    return specifier !== undefined && located(from, specifier) === to;
  });
  return ofTarget.length > 0 && ofTarget.every((statement) => /^(import|export) type /.test(statement));
}

function reachableFrom(starts: readonly string[]): Set<string> {
  const reached = new Set<string>();
  const queue = [...starts];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (reached.has(file)) continue;
    reached.add(file);
    queue.push(...(imports.get(file) ?? []).filter(isLocal));
  }
  return reached;
}

/** Each as `a → b → a`, found by a walk that remembers the way it came. */
function cycles(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const found: string[] = [];
  const finished = new Set<string>();
  const walk = (node: string, way: string[]): void => {
    const at = way.indexOf(node);
    if (at >= 0) found.push([...way.slice(at), node].join(" → "));
    if (at >= 0 || finished.has(node)) return;
    for (const next of graph.get(node) ?? []) walk(next, [...way, node]);
    finished.add(node);
  };
  for (const node of graph.keys()) walk(node, []);
  return found;
}
