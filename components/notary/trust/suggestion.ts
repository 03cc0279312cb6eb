/** `: did you mean "…"?` when one of the known words is near, else the list of them: the end of a sentence
 * about a name that trust-store-trust-policy.md § Trust Policy Properties does not have. What is no text is near none. */
export function suggestion(word: unknown, known: readonly string[]): string {
  const nearest = typeof word === "string" ? nearestOf(word.toLowerCase(), known) : undefined;
  if (nearest && nearest.distance <= Math.max(2, nearest.candidate.length / 3))
    return `: did you mean "${nearest.candidate}"?`;
  return `: use one of ${known.map((candidate) => `"${candidate}"`).join(", ")}`;
}

function nearestOf(word: string, known: readonly string[]) {
  return known
    .map((candidate) => ({ candidate, distance: editDistance(word, candidate.toLowerCase()) }))
    .sort((left, right) => left.distance - right.distance)[0];
}

/** Levenshtein's distance; a word is cut first, as it may come from anywhere. */
function editDistance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (const [index, character] of [...left.slice(0, 64)].entries()) {
    const next = [index + 1];
    for (let column = 1; column <= right.length; column++) {
      const replaced = (row[column - 1] ?? 0) + (character === right[column - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[right.length] ?? 0;
}
