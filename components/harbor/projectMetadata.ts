/** A project's settings beside who may see it; what is left out is not declared. Content trust is `HarborContentTrust`'s. */
export interface ProjectSettings {
  /** Scans each image that is pushed. */
  readonly autoScan?: boolean;
  /** Makes an SBOM of each image that is pushed. */
  readonly autoSbom?: boolean;
  /** Images with vulnerabilities of `severity` or worse can't be pulled. */
  readonly preventVulnerable?: boolean;
  readonly severity?: "none" | "low" | "medium" | "high" | "critical";
  /** The system's list of allowed vulnerabilities counts, not the project's own. */
  readonly reuseSystemCveAllowlist?: boolean;
}

export interface DeclaredProject {
  readonly public: boolean;
  readonly metadata?: ProjectSettings;
}

/** Harbor's keys of the settings that are true or false. */
const FLAGS = {
  autoScan: "auto_scan",
  autoSbom: "auto_sbom_generation",
  preventVulnerable: "prevent_vul",
  reuseSystemCveAllowlist: "reuse_sys_cve_allowlist",
} as const;

const flagNames = Object.keys(FLAGS) as (keyof typeof FLAGS)[];
const SEVERITY = "severity";
/** Flags that Harbor takes for true where they are absent; the others for false. Source: Harbor's pkg/project/models. */
const TRUE_WHEN_ABSENT: ReadonlySet<string> = new Set([FLAGS.reuseSystemCveAllowlist]);

/** What Harbor takes for true; `yes` and the like are stored, and count as false. */
export function isOn(value: string | undefined): boolean {
  return value === "1" || value?.toLowerCase() === "true";
}

/** The metadata that are declared, as Harbor takes them: texts only. */
export function declaredMetadata({ public: isPublic, metadata = {} }: DeclaredProject): Record<string, string> {
  const flags = flagNames.flatMap((name) =>
    metadata[name] === undefined ? [] : [[FLAGS[name], String(metadata[name])] as const],
  );
  return {
    public: String(isPublic),
    ...Object.fromEntries(flags),
    ...(metadata.severity !== undefined && { [SEVERITY]: metadata.severity }),
  };
}

/** What must be written: values that mean something else than declared. Harbor does not mind case. */
export function metadataToWrite(
  live: Readonly<Record<string, string>>,
  declared: Readonly<Record<string, string>>,
): Record<string, string> {
  const differs = ([key, value]: [string, string]) =>
    key === SEVERITY ? live[key]?.toLowerCase() !== value : meansOn(key, live[key]) !== isOn(value);
  return Object.fromEntries(Object.entries(declared).filter(differs));
}

/** What was declared once and is not any more goes back to Harbor's own setting; a severity alone means nothing. */
export function undeclaredMetadata(
  before: Readonly<Record<string, string>>,
  declared: Readonly<Record<string, string>>,
): Record<string, string> {
  const dropped = Object.keys(before).filter((key) => key !== SEVERITY && declared[key] === undefined);
  return Object.fromEntries(dropped.map((key) => [key, String(meansOn(key, undefined))]));
}

function meansOn(key: string, value: string | undefined): boolean {
  return value === undefined ? TRUE_WHEN_ABSENT.has(key) : isOn(value);
}

/** In words: `auto_scan is false, declared is true`. */
export function shownMetadata(
  live: Readonly<Record<string, string>>,
  toWrite: Readonly<Record<string, string>>,
): string[] {
  return Object.entries(toWrite).map(([key, value]) => `${key} is ${shown(live[key])}, declared is ${value}`);
}

function shown(value: string | undefined): string {
  if (value === undefined) return "not set";
  return /^[a-zA-Z0-9]{1,20}$/.test(value) ? value : JSON.stringify(value.slice(0, 40));
}
