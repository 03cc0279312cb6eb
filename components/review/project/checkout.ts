import { below, type FileTree } from "../../files/tree";
import { listed } from "../../signers/words";
import type { Finding } from "../finding";
import { FILE_BYTES_MAX, readText } from "../state/smallFile";

/** Git's own file of how it writes what it holds to disk (gitattributes(5)). */
export const ATTRIBUTES = ".gitattributes";

/** By these no file of trust means something else on disk; the ends of lines mean nothing in any of them. */
const HARMLESS =
  /^[-!]?(text|eol|crlf|binary|diff|merge|whitespace|delta|export-ignore|conflict-marker-size|linguist-[\w-]+|gitlab-[\w-]+)(=|$)/;

/**
 * A review reads what git holds, an `up` what git wrote to disk: a finding for each file that has git write other bytes,
 * by `working-tree-encoding`, `filter`, `ident`, or a name of its own for these.
 * @param folder where trust is; the files above it and in it count
 */
export function checkoutChanged(base: FileTree, head: FileTree, folder: string): Finding[] {
  return [ATTRIBUTES, ...attributeFiles(head, folder)].flatMap((file): Finding[] => {
    const known = new Set(linesOf(base, file));
    const lines = linesOf(head, file).filter((line) => !known.has(line) && !isHarmless(line));
    if (lines.length === 0) return [];
    const sentence = `The change edits ${file}: by ${listed(lines.map((line) => `"${line}"`))} git may write other bytes to disk, where an up reads them, than those that are reviewed here.`;
    return [{ kind: "checkout-changed", severity: "high", direction: "neutral", stack: "", subject: file, sentence }];
  });
}

function attributeFiles(tree: FileTree, folder: string): string[] {
  return tree.names(folder).flatMap((name) => {
    const path = below(folder, name);
    if (name === ATTRIBUTES) return [path];
    return tree.entry(path)?.kind === "folder" ? attributeFiles(tree, path) : [];
  });
}

/** What is no small file is a line that nobody knows. */
function linesOf(tree: FileTree, file: string): string[] {
  const entry = tree.entry(file);
  if (entry === undefined) return [];
  if (entry.kind !== "file") return [`a ${entry.kind}`]; // git heeds no link there
  if (entry.size > FILE_BYTES_MAX) return [`a file of ${entry.size} bytes`];
  return readText(tree, file)
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
}

function isHarmless(line: string): boolean {
  const [, ...attributes] = line.split(/\s+/);
  return attributes.every((attribute) => HARMLESS.test(attribute));
}
