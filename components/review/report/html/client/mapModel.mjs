import { count } from "./dom.mjs";

/** @typedef {import("../../report.js").TrustMap} TrustMap */
/** @typedef {import("../../report.js").MapNode} MapNode */
/** @typedef {import("../../report.js").MapEdge} MapEdge */
/**
 * An image's node stands for all of its repository; a store's is that of one statement.
 * @typedef {MapNode & { images?: readonly MapNode[], statement?: string | undefined }} ShownNode
 */
/** @typedef {{ nodes: ShownNode[], edges: MapEdge[], next: Map<string, string[]>, previous: Map<string, string[]> }} Graph */

/** @type {readonly [MapNode["column"], string][]} */
export const COLUMNS = [
  ["identity", "Identities"],
  ["store", "Trust stores"],
  ["statement", "Statements"],
  ["repository", "Repositories"],
  ["image", "Images"],
];

/**
 * The map with the images of each repository folded into one node: ten thousand of them are no picture.
 * @param {TrustMap} map
 * @returns {Graph}
 */
export function graphOf({ nodes, edges }) {
  const images = new Map(nodes.filter(({ column }) => column === "image").map((node) => [node.id, node]));
  /** @type {Map<string, MapNode[]>} */
  const below = new Map();
  for (const { from, to } of edges) {
    const image = images.get(to);
    if (!image) continue;
    const list = below.get(from);
    if (list) list.push(image);
    else below.set(from, [image]);
  }
  const statements = statementsOfStores(nodes, edges);
  const kept = nodes
    .filter(({ column }) => column !== "image")
    .map((node) => ({ ...node, statement: statements.get(node.id) }));
  const folded = kept.flatMap(({ id, stack }) => {
    const own = below.get(id);
    return own ? [foldedImages(id, stack, own)] : [];
  });
  const shown = [...edges.filter(({ to }) => !images.has(to)), ...folded.map(({ edge }) => edge)];
  return {
    nodes: [...kept, ...folded.map(({ node }) => node)],
    edges: shown,
    next: adjacent(shown, ({ from, to }) => [from, to]),
    previous: adjacent(shown, ({ from, to }) => [to, from]),
  };
}

/**
 * By the id of a store's node the name of the statement that it serves: without it two nodes of one store look like one, twice.
 * @param {readonly MapNode[]} nodes
 * @param {readonly MapEdge[]} edges
 */
function statementsOfStores(nodes, edges) {
  const names = new Map(nodes.filter(({ column }) => column === "statement").map(({ id, label }) => [id, label]));
  const stores = new Set(nodes.filter(({ column }) => column === "store").map(({ id }) => id));
  return new Map(edges.filter(({ from }) => stores.has(from)).map(({ from, to }) => [from, names.get(to)]));
}

/**
 * @param {string} repository
 * @param {string} stack
 * @param {MapNode[]} images
 * @returns {{ node: ShownNode, edge: MapEdge }}
 */
function foldedImages(repository, stack, images) {
  const flipped = images.filter(({ change }) => change !== "same").length;
  const change = flipped > 0 ? "changed" : "same";
  const detail = ["verified", "failed", "skipped", "unknown"].flatMap((verdict) => {
    const number = images.filter((image) => image.verdict === verdict).length;
    return number > 0
      ? [`${number.toLocaleString("en")} ${verdict === "skipped" ? "not verified at all" : verdict}`]
      : [];
  });
  if (flipped > 0) detail.push(`${flipped.toLocaleString("en")} with another verdict than before`);
  const id = `images:${repository}`;
  const sorted = [...images].sort((left, right) => Number(left.change === "same") - Number(right.change === "same"));
  return {
    node: { id, column: "image", stack, label: count(images.length, "image"), detail, change, images: sorted },
    edge: { from: repository, to: id, change },
  };
}

/**
 * @param {readonly MapEdge[]} edges
 * @param {(edge: MapEdge) => [string, string]} ends
 */
function adjacent(edges, ends) {
  /** @type {Map<string, string[]>} */
  const found = new Map();
  for (const edge of edges) {
    const [from, to] = ends(edge);
    const list = found.get(from);
    if (list) list.push(to);
    else found.set(from, [to]);
  }
  return found;
}

/**
 * All that lies on a path through one of these.
 * @param {Graph} graph
 * @param {readonly string[]} upper towards identities from these
 * @param {readonly string[]} lower towards images from these
 */
export function pathsThrough({ next, previous }, upper, lower = upper) {
  return new Set([...reached(upper, previous), ...reached(lower, next)]);
}

/**
 * @param {readonly string[]} starts
 * @param {Map<string, string[]>} neighbours
 */
function reached(starts, neighbours) {
  const found = new Set(starts);
  for (const id of found) for (const neighbour of neighbours.get(id) ?? []) found.add(neighbour);
  return found;
}

/**
 * The nodes that a filter leaves, by column, each beside what it is connected with.
 * @param {Graph} graph
 * @param {{ stack: string, changesOnly: boolean, words: string }} filter
 */
export function visibleNodes(graph, { stack, changesOnly, words }) {
  const changed = new Set(graph.nodes.filter(({ change }) => change !== "same").map(({ id }) => id));
  const edges = graph.edges.filter(({ change }) => change !== "same");
  const moving = changesOnly
    ? pathsThrough(graph, [...changed, ...edges.map(({ from }) => from)], [...changed, ...edges.map(({ to }) => to)])
    : undefined;
  const named =
    words === ""
      ? undefined
      : pathsThrough(
          graph,
          graph.nodes.filter((node) => isNamed(node, words)).map(({ id }) => id),
        );
  const shown = graph.nodes.filter(
    (node) =>
      (stack === "" || `=${node.stack}` === stack) && (moving?.has(node.id) ?? true) && (named?.has(node.id) ?? true),
  );
  return arranged(graph, shown);
}

/**
 * @param {ShownNode} node
 * @param {string} words
 */
function isNamed({ label, detail, images }, words) {
  const texts = [label, ...detail, ...(images ?? []).flatMap((image) => [image.label, ...image.detail])];
  return texts.some((text) => text.toLowerCase().includes(words));
}

/**
 * Statements stand as they are; everything else stands near the statement that it belongs to, so that few lines cross.
 * @param {Graph} graph
 * @param {readonly ShownNode[]} nodes
 */
function arranged({ next, previous }, nodes) {
  const of = (/** @type {string} */ column) => nodes.filter((node) => node.column === column);
  const statements = of("statement");
  /** @type {Map<string, number>} */
  const place = new Map(statements.map(({ id }, index) => [id, index]));
  const near = (/** @type {string} */ column, /** @type {Map<string, string[]>} */ neighbours) => {
    const rank = (/** @type {ShownNode} */ { id }) =>
      Math.min(...(neighbours.get(id) ?? []).map((each) => place.get(each) ?? Infinity), Infinity);
    const sorted = of(column)
      .map((node) => ({ node, rank: rank(node) }))
      .sort((left, right) => (left.rank === right.rank ? 0 : left.rank - right.rank))
      .map(({ node }) => node);
    for (const [index, { id }] of sorted.entries()) place.set(id, index);
    return sorted;
  };
  const stores = near("store", next);
  const repositories = near("repository", previous);
  return new Map([
    ["identity", near("identity", next)],
    ["store", stores],
    ["statement", statements],
    ["repository", repositories],
    ["image", near("image", previous)],
  ]);
}
