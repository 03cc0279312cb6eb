import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../../files/paths";

// The page's own code: JavaScript for a browser, which the build of the program leaves alone, so it is read from the sources.

const FOLDER = join(projectRoot, "components/review/report/html/client");
/** What is used comes before what uses it. */
const MODULES = [
  "dom",
  "verdicts",
  "headline",
  "rules",
  "findings",
  "flips",
  "mapModel",
  "mapLines",
  "map",
  "timeline",
  "failures",
  "remarks",
  "print",
  "main",
];
const STYLES = ["page", "parts", "map", "timeline", "media"];

/** All modules as one: a page without a network can't import. */
export function clientScript(): string {
  return MODULES.map((name) => withoutImports(read(`${name}.mjs`))).join("\n");
}

export function clientStyle(): string {
  return STYLES.map((name) => read(`${name}.css`)).join("\n");
}

/** Every name of a module is one of the page's; two of one name are an error of its syntax. */
function withoutImports(module: string): string {
  return module.replace(/^import [^;]*;\n/gm, "").replace(/^export /gm, "");
}

function read(name: string): string {
  return readFileSync(join(FOLDER, name), "utf8");
}
