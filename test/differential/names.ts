import { oid, sequence, set, TAG, text } from "./der";
import type { Random } from "./random";

export interface Attribute {
  /** Object identifier. */
  type: string;
  value: string;
  /** Tag of the string type. */
  tag?: number;
}

/** A distinguished name: relative distinguished names in the order of the certificate. */
export type Name = readonly (readonly Attribute[])[];

export const TYPES = {
  C: "2.5.4.6",
  ST: "2.5.4.8",
  L: "2.5.4.7",
  O: "2.5.4.10",
  OU: "2.5.4.11",
  CN: "2.5.4.3",
  STREET: "2.5.4.9",
  POSTALCODE: "2.5.4.17",
  SERIALNUMBER: "2.5.4.5",
} as const;
type ShortName = keyof typeof TYPES;
const SHORT_NAMES = new Map(Object.entries(TYPES).map(([short, type]) => [type as string, short]));

export const nameDer = (name: Name) =>
  sequence(
    ...name.map((relative) =>
      set(...relative.map(({ type, value, tag }) => sequence(oid(type), text(value, tag ?? tagOf(type, value))))),
    ),
  );

/** The string type that certificates usually have. */
function tagOf(type: string, value: string): number {
  if (type === TYPES.C || type === TYPES.SERIALNUMBER) return TAG.printableString;
  return /^[A-Za-z0-9 '()+,./:=?-]*$/.test(value) ? TAG.printableString : TAG.utf8String;
}

export const attribute = (short: ShortName, value: string, tag?: number): Attribute => ({
  type: TYPES[short],
  value,
  ...(tag !== undefined && { tag }),
});

/** RFC 4514 § 2.4, for a trusted identity: the attributes that have a short name, in this order. */
export function identityText(attributes: readonly Attribute[], separator = ", "): string {
  return attributes
    .map(
      ({ type, value }) =>
        `${SHORT_NAMES.get(type) ?? type}=${value.replace(/[,+"\\<>;]/g, "\\$&").replace(/^[ #]| $/g, "\\$&")}`,
    )
    .join(separator);
}

const ORGANISATIONS = [
  "wabbit-networks.io",
  "Acme Rockets, Inc.",
  'The "Best" <Co>',
  "Smith + Sons; Ltd",
  "Müller GmbH",
];

/** A name that the rules of trusted identities like: C, ST and O, each type once. */
export function plainName(random: Random, commonName: string): Name {
  const attributes: Attribute[] = [
    attribute("C", random.pick(["US", "DE", "JP"])),
    attribute("ST", random.pick(["WA", "Bayern", "京都"])),
    attribute("O", random.percent(70) ? "wabbit-networks.io" : random.pick(ORGANISATIONS)),
  ];
  if (random.percent(30)) attributes.push(attribute("L", random.pick(["Seattle", "#1 Street", " edge ", "a=b"])));
  if (random.percent(30)) attributes.push(attribute("OU", random.pick(["SecOps", "back\\slash", "dev"])));
  if (random.percent(10)) attributes.push(attribute("STREET", "1 Main St"));
  if (random.percent(10)) attributes.push(attribute("POSTALCODE", "98101"));
  if (random.percent(10)) attributes.push(attribute("SERIALNUMBER", "42"));
  attributes.push(attribute("CN", commonName));
  return attributes.map((each) => [each]);
}
