import * as fc from "fast-check";

// Inputs near a valid one: most of them get past the first check of a parser, as random bytes never do.

/** Bytes with a meaning of their own: CBOR and DER heads, indefinite lengths, JSON's and DN's delimiters. */
const TELLING = [0x00, 0x01, 0x1f, 0x30, 0x31, 0x5b, 0x5f, 0x7b, 0x7f, 0x80, 0x84, 0x9b, 0x9f, 0xbb, 0xbf, 0xd2, 0xff];
const TELLING_TEXT = [...'"\\{}[],:+=#; @/<>'].map((character) => character.charCodeAt(0));
const POSITIONS = 2 ** 16;

const position = fc.nat(POSITIONS - 1);
const telling = fc.constantFrom(...TELLING, ...TELLING_TEXT);

const step = fc.oneof(
  fc.record({ kind: fc.constant("set"), at: position, bytes: fc.uint8Array({ minLength: 1, maxLength: 4 }) }),
  fc.record({ kind: fc.constant("telling"), at: position, byte: telling }),
  fc.record({ kind: fc.constant("insert"), at: position, bytes: fc.uint8Array({ minLength: 1, maxLength: 16 }) }),
  fc.record({ kind: fc.constant("remove"), at: position, length: fc.integer({ min: 1, max: 64 }) }),
  fc.record({ kind: fc.constant("repeat"), at: position, length: fc.integer({ min: 1, max: 64 }) }),
  fc.record({ kind: fc.constant("cut"), at: position }),
);

/**
 * A valid input with up to six changes; now and then random bytes.
 * @param {readonly Buffer[]} corpus
 */
export function mutated(corpus) {
  const near = fc
    .record({ seed: fc.nat(corpus.length - 1), steps: fc.array(step, { maxLength: 6 }) })
    .map(({ seed, steps }) => steps.reduce(apply, /** @type {Buffer} */ (corpus[seed])));
  const random = fc.uint8Array({ maxLength: 256 }).map((bytes) => Buffer.from(bytes));
  return fc.oneof({ weight: 9, arbitrary: near }, { weight: 1, arbitrary: random });
}

/**
 * @param {Buffer} input
 * @param {any} change
 */
function apply(input, change) {
  const at = Math.floor((change.at / POSITIONS) * input.length);
  const [before, after] = [input.subarray(0, at), input.subarray(at)];
  switch (change.kind) {
    case "set":
      return Buffer.concat([before, change.bytes, after.subarray(change.bytes.length)]);
    case "telling":
      return Buffer.concat([before, Buffer.of(change.byte), after.subarray(1)]);
    case "insert":
      return Buffer.concat([before, change.bytes, after]);
    case "remove":
      return Buffer.concat([before, after.subarray(change.length)]);
    case "repeat":
      return Buffer.concat([before, after.subarray(0, change.length), after]);
    default:
      return before;
  }
}

/**
 * A valid JSON document with up to three members replaced, removed or renamed, beside changes of its bytes.
 * @param {readonly Buffer[]} corpus
 */
export function mutatedJson(corpus) {
  const documents = corpus.map((bytes) => JSON.parse(bytes.toString()));
  const change = fc.record({
    at: position,
    kind: fc.constantFrom("replace", "remove", "rename", "wrap"),
    value: fc.jsonValue({ maxDepth: 2 }),
    name: fc.string({ maxLength: 12 }),
  });
  const members = fc
    .record({ seed: fc.nat(documents.length - 1), changes: fc.array(change, { minLength: 1, maxLength: 3 }) })
    .map(({ seed, changes }) => {
      const document = structuredClone(documents[seed]);
      for (const one of changes) changeMember(document, one);
      return Buffer.from(JSON.stringify(document));
    });
  return fc.oneof(members, mutated(corpus));
}

/**
 * @param {any} document
 * @param {any} change
 */
function changeMember(document, { at, kind, value, name }) {
  const places = placesIn(document);
  const place = places[at % Math.max(places.length, 1)];
  if (!place) return;
  const { holder, key } = place;
  if (kind === "replace") holder[key] = value;
  else if (kind === "wrap") holder[key] = [holder[key], { [name]: holder[key] }];
  else if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else {
    if (kind === "rename") holder[name] = holder[key];
    delete holder[key];
  }
}

/**
 * @param {any} node
 * @returns {{holder: any, key: string}[]}
 */
function placesIn(node) {
  if (node === null || typeof node !== "object") return [];
  return Object.keys(node).flatMap((key) => [{ holder: node, key }, ...placesIn(node[key])]);
}
