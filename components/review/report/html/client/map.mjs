import { choice, count, element, growingList, section, svgElement } from "./dom.mjs";
import { drawLines } from "./mapLines.mjs";
import { COLUMNS, graphOf, pathsThrough, visibleNodes } from "./mapModel.mjs";
import { CHANGES, changeMark } from "./verdicts.mjs";

/** @typedef {import("../../report.js").Report} Report */
/** @typedef {import("./mapModel.mjs").ShownNode} ShownNode */
/** @typedef {import("./mapModel.mjs").Graph} Graph */

/** Above this, a map begins with what changes alone. */
const NODES_CALM = 40;
const COLUMN_STEP = 40;
/** As in map.css. */
const ONE_COLUMN = "(max-width: 56rem)";

/** @param {Report} report */
export function mapSection({ map }) {
  const hint =
    map.nodes.length === 0
      ? "There is no trust on either side."
      : "Who signs, by which store, under which statement, for which repository. Select something to see its paths.";
  const left = map.imagesLeftOut;
  const leftOut = `${count(left, "more image")} ${left === 1 ? "keeps its verdict" : "keep their verdict"}, for which the map has no room.`;
  return section(
    "map",
    "Trust map",
    left > 0 ? `${hint} ${leftOut}` : hint,
    map.nodes.length > 0 && trustMap(graphOf(map)),
  );
}

/** @param {Graph} graph */
function trustMap(graph) {
  const changes =
    graph.nodes.some(({ change }) => change !== "same") || graph.edges.some(({ change }) => change !== "same");
  const stacks = [...new Set(graph.nodes.map(({ stack }) => stack))];
  const filter = { stack: "", changesOnly: changes && graph.nodes.length > NODES_CALM, words: "" };
  /** How many nodes of a column are shown. */
  const limits = new Map(COLUMNS.map(([column]) => [column, COLUMN_STEP]));
  /** @type {Map<string, HTMLElement>} */
  const buttons = new Map();
  /** @type {ShownNode | undefined} */
  let selected;

  const picture = svgElement("svg", { class: "lines", "aria-hidden": "true", preserveAspectRatio: "none" });
  const columns = element("div", { class: "columns" });
  const area = element("div", { class: "map" }, picture, columns);
  const details = element("div", {
    class: "map-details",
    role: "region",
    "aria-label": "Selected in the map",
    tabindex: 0,
  });
  details.hidden = true;
  const show = () => {
    buttons.clear();
    const nodes = visibleNodes(graph, filter);
    columns.replaceChildren(...COLUMNS.map(([column, title]) => columnOf(column, title, nodes.get(column) ?? [])));
    highlight();
  };
  const select = (/** @type {ShownNode | undefined} */ node) => {
    selected = node === selected ? undefined : node;
    details.hidden = selected === undefined;
    details.replaceChildren(...(selected ? [nodeDetails(selected, unselect)] : []));
    highlight();
    // Where the columns are one below the other, what is on no path of it is gone: it must not be looked for.
    if (selected && matchMedia(ONE_COLUMN).matches) buttons.get(selected.id)?.scrollIntoView({ block: "center" });
  };
  const unselect = () => {
    const button = selected && buttons.get(selected.id);
    select(undefined);
    button?.focus();
  };
  const highlight = () => {
    const paths = selected && pathsThrough(graph, [selected.id]);
    for (const [id, button] of buttons) {
      button.setAttribute("aria-pressed", String(id === selected?.id));
      button.classList.toggle("off", paths !== undefined && !paths.has(id));
      button.classList.toggle("on", paths?.has(id) ?? false);
    }
    drawLines(picture, area, graph.edges, buttons, paths);
  };
  new ResizeObserver(() => highlight()).observe(area);
  area.addEventListener("keydown", ({ key }) => {
    if (key === "Escape" && selected) select(undefined);
  });
  details.addEventListener("keydown", ({ key }) => {
    if (key === "Escape") unselect();
  });

  /**
   * @param {import("../../report.js").MapNode["column"]} column
   * @param {string} title
   * @param {readonly ShownNode[]} nodes
   */
  function columnOf(column, title, nodes) {
    const limit = limits.get(column) ?? COLUMN_STEP;
    const more = element(
      "button",
      { type: "button", class: "more" },
      `Show more of ${count(nodes.length - limit, "node")}`,
    );
    more.addEventListener("click", () => {
      limits.set(column, limit + COLUMN_STEP);
      show();
      buttons.get(nodes[limit]?.id ?? "")?.focus();
    });
    return element(
      "div",
      { class: `column column-${column}` },
      element("h3", {}, title),
      element(
        "ul",
        { class: "plain" },
        nodes.slice(0, limit).map((node) => element("li", {}, buttonOf(node))),
      ),
      nodes.length > limit && more,
    );
  }

  /** @param {ShownNode} node */
  function buttonOf(node) {
    const { id, label, change, images, detail, statement } = node;
    const button = element(
      "button",
      { type: "button", class: `node node-${change}`, "aria-pressed": "false" },
      element("span", { class: "label" }, ...breakable(label)),
      statement !== undefined && element("span", { class: "faint" }, `in ${statement}`),
      stacks.length > 1 && element("span", { class: "faint" }, node.stack),
      images && element("span", { class: "faint" }, detail.join(", ")),
      changeMark(change),
    );
    button.addEventListener("click", () => select(node));
    buttons.set(id, button);
    return button;
  }

  const stack = choice(
    "Stack",
    [["", "all"], ...stacks.map((name) => /** @type {const} */ ([`=${name}`, name]))],
    (value) => {
      filter.stack = value;
      show();
    },
  );
  const only = element("input", { type: "checkbox" });
  only.checked = filter.changesOnly;
  only.addEventListener("change", () => {
    filter.changesOnly = only.checked;
    show();
  });
  const search = element("input", { type: "search", placeholder: "name, repository, tag", spellcheck: "false" });
  search.addEventListener("input", () => {
    filter.words = search.value.trim().toLowerCase();
    show();
  });
  show();
  return element(
    "div",
    {},
    element(
      "div",
      { class: "filters", role: "search", "aria-label": "Filter the map" },
      stacks.length > 1 && stack.field,
      element("label", { class: "field check" }, only, element("span", {}, "only what changes")),
      element("label", { class: "field wide" }, element("span", {}, "Text"), search),
    ),
    legend(),
    area,
    details,
  );
}

