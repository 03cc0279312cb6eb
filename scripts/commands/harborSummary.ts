import type { HarborOutputs } from "../../stacks/harborOutputs";
import type { ChangeCounts } from "./changes";
import type { StackName } from "./stackName";
import { changesLine } from "./summary";

/** What `npm start -- --stack NAME --json` prints for a stack with Harbor. */
export interface HarborSummary extends Omit<HarborOutputs, "environment"> {
  /** What a person has to know beside. */
  readonly notes: readonly string[];
  readonly changes: ChangeCounts;
}

/** The summary of a stack's outputs, in a fixed order: the engine sorts them by name. */
export function harborSummaryOf(
  outputs: Record<string, unknown>,
  changes: ChangeCounts,
  notes: readonly string[],
): HarborSummary {
  const { registry, certificate, projects, robots, images, trustDirectory } = outputs as unknown as HarborOutputs;
  return { registry, certificate, projects, robots, images, trustDirectory, notes, changes };
}

/** The same for a person. */
export function renderHarborSummary(summary: HarborSummary, { name }: StackName, now: Date): string {
  const { certificate } = summary;
  const days = Math.floor((Date.parse(certificate.notAfter) - now.getTime()) / 86_400_000);
  const rows = [
    ["Registry", summary.registry],
    ["Certificate", `issued by ${certificate.issuer}, expires ${certificate.notAfter.slice(0, 10)} (in ${days} days)`],
    ...summary.projects.map((project) => ["Project", projectLine(project)]),
    ...summary.robots.map(({ username, project, permissions }) => [
      "Robot",
      `${username} may ${rightsOf(permissions)} in ${project}`,
    ]),
    ...summary.images.flatMap(({ reference, verdict, signer }) => [
      ["Image", reference],
      ["", `${verdict}${signer === undefined ? "" : `, signed by ${signer.subject}`}`],
    ]),
    ["Trust", summary.trustDirectory],
  ];
  return [
    ...rows.map(([label = "", value]) => `${label.padEnd(13)}${value}`),
    "",
    "A client's login, trust and environment:",
    `  npm run login -- --stack ${name}`,
    "",
    changesLine(summary.changes),
  ].join("\n");
}

/** A robot that may push may pull as well. */
export function rightsOf(permissions: string): string {
  return permissions === "push" ? "push and pull" : permissions;
}

/** Harbor's word "signed" says that some signature is there; the verdict is that of the declared trust. */
function projectLine({ name, gate, shadow }: HarborOutputs["projects"][number]): string {
  const gated = gate.length === 0 ? "no gate" : `gate: ${gate.join(" and ")}`;
  if (shadow === undefined) return `${name}, ${gated}, no robot that may look at its images`;
  const trusted = shadow.filter(({ trusted }) => trusted).length;
  const misled = shadow.filter(({ trusted, signed }) => signed && !trusted).map(({ reference }) => reference);
  const warning = misled.length === 0 ? "" : `; signed for Harbor, but not trusted: ${misled.join(", ")}`;
  return `${name}, ${gated}, ${trusted} of ${shadow.length} images trusted${warning}`;
}
