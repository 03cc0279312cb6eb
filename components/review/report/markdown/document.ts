import { count } from "../words";

/** A part of the comment: fixed text, or a list that is cut where the comment would grow too long. */
export type Block = string | ItemList;

export interface ItemList {
  /** Markdown of one line each, or with indented lines below; safe already. */
  readonly items: readonly string[];
  /** How many are shown before the rest is folded away. */
  readonly open: number;
  /** What an item is: singular and plural. */
  readonly noun: readonly [string, string];
  /** What gets room first; 0 before all. */
  readonly priority: number;
  /** That some are left out must not be overlooked. */
  readonly loud?: boolean;
}

/** For what surrounds a list: a fold, and the line that says how many are left out. */
const LIST_RESERVE = 320;

/** The blocks as one text of at most `limit` characters; each list says how many of its items are left out. */
export function compose(blocks: readonly Block[], limit: number): string {
  const kept = share(blocks, limit);
  const text = blocks.map((block) => (typeof block === "string" ? block : rendered(block, kept.get(block) ?? 0)));
  return `${text.filter((part) => part !== "").join("\n\n")}\n`;
}

/**
 * How many items of each list fit. Each may take its equal part of the room first, then a quarter of it, then what is left: thousands
 * of findings, or of images that break one rule, must not hide what else there is.
 */
function share(blocks: readonly Block[], limit: number): Map<ItemList, number> {
  const lists = blocks.filter((block) => typeof block !== "string");
  const fixed = blocks.map((block) => (typeof block === "string" ? block.length + 2 : LIST_RESERVE + 2));
  let room = limit - fixed.reduce((sum, length) => sum + length, 1);
  const kept = new Map(lists.map((list) => [list, 0]));
  for (const most of [room / Math.max(lists.length, 4), room / 4, room]) {
    for (const list of [...lists].sort((left, right) => left.priority - right.priority)) fill(list, most);
  }
  return kept;

  function fill(list: ItemList, most: number): void {
    let [number, left] = [kept.get(list) ?? 0, Math.min(most, room)];
    for (const { length } of list.items.slice(number)) {
      if (length + 1 > left) break;
      left -= length + 1;
      room -= length + 1;
      number++;
    }
    kept.set(list, number);
  }
}

function rendered({ items, open, noun, loud }: ItemList, kept: number): string {
  const [shown, folded] = [items.slice(0, Math.min(open, kept)), items.slice(open, kept)];
  const left = items.length - kept;
  return [
    shown.join("\n"),
    folded.length > 0 ? fold(numberOf(folded.length, noun, shown.length > 0), folded.join("\n")) : "",
    left > 0 ? leftOut(left, noun, kept > 0, loud === true) : "",
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

function leftOut(number: number, noun: ItemList["noun"], more: boolean, loud: boolean): string {
  const words = `${numberOf(number, noun, more)}, for which this comment has no room: see the page or the JSON`;
  return loud ? `**⚠ and ${words}.**` : `… and ${words}.`;
}

function numberOf(number: number, [singular, plural]: ItemList["noun"], more: boolean): string {
  return more ? count(number, `more ${singular}`, `more ${plural}`) : count(number, singular, plural);
}

/** @param summary words of our own */
export function fold(summary: string, content: string): string {
  return `<details><summary>${summary}</summary>\n\n${content}\n\n</details>`;
}