/**
 * A reference may end its line after each part of its path.
 * @param {string} label
 */
function breakable(label) {
  return label.split(/(?<=\/)/).flatMap((part, index) => (index === 0 ? [part] : [element("wbr"), part]));
}

function legend() {
  return element(
    "p",
    { class: "legend line" },
    /** @type {const} */ (["added", "removed", "changed"]).map((change) => changeMark(change)),
    element("span", { class: "faint" }, CHANGES.same.words),
  );
}

/**
 * @param {ShownNode} node
 * @param {() => void} close
 */
function nodeDetails({ label, detail, stack, change, images, statement }, close) {
  const button = element("button", { type: "button", class: "close" }, "Show the whole map");
  button.addEventListener("click", close);
  return element(
    "div",
    { class: "card" },
    element(
      "p",
      { class: "line" },
      element("strong", {}, label),
      statement !== undefined && element("span", { class: "faint" }, `in ${statement}`),
      element("span", { class: "faint" }, stack),
      changeMark(change),
      button,
    ),
    detail.length > 0 && growingList(detail, 20, "line", (line) => element("li", {}, line), "dotted"),
    images &&
      growingList(images, 20, "image", (image) =>
        element(
          "li",
          { class: "line" },
          element("code", {}, image.label),
          element("span", { class: `badge verdict-${image.verdict ?? "unknown"}` }, image.verdict ?? "unknown"),
          image.detail.slice(0, 10).map((tag) => element("span", { class: "tag" }, tag)),
          image.change !== "same" && element("span", { class: "mark mark-changed" }, "~ another verdict"),
        ),
      ),
  );
}
