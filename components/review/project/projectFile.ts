import { messageOf } from "../../errors";
import type { FileTree } from "../../files/tree";
import { listed } from "../../signers/words";
import { ReviewError } from "../error";
import type { Finding } from "../finding";
import { readYamlText, YAML_BYTES_MAX } from "../state/smallFile";
import { parseYaml } from "../yaml";

/** By which the engine finds the program and each stack's config. */
export const PROJECT_FILE = "Pulumi.yaml";
/** The engine takes the first one that it finds, in an order of its own (sdk/go/common/workspace/paths.go). */
export const PROJECT_FILES = [PROJECT_FILE, "Pulumi.json", "Pulumi.yml"];

/** What is for people alone. */
const WORDS = ["description", "website", "author", "license", "template"];

/**
 * Refuses settings of the project: the engine puts them beneath every stack's own, by paths into their lists as well
 * (sdk/go/common/workspace/config.go), so that a stack's file would not say what holds.
 * @throws ReviewError PROJECT_CONFIG, and what the parser of YAML throws
 */
export function requireNoProjectConfig(tree: FileTree): void {
  if (tree.entry(PROJECT_FILE) === undefined) return;
  const { config } = projectOf(tree);
  if (config === undefined || config === null) return;
  throw new ReviewError(
    "PROJECT_CONFIG",
    `${PROJECT_FILE} has settings under \`config\`, which the engine puts beneath those of every stack: move them into the stacks' own files, stacks/Pulumi.NAME.yaml`,
  );
}

/** A finding for each file of the project that changes otherwise than in words for people. */
export function projectChanged(base: FileTree, head: FileTree): Finding[] {
  return PROJECT_FILES.flatMap((file): Finding[] => {
    const changed = changedKeys(base, head, file);
    if (changed.length === 0) return [];
    const sentence = `The change edits ${file} (${listed(changed)}), by which the engine finds the program and the config of each stack: another program or config may hold than the one that is reviewed here.`;
    return [{ kind: "project-changed", severity: "high", direction: "neutral", stack: "", subject: file, sentence }];
  });
}

function changedKeys(base: FileTree, head: FileTree, file: string): string[] {
  const [before, after] = [base, head].map((tree) => tree.entry(file));
  if (before === undefined && after === undefined) return [];
  if (after === undefined) return ["it is gone"];
  if (before === undefined) return ["it is new"];
  try {
    const [was, is] = [projectOf(base, file), projectOf(head, file)];
    return Object.keys({ ...was, ...is }).filter(
      (key) => !WORDS.includes(key) && JSON.stringify(was[key]) !== JSON.stringify(is[key]),
    );
  } catch (error) {
    return isSame(base, head, file) ? [] : [`it can't be read: ${messageOf(error)}`];
  }
}

function projectOf(tree: FileTree, file: string = PROJECT_FILE): Record<string, unknown> {
  return (parseYaml(readYamlText(tree, file)) ?? {}) as Record<string, unknown>;
}

/** What is no small file nobody can compare. */
function isSame(base: FileTree, head: FileTree, file: string): boolean {
  const isSmall = [base, head].every((tree) => {
    const entry = tree.entry(file);
    return entry?.kind === "file" && entry.size <= YAML_BYTES_MAX;
  });
  return isSmall && base.read(file).equals(head.read(file));
}
