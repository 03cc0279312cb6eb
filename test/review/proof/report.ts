import { execFileSync } from "node:child_process";
import { projectRoot, toolPath } from "../../support/tools";
import { KINDS } from "./kinds";
import type { Compared, Proof } from "./run";

export interface ReportArgs {
  readonly seed: number;
  readonly proof: Proof;
  /** By the change's name. */
  readonly compared: ReadonlyMap<string, Compared>;
}

/** Lines of Markdown: what was run, and which flips there were. It is written when every comparison held. */
export function reportOf({ seed, proof, compared }: ReportArgs): string {
  const verdicts = [...proof.base.values()];
  const count = (verdict: string) => String(verdicts.filter((each) => each === verdict).length);
  const rows = [...compared].map(([name, { report, expected }]) => {
    const { flips, unchanged } = expected;
    const looser = flips.filter(({ before, after }) => before.verdict === after.verdict).length;
    const towards = (side: string) => String(flips.filter((flip) => flip.towards === side).length);
    const kinds = [...new Set(report.semantic.map(({ kind }) => kind))].sort().join(", ");
    const rest = [unchanged.verified, unchanged.failed, unchanged.skipped].map(String);
    return [name, kinds, towards("trust"), towards("distrust"), String(looser), ...rest];
  });
  const flips = [...compared.values()].reduce((sum, { expected }) => sum + expected.flips.length, 0);
  return [
    "# Reviews beside the notation CLI",
    "",
    ...table(
      ["", ""],
      [
        ["date", new Date().toISOString().slice(0, 10)],
        ["seed", String(seed)],
        ["commit", execFileSync("git", ["rev-parse", "HEAD"], { cwd: projectRoot, encoding: "utf8" }).trim()],
        ["Node.js", process.versions.node],
        ["notation", notationVersion()],
        ["images", String(proof.images.length)],
        ["kinds of images", String(KINDS.length)],
        ["changes, each also undone", String(compared.size)],
        ["runs of `notation verify`", String(proof.runs())],
        ...["verified", "failed", "skipped"].map((verdict) => [`${verdict} under the base`, count(verdict)]),
        ["flips", String(flips)],
        ["flips missed or invented", "0"],
      ],
    ),
    "",
    "Equal, for every image and change, are the verdict under both trusts, whether it is enforced (which follows from the CLI's",
    "verdict and the statement's text), the statement and its level, and the number of images that do not flip.",
    "",
    ...table(
      ["change", "findings", "to trust", "away", "of which verified on both sides", "verified", "failed", "skipped"],
      rows,
    ),
    "",
  ].join("\n");
}

function notationVersion(): string {
  const text = execFileSync(toolPath("notation"), ["version"], { encoding: "utf8" });
  return /^Version:\s*(\S+)/m.exec(text)?.[1] ?? "";
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(header), line(header.map(() => "---")), ...rows.map(line)];
}
