/** `1 rule`, `2,000 rules`. */
export function count(number: number, singular: string, plural = `${singular}s`): string {
  return `${grouped(number)} ${number === 1 ? singular : plural}`;
}

/** `10,000`: the same in every locale. */
export function grouped(number: number): string {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** `1 rule is`, `2 rules are`. */
export function are(number: number, singular: string, plural = `${singular}s`): string {
  return `${count(number, singular, plural)} ${number === 1 ? "is" : "are"}`;
}

/** What is not zero, with commas between. */
export function parts(...given: readonly (string | false)[]): string {
  return given.filter((part) => part !== false).join(", ");
}

/** `2026-06-01 12:00 UTC` of ISO 8601; anything else as it is. */
export function when(time: string): string {
  const [, day, minute] = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})/.exec(time) ?? [];
  return minute === undefined ? time : `${day} ${minute} UTC`;
}

/** A sentence that ends in the words of an error, of which some have a full stop. */
export function ended(sentence: string): string {
  return /[.…]$/.test(sentence) ? sentence : `${sentence}.`;
}
