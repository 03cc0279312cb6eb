import { compare } from "../compare";
import type { ChangeState, MapEdge, MapNode, TrustMap } from "../report/report";

type Side = "base" | "head";
type SideNode = Omit<MapNode, "change">;

const COLUMNS: readonly MapNode["column"][] = ["identity", "store", "statement", "repository", "image"];

/** Puts two sides into one map: what only one of them has is added or removed, what differs is changed. */
export class MapBuilder {
  readonly #nodes: Record<Side, Map<string, SideNode>> = { base: new Map(), head: new Map() };
  readonly #edges: Record<Side, Map<string, Omit<MapEdge, "change">>> = { base: new Map(), head: new Map() };
  readonly #fixed = new Map<string, { node: SideNode; change: ChangeState; from: string }>();

  node(side: Side, node: SideNode): void {
    this.#nodes[side].set(node.id, node);
  }

  edge(side: Side, from: string, to: string): void {
    this.#edges[side].set(JSON.stringify([from, to]), { from, to });
  }

  /** A node that both sides have, below another one; its change is known already. */
  fixed(node: SideNode, change: ChangeState, from: string): void {
    this.#fixed.set(node.id, { node, change, from });
  }

  build(): Pick<TrustMap, "nodes" | "edges"> {
    const { base, head } = this.#nodes;
    const nodes = keysOf(base, head).map((id): MapNode => {
      const [before, after] = [base.get(id), head.get(id)];
      return { ...((after ?? before) as SideNode), change: changeOf(before, after) };
    });
    const edges = keysOf(this.#edges.base, this.#edges.head).map((key): MapEdge => {
      const [before, after] = [this.#edges.base.get(key), this.#edges.head.get(key)];
      return { ...((after ?? before) as MapEdge), change: changeOf(before, after) };
    });
    const below = [...this.#fixed.values()];
    const repositories = new Set(nodes.map(({ id }) => id));
    return {
      nodes: [...nodes, ...below.map(({ node, change }) => ({ ...node, change }))].sort(byColumn),
      edges: [
        ...edges,
        ...below
          .filter(({ from }) => repositories.has(from))
          .map(({ node, from }): MapEdge => ({ from, to: node.id, change: "same" })),
      ].sort((left, right) => compare(left.from, right.from) || compare(left.to, right.to)),
    };
  }
}

function keysOf(base: ReadonlyMap<string, unknown>, head: ReadonlyMap<string, unknown>): string[] {
  return [...new Set([...base.keys(), ...head.keys()])];
}

function changeOf(before: unknown, after: unknown): ChangeState {
  if (before === undefined) return "added";
  if (after === undefined) return "removed";
  return JSON.stringify(before) === JSON.stringify(after) ? "same" : "changed";
}

function byColumn(left: MapNode, right: MapNode): number {
  return (
    compare(left.stack, right.stack) ||
    COLUMNS.indexOf(left.column) - COLUMNS.indexOf(right.column) ||
    compare(left.label, right.label) ||
    compare(left.id, right.id)
  );
}
