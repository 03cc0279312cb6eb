/** A tree as notation prints it: notation internal/tree. */
export interface TreeNode {
  readonly text: string;
  readonly children?: readonly TreeNode[];
}

/** A node for each entry; `(empty)` for none. */
export function entryNodes(entries: Readonly<Record<string, string>>): TreeNode[] {
  const nodes = Object.entries(entries).map(([key, value]) => ({ text: `${key}: ${value}` }));
  return nodes.length > 0 ? nodes : [{ text: "(empty)" }];
}

/** The lines of a tree, the root first. */
export function renderTree({ text, children = [] }: TreeNode): string[] {
  return [text, ...children.flatMap((child, index) => branch(child, index === children.length - 1))];
}

function branch(node: TreeNode, last: boolean): string[] {
  const [first = "", ...rest] = renderTree(node);
  return [`${last ? "└── " : "├── "}${first}`, ...rest.map((line) => `${last ? "    " : "│   "}${line}`)];
}
