/** @typedef {Node | string | number | null | undefined | false} Child */

/**
 * An element. Text becomes text nodes only, so that what others wrote is never markup.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string | number | boolean | undefined>} attributes names of our own; false and undefined are left out
 * @param {...(Child | Child[])} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  setAttributes(made, attributes);
  append(made, children.flat());
  return made;
}

/**
 * @param {string} tag
 * @param {Record<string, string | number | boolean | undefined>} attributes
 * @returns {SVGElement}
 */
export function svgElement(tag, attributes = {}) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  setAttributes(made, attributes);
  return made;
}

/**
 * @param {Element} target
 * @param {Child[]} children
 */
export function append(target, children) {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    target.append(typeof child === "object" ? child : visible(String(child)));
  }
}

/** As `printable` of the program has it: controls, marks that turn or hide text, and every space but the common one. */
const UNSEEN = /[\p{C}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu;

/**
 * Text of others: what is not seen is shown as `\u….`.
 * @param {string} text
 */
export function visible(text) {
  return text.replace(UNSEEN, (character) =>
    [...Array(character.length).keys()]
      .map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`)
      .join(""),
  );
}

/**
 * `1 image`, `2,000 images`.
 * @param {number} number
 * @param {string} noun
 */
export function count(number, noun, plural = `${noun}s`) {
  return `${number.toLocaleString("en")} ${number === 1 ? noun : plural}`;
}

/**
 * A section of the page, with its heading.
 * @param {string} id
 * @param {string} title
 * @param {string} hint
 * @param {...(Child | Child[])} children
 */
export function section(id, title, hint, ...children) {
  const heading = element("h2", { id: `${id}-title` }, title);
  return element(
    "section",
    { id, "aria-labelledby": `${id}-title` },
    heading,
    hint !== "" && element("p", { class: "hint" }, hint),
    ...children,
  );
}

/**
 * A labelled choice.
 * @param {string} label
 * @param {readonly (readonly [string, string])[]} options value and words of each
 * @param {(value: string) => void} onChange
 */
export function choice(label, options, onChange) {
  const select = element(
    "select",
    {},
    options.map(([value, words]) => element("option", { value }, words)),
  );
  select.addEventListener("change", () => onChange(select.value));
  return { select, field: element("label", { class: "field" }, element("span", {}, label), select) };
}

/**
 * A list that shows some of its items, and more of them when asked.
 * @template Item
 * @param {readonly Item[]} items
 * @param {number} step
 * @param {string} noun
 * @param {(item: Item) => Element} show
 */
export function growingList(items, step, noun, show, kind = "") {
  const list = element("ul", { class: `plain ${kind}` });
  const button = element("button", { type: "button", class: "more" });
  let shown = 0;
  const grow = () => {
    const first = shown;
    append(list, items.slice(shown, shown + step).map(show));
    shown = Math.min(items.length, shown + step);
    button.textContent = `Show ${Math.min(step, items.length - shown)} more of ${count(items.length - shown, noun)}`;
    button.hidden = shown >= items.length;
    return /** @type {HTMLElement | undefined} */ (list.children[first]);
  };
  button.addEventListener("click", () => {
    const first = grow();
    // The button may be gone, and the focus with it.
    first?.setAttribute("tabindex", "-1");
    first?.focus();
  });
  grow();
  return element("div", {}, list, button);
}

/**
 * @param {Element} target
 * @param {Record<string, string | number | boolean | undefined>} attributes
 */
function setAttributes(target, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) target.setAttribute(name, value === true ? "" : String(value));
  }
}
