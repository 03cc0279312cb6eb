import { svgElement } from "./dom.mjs";

/** @typedef {import("../../report.js").MapEdge} MapEdge */

/**
 * Draws a curve for each edge whose two ends are on the page.
 * @param {SVGElement} picture covers `area`
 * @param {Element} area
 * @param {readonly MapEdge[]} edges
 * @param {ReadonlyMap<string, Element>} nodes
 * @param {ReadonlySet<string> | undefined} selected the nodes of the selected paths
 */
export function drawLines(picture, area, edges, nodes, selected) {
  const origin = area.getBoundingClientRect();
  picture.setAttribute("viewBox", `0 0 ${origin.width} ${origin.height}`);
  // What changes lies above what does not.
  const sorted = [...edges].sort((left, right) => Number(left.change !== "same") - Number(right.change !== "same"));
  picture.replaceChildren(
    ...sorted.flatMap(({ from, to, change }) => {
      const [start, end] = [nodes.get(from), nodes.get(to)].map((node) => node?.getBoundingClientRect());
      if (!start || !end) return [];
      const [x1, y1] = [start.right - origin.left, start.top + start.height / 2 - origin.top];
      const [x2, y2] = [end.left - origin.left, end.top + end.height / 2 - origin.top];
      const middle = (x1 + x2) / 2;
      const on = selected === undefined ? "" : selected.has(from) && selected.has(to) ? " on" : " off";
      return [
        svgElement("path", {
          class: `edge-${change}${on}`,
          d: `M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}`,
        }),
      ];
    }),
  );
}
