import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";

interface Node {
  readonly type: string;
  readonly value?: string;
  readonly children?: readonly Node[];
}

/** All nodes of a text that is parsed as GitHub does, in order. */
export function nodesOf(markdown: string): Node[] {
  const tree: Node = fromMarkdown(markdown, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });
  const walk = (node: Node): Node[] => [node, ...(node.children ?? []).flatMap(walk)];
  return walk(tree);
}

export function typesOf(markdown: string): Set<string> {
  return new Set(nodesOf(markdown).map(({ type }) => type));
}

/** What stands outside of code: GitHub and GitLab look there for mentions, issues, commits, emoji and formulas. */
export function proseOf(markdown: string): string {
  return nodesOf(markdown)
    .filter(({ type }) => type === "text")
    .map(({ value }) => value)
    .join("\n");
}

/** What a person reads. */
export function shownText(markdown: string): string {
  return nodesOf(markdown)
    .map(({ value }) => value ?? "")
    .join("");
}
