/**
 * One relative distinguished name: attribute types as @peculiar/x509 names them (a short name or an object
 * identifier).
 */
export type RelativeDistinguishedName = readonly { type: string; value: string }[];

// The types that Go names, in the order of its pkix.Name.ToRDNSequence.
const NAMED: readonly { type: string; name: string; last?: true }[] = [
  { type: "C", name: "C" },
  { type: "ST", name: "ST" },
  { type: "L", name: "L" },
  { type: "2.5.4.9", name: "STREET" },
  { type: "2.5.4.17", name: "POSTALCODE" },
  { type: "O", name: "O" },
  { type: "OU", name: "OU" },
  // Of these two Go keeps the last value only.
  { type: "CN", name: "CN", last: true },
  { type: "2.5.4.5", name: "SERIALNUMBER", last: true },
];

/**
 * A name as Go's `pkix.Name.String` prints it (RFC 4514, last first), which is the text that notation-go matches
 * trusted
 * identities against. Values of one type share one relative distinguished name, and a type without a short name is
 * printed as `<object identifier>=#…`: both make a subject that no trusted identity but `*` can match
 * (trust-store-trust-policy.md § Trusted Identities Constraints).
 */
export function subjectString(name: readonly RelativeDistinguishedName[]): string {
  const attributes = name.flat();
  const unnamed = attributes
    .filter(({ type }) => !NAMED.some((known) => known.type === type))
    .map(({ type, value }) => `${type}=#${Buffer.from(value).toString("hex")}`);
  const named = NAMED.flatMap(({ type, name: short, last }) => {
    const values = attributes.filter((attribute) => attribute.type === type).map(({ value }) => value);
    const printed = last ? values.slice(-1).filter((value) => value !== "") : values;
    return printed.length === 0 ? [] : [printed.map((value) => `${short}=${escaped(value)}`).join("+")];
  });
  return [...unnamed, ...named].reverse().join(",");
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
