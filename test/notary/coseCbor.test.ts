import { describe, expect, it } from "vitest";
import { type CborItem, MAJOR, readCbor } from "../../components/notary/envelope/cbor";
import { integerOf, requireValidValue, textOf } from "../../components/notary/envelope/cborValue";
import { EnvelopeError } from "../../components/notary/envelope/error";
import { expectCode } from "./expectCode";

// The structure and the validity of CBOR, as fxamacker/cbor has them.

const hex = (text: string) => Buffer.from(text.replaceAll(" ", ""), "hex");
const read = (text: string) => readCbor(hex(text), "allowed");

describe("a CBOR item", () => {
  it.each<[string, Partial<CborItem>]>([
    ["17", { major: MAJOR.unsigned, argument: 23n }],
    ["1817", { major: MAJOR.unsigned, argument: 23n }],
    ["190100", { major: MAJOR.unsigned, argument: 256n }],
    ["1a00010000", { major: MAJOR.unsigned, argument: 65_536n }],
    ["1bffffffffffffffff", { major: MAJOR.unsigned, argument: 2n ** 64n - 1n }],
    ["3863", { major: MAJOR.negative, argument: 99n }],
    ["43010203", { major: MAJOR.bytes, content: hex("010203") }],
    ["62c3a9", { major: MAJOR.text, content: hex("c3a9") }],
    ["f6", { major: MAJOR.simple, argument: 22n }],
    ["f93c00", { major: MAJOR.simple, info: 25, argument: 0x3c00n }],
  ])("is read from %s", (text, expected) => {
    expect(read(text)).toMatchObject({ ...expected, raw: hex(text), items: [] });
  });

  it("has its elements, and the bytes of each", () => {
    const { items } = read("83 01 a1 6161 02 c1 03");
    expect(items.map(({ raw }) => raw.toString("hex"))).toEqual(["01", "a1616102", "c103"]);
    expect(items[1]?.items.map((item) => textOf(item) ?? integerOf(item))).toEqual(["a", 2]);
    expect(items[2]).toMatchObject({ major: MAJOR.tag, argument: 1n });
  });

  it("loses the tag of self-described CBOR, but not within another tag", () => {
    expect(read("d9d9f7 d9d9f7 01")).toMatchObject({ major: MAJOR.unsigned, argument: 1n });
    expect(read("81 d9d9f7 01").items[0]).toMatchObject({ major: MAJOR.unsigned });
    expect(read("c6 d9d9f7 01").items[0]).toMatchObject({ major: MAJOR.tag, argument: 55_799n });
  });

  const nested = (levels: number, one: string) => `${one.repeat(levels)}00`;
  it.each([
    ["nothing", ""],
    ["a head that is cut off", "19 01"],
    ["a text that is cut off", "62 61"],
    ["an array that is cut off", "82 00"],
    ["a map without the last value", "a1 00"],
    ["a tag without content", "c1"],
    ["data after it", "00 00"],
    ["a reserved form", "1c"],
    ["an indefinite length", "5f 41 00 ff"],
    ["a break", "ff"],
    ["a simple value of two bytes that fits in one", "f8 1f"],
    ["a text that is not UTF-8", "62 c080"],
    ["a surrogate in a text", "63 eda080"],
    ["a length of 2^64 - 1", "5b ffffffffffffffff"],
    ["a count of 2^64 - 1", "9b ffffffffffffffff"],
    ["a count above the limit", "9a 00020001"],
    ["33 arrays in each other", nested(33, "81")],
    ["33 maps in each other", nested(33, "a100")],
    ["34 tags in each other", nested(34, "c6")],
  ])("is not read from %s", async (_, text) => {
    await expectCode(() => read(text), EnvelopeError, "ENVELOPE_MALFORMED");
  });

  it("is read as deep as notation reads it", () => {
    for (const text of [nested(32, "81"), nested(32, "a100"), nested(33, "c6")])
      expect(read(text).raw).toEqual(hex(text));
  });

  it("is not built when it has too many parts, or is a bomb", async () => {
    const many = Buffer.concat([hex("9a 00010000"), Buffer.alloc(0x10000)]);
    for (const bytes of [many, Buffer.alloc(16_000_000, 0x81), Buffer.alloc(16_000_000, 0xc6)]) {
      await expectCode(() => readCbor(bytes, "allowed"), EnvelopeError, "ENVELOPE_MALFORMED");
    }
  });

  it("has no tag where none may be", async () => {
    await expectCode(() => readCbor(hex("81 c1 00"), "forbidden"), EnvelopeError, "ENVELOPE_MALFORMED");
  });
});

describe("a CBOR value", () => {
  it.each([
    ["integers of 64 bits", "82 1b7fffffffffffffff 3bffffffffffffffff"],
    ["times", "83 c1fb41d8c1c510000000 c113 c074323031332d30332d32315432303a30343a30305a"],
    ["big numbers", "82 c24101 c340"],
    ["keys of each type that Go hashes", "a8 01 00 20 00 4101 00 6101 00 f6 00 f4 00 f93c00 00 f0 00"],
    ["NaN as a key twice", "a2 f97e00 00 f97e00 00"],
    ["one and 1.0 as keys", "a2 01 00 f93c00 00"],
    ["unknown tags", "d8ff d8fe 00"],
  ])("may have %s", (_, text) => {
    expect(requireValidValue(read(text))).toBeUndefined();
  });

  it.each([
    ["an integer above 2^63 - 1", "1b8000000000000000"],
    ["such an integer in a map", "a1 00 1b8000000000000000"],
    ["a key twice", "a2 01 00 01 00"],
    ["a key twice, written otherwise", "a2 01 00 1801 00"],
    ["a float key twice, of other lengths", "a2 f93c00 00 fa3f800000 00"],
    ["zero and minus zero as keys", "a2 f90000 00 f98000 00"],
    ["null and undefined as keys", "a2 f6 00 f7 00"],
    ["an array as a key", "a1 80 00"],
    ["a map as a key", "a1 a0 00"],
    ["a big number as a key", "a1 c24101 00"],
    ["an integer below -2^63 as a key", "a1 3b8000000000000000 00"],
    ["a time with tag 0 as a number", "c0 00"],
    ["a time with tag 1 as a text", "c1 6130"],
    ["a time with tag 1 above 2^63 - 1", "c1 1b8000000000000000"],
    ["a time with tag 1 below -2^63", "c1 3b8000000000000000"],
    ["a big number as a text", "c2 6131"],
    ["a negative big number as an integer", "c3 01"],
  ])("may not have %s", async (_, text) => {
    await expectCode(() => requireValidValue(read(text)), EnvelopeError, "ENVELOPE_MALFORMED");
  });
});
