import { execFileSync } from "node:child_process";
import { projectRoot } from "../support/tools";
import { CODES } from "./coverage";
import { DIFFERENCES } from "./differences";
import { versionsOf } from "./oracle";
import type { Tally } from "./run";

/** Lines of Markdown: what was run, what came up how often, and where the two differ on purpose. */
export function reportOf(tally: Tally, seed: number, binary: string): string {
  const versions = versionsOf(binary);
  const verified = tally.verdicts.get("verified") ?? 0;
  return [
    "# Differential test against notation-go",
    "",
    ...table(
      ["", ""],
      [
        ["cases", String(tally.cases)],
        ["seed", String(seed)],
        ["commit", commit()],
        ["Node.js", process.versions.node],
        ["OpenSSL", process.versions.openssl],
        ["Go", versions.go ?? ""],
        ...["notation-go", "notation-core-go", "tspclient-go"].map((name) => [
          name,
          versions[`github.com/notaryproject/${name}`] ?? "",
        ]),
        ["seconds", tally.seconds.toFixed(0)],
        ["verified", `${verified} (${((100 * verified) / tally.cases).toFixed(1)} %)`],
        ...[...tally.verdicts].filter(([kind]) => kind !== "verified").map(([kind, times]) => [kind, String(times)]),
        ["deliberate differences", String([...tally.differences.values()].reduce((sum, times) => sum + times, 0))],
        ["disagreements", String(tally.disagreements.length)],
      ],
    ),
    "",
    "Equal are the verdict, and validation, action and result of every outcome. `policy`, `selection` and `signature` stand for",
    "what the specification's list of validations has no name for: the trust policy document and its stores, the statement that",
    "applies, and what no level relaxes.",
    "",
    "## Outcomes",
    "",
    ...table(
      ["validation", "action", "result", "code", "times"],
      [...tally.outcomes].sort().map(([key, times]) => [...key.split(" | "), String(times)]),
    ),
    "",
    "## Deliberate differences",
    "",
    "In all of them Breakwater refuses what notation-go lets pass (or dies of).",
    "",
    ...table(
      ["difference", "reason", "section", "times"],
      DIFFERENCES.map(({ name, reason, section }) => [name, reason, section, String(tally.differences.get(name) ?? 0)]),
    ),
    "",
    "## Codes that cannot come up here",
    "",
    ...table(
      ["code", "reason"],
      Object.entries(CODES).flatMap(([code, places]) => ("unreachable" in places ? [[code, places.unreachable]] : [])),
    ),
    "",
  ].join("\n");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.trim()).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)];
}

function commit(): string {
  const git = (...args: string[]) => execFileSync("git", args, { cwd: projectRoot, encoding: "utf8" }).trim();
  try {
    const changed = git("status", "--porcelain", "--", "components/notary", "test/differential") !== "";
    return `${git("rev-parse", "HEAD")}${changed ? ", with changes that are not committed" : ""}`;
  } catch {
    return "unknown";
  }
}
