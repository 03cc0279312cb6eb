/** Paper has no buttons: before it is printed, every list is shown to its end, and what is folded is opened. */
export function showAllInPrint() {
  /** @type {HTMLDetailsElement[]} */
  let opened = [];
  window.addEventListener("beforeprint", () => {
    const [left, top, focused] = [window.scrollX, window.scrollY, document.activeElement];
    for (let more = next(); more; more = next()) more.click();
    opened = [...document.querySelectorAll("details")].filter(({ open }) => !open);
    for (const details of opened) details.open = true;
    if (focused instanceof HTMLElement) focused.focus({ preventScroll: true });
    window.scrollTo(left, top);
  });
  window.addEventListener("afterprint", () => {
    for (const details of opened) details.open = false;
  });
}

function next() {
  return /** @type {HTMLButtonElement | null} */ (document.querySelector("button.more:not([hidden])"));
}
