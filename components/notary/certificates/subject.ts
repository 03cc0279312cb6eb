import { encodeDer } from "../der/encode";
import { Tag } from "../der/tag";
import type { NameAttribute } from "./name";

// The types that Go names, in the order of its pkix.Name.ToRDNSequence.
const NAMED: readonly { type: string; name: string; last?: true }[] = [
  { type: "2.5.4.6", name: "C" },
  { type: "2.5.4.8", name: "ST" },
  { type: "2.5.4.7", name: "L" },
  { type: "2.5.4.9", name: "STREET" },
  { type: "2.5.4.17", name: "POSTALCODE" },
  { type: "2.5.4.10", name: "O" },
  { type: "2.5.4.11", name: "OU" },
  // Of these two Go keeps the last value only.
  { type: "2.5.4.3", name: "CN", last: true },
  { type: "2.5.4.5", name: "SERIALNUMBER", last: true },
];

/**
 * A name as Go's `pkix.Name.String` prints it (RFC 4514, last first), which is the text that notation-go matches
 * trusted identities against. Values of one type share one relative distinguished name, and a type without a short
 * name is printed as `<object identifier>=#<DER in hexadecimal>`: both make a subject that no trusted identity but `*`
 * can match (trust-store-trust-policy.md § Trusted Identities Constraints).
 */
export function subjectString(attributes: readonly NameAttribute[]): string {
  const unnamed = attributes
    .filter(({ type }) => !NAMED.some((known) => known.type === type))
    .map(({ type, value }) => `${type}=#${derOf(value).toString("hex")}`);
  const named = NAMED.flatMap(({ type, name, last }) => {
    const values = attributes.filter((attribute) => attribute.type === type).map(({ value }) => value);
    const printed = last ? values.slice(-1).filter((value) => value !== "") : values;
    return printed.length === 0 ? [] : [printed.map((value) => `${name}=${escaped(value)}`).join("+")];
  });
  return [...unnamed, ...named].reverse().join(",");
}

/** What Go makes of a string in DER, whatever type it was read from: a PrintableString, else an UTF8String. */
function derOf(value: string): Buffer {
  const printable = /^[A-Za-z0-9 '()+,\-./:=?]*$/.test(value);
  return encodeDer(printable ? Tag.printableString : Tag.utf8String, Buffer.from(value));
}

function escaped(value: string): string {
  const characters = [...value];
  return characters
    .map((character, index) => {
      const edge = index === 0 || index === characters.length - 1;
      const special =
        ',+"\\<>;'.includes(character) || (character === " " && edge) || (character === "#" && index === 0);
      return special ? `\\${character}` : character;
    })
    .join("");
}
