// Small causes, large effects: depth and length that a naive parser follows into a stack overflow, memory or time.

const DEEP = 200_000;
const LONG = 1_000_000;
const repeat = (/** @type {string} */ text, /** @type {number} */ times) => Buffer.from(text.repeat(times));
const bytes = (/** @type {number[]} */ ...values) => Buffer.from(values);

/** @param {Buffer} head @param {number} times */
const nested = (head, times) => Buffer.concat(Array.from({ length: times }, () => head));

const ENVELOPE_BYTES_MAX = 32 * 1024 * 1024;

/** Strings and colons without a comma, each string another one: a reader that takes them for keys keeps them all. */
function stringsAndColons() {
  const bomb = Buffer.alloc(ENVELOPE_BYTES_MAX, " ");
  let end = bomb.write("{");
  for (let key = 0; end < bomb.length - 16; key++) end += bomb.write(`"${key.toString(36)}":`, end, "latin1");
  return bomb;
}

const jsonBombs = () => [
  stringsAndColons(),
  Buffer.alloc(ENVELOPE_BYTES_MAX, '"'),
  Buffer.alloc(ENVELOPE_BYTES_MAX, "9"),
  Buffer.alloc(ENVELOPE_BYTES_MAX, '"a" '),
  repeat("[", DEEP),
  repeat('{"a":', DEEP),
  Buffer.concat([repeat("[", DEEP), repeat("]", DEEP)]),
  Buffer.concat([repeat('{"a":', DEEP), Buffer.from("1"), repeat("}", DEEP)]),
  Buffer.from(`{"payload":"${"A".repeat(LONG)}"}`),
  Buffer.from(`{${Array.from({ length: 50_000 }, (_, at) => `"k${at}":0`).join(",")}}`),
  repeat('"\\', LONG),
  Buffer.from(`{"size":${"9".repeat(LONG)}}`),
];

const CBOR_BOMBS = [
  nested(bytes(0x81), DEEP),
  nested(bytes(0xa1, 0x00), DEEP),
  nested(bytes(0xd2), DEEP),
  nested(bytes(0x9f), DEEP),
  Buffer.concat([bytes(0xd2, 0x84), nested(bytes(0x81), DEEP)]),
  bytes(0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff),
  bytes(0xd2, 0x84, 0x5b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff),
  bytes(0xd2, 0x84, 0x5a, 0xff, 0xff, 0xff, 0xff),
  bytes(0xd2, 0x84, 0x40, 0xbb, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff),
  Buffer.concat([bytes(0xd2, 0x9a, 0, 0x0f, 0x42, 0x40), Buffer.alloc(LONG)]),
];

const DER_BOMBS = [
  nested(bytes(0x30, 0x80), DEEP),
  nested(bytes(0x30, 0x84, 0x7f, 0xff, 0xff, 0xff), DEEP),
  bytes(0x30, 0x84, 0xff, 0xff, 0xff, 0xff),
  bytes(0x30, 0x88, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff),
  Buffer.concat([bytes(0x06, 0x83, 0x0f, 0x42, 0x40), Buffer.alloc(LONG, 0xff)]),
  Buffer.concat([bytes(0x02, 0x83, 0x0f, 0x42, 0x40), Buffer.alloc(LONG, 0x7f)]),
];

const TEXT_BOMBS = [
  repeat(",", LONG),
  repeat("\\", LONG),
  repeat("a/", LONG),
  repeat("a-", LONG),
  repeat("CN=a,", 200_000),
  repeat("CN=", LONG),
  repeat("a.", LONG),
  repeat('a="', LONG),
  repeat("-----BEGIN CERTIFICATE-----\n", 50_000),
  Buffer.from(`host.test/${"a".repeat(LONG)}`),
];

/** By the syntax that a target reads. */
export const BOMBS = {
  get json() {
    return jsonBombs();
  },
  cbor: CBOR_BOMBS,
  der: DER_BOMBS,
  text: TEXT_BOMBS,
};
