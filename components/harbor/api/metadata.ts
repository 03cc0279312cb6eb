import { HarborApiError } from "./error";

const FLAGS: ReadonlySet<string> = new Set([
  "public",
  "enable_content_trust",
  "enable_content_trust_cosign",
  "prevent_vul",
  "auto_scan",
  "auto_sbom_generation",
  "reuse_sys_cve_allowlist",
]);
const SEVERITIES: ReadonlySet<string> = new Set(["none", "low", "medium", "high", "critical"]);

/**
 * Refuses what Harbor would store with 200 and take for something else: "yes" switches content trust off.
 * Throws HarborApiError HARBOR_REQUEST_REFUSED.
 */
export function assertMetadata(metadata: Readonly<Record<string, string>>): void {
  for (const [key, value] of Object.entries(metadata)) {
    if (FLAGS.has(key) && value !== "true" && value !== "false") throw refused(key, '"true" or "false"');
    if (key === "severity" && !SEVERITIES.has(value)) throw refused(key, [...SEVERITIES].join(", "));
  }
}

/**
 * Compares what was read back with what was written. Throws HarborApiError METADATA_NOT_KEPT.
 */
export function assertKept(
  project: string,
  written: Readonly<Record<string, string>>,
  kept: Readonly<Record<string, string>>,
): void {
  const lost = Object.keys(written).filter((key) => kept[key] !== written[key]);
  if (lost.length === 0) return;
  throw new HarborApiError(
    "METADATA_NOT_KEPT",
    `Harbor accepted the metadata of project ${project} and did not keep ${lost.join(", ")}: this Harbor does not know them, ` +
      "or somebody else changed them at the same time; take them out of the declaration, or run again.",
  );
}

function refused(key: string, allowed: string): HarborApiError {
  return new HarborApiError(
    "HARBOR_REQUEST_REFUSED",
    `The metadata \`${key}\` must be ${allowed}: Harbor stores anything else without a word, and acts as if it were off.`,
  );
}
