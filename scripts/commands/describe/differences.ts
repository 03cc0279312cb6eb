import { type Fact, NONE } from "./fact";

/** What differs between two states of one resource, each in words. */
export function differences(before: readonly Fact[], after: readonly Fact[]): string[] {
  return differencesBelow("", before, after);
}

function differencesBelow(owner: string, before: readonly Fact[], after: readonly Fact[]): string[] {
  const named = (facts: readonly Fact[]) => new Map(facts.map((fact) => [fact.name, fact]));
  const [old, now] = [named(before), named(after)];
  return [...new Set([...now.keys(), ...old.keys()])].flatMap((name) =>
    differencesOf([owner, name].filter((part) => part !== "").join(", "), old.get(name), now.get(name)),
  );
}

function differencesOf(name: string, old: Fact | undefined, now: Fact | undefined): string[] {
  if (old?.parts !== undefined && now?.parts !== undefined) return differencesBelow(name, old.parts, now.parts);
  const before = old?.value ?? absentFor(now);
  const after = now?.value ?? absentFor(old);
  if (typeof before !== "string" && typeof after !== "string") {
    const added = after.filter((member) => !before.includes(member));
    const removed = before.filter((member) => !after.includes(member));
    return [
      ...new Set([
        ...added.map((member) => `${name}: added ${member}`),
        ...removed.map((member) => `${name}: removed ${member}`),
      ]),
    ];
  }
  const [from, to] = [shown(before), shown(after)];
  if (from === to) return [];
  const words = now?.whenItDiffers ?? old?.whenItDiffers;
  if (words !== undefined) return [words];
  if (old === undefined && now?.parts !== undefined) return [`${name} added: ${to}`];
  if (now === undefined && old?.parts !== undefined) return [`${name} removed: ${from}`];
  return [`${name}: ${from} → ${to}`];
}

function absentFor(other: Fact | undefined): string | readonly string[] {
  return other === undefined || typeof other.value === "string" ? NONE : [];
}

function shown(value: string | readonly string[]): string {
  if (typeof value === "string") return value;
  return value.length === 0 ? NONE : value.join(" and ");
}
