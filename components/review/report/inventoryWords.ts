import type { InventoryFacts, Report } from "./report";
import { count } from "./words";

type Reason = Exclude<InventoryFacts["state"], "read">;

const WORDS: Readonly<Record<Reason, string>> = {
  unreadable: "could not be read",
  "broken-off": "could not be read to its end",
  empty: "names no image at all",
};
const PLURALS: Readonly<Record<Reason, string>> = {
  unreadable: "could not be read",
  "broken-off": "could not be read to their ends",
  empty: "name no image at all",
};

/** What kept an inventory from being read, and how many there are of it: `1 inventory names no image at all`. */
export function lackingInventories({ inventories }: Pick<Report, "inventories">): string[] {
  return (Object.keys(WORDS) as Reason[]).flatMap((state) => {
    const number = inventories.filter((each) => each.state === state).length;
    if (number === 0) return [];
    return [`${count(number, "inventory", "inventories")} ${(number === 1 ? WORDS : PLURALS)[state]}`];
  });
}

/** `could not be read`, `names no image at all`; undefined of one that was read. */
export function lackOf({ state }: InventoryFacts): string | undefined {
  return state === "read" ? undefined : WORDS[state];
}
