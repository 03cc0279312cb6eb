import { HarborInstallationError } from "./error";

/**
 * Throws `HARBOR_PATH_UNFIT` for a path that Harbor's own scripts and files would not carry whole: they write paths without
 * quotes into shell lines, YAML and `-v HOST:CONTAINER`.
 */
export function requireFitPath(path: string): void {
  if (fitsHarbor(path)) return;
  throw new HarborInstallationError("HARBOR_PATH_UNFIT", `${JSON.stringify(path)}: ${PATH_RULE}`);
}

export const PATH_RULE =
  "an absolute path of letters, digits and . _ + - / is needed, for Harbor's scripts do not quote it";

export function fitsHarbor(path: string): boolean {
  return /^\/[A-Za-z0-9._+\-/]+$/.test(path);
}
