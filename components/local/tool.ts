import { existsSync } from "node:fs";
import { resolvePath } from "../files/paths";
import { LocalServiceError } from "./error";

/** Where the set-up puts the tools, relative to the project's folder. */
export const TOOLS_DIRECTORY = ".breakwater/tools";

/** The absolute path of a tool: the variable `BREAKWATER_<NAME>`, else the one that the set-up installed. */
export function toolPath(name: string): string {
  const variable = `BREAKWATER_${name.toUpperCase()}`;
  const candidate = process.env[variable] ?? resolvePath(`${TOOLS_DIRECTORY}/bin/${name}`);
  if (existsSync(candidate)) return candidate;
  throw new LocalServiceError(
    "TOOL_MISSING",
    `${name}: no program at ${candidate}. Run \`npm start\`, which installs it, or let ${variable} name one`,
  );
}
