import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { quoted } from "../../components/notary/quoted";
import { openEnvelope } from "../../components/notary/envelope/open";
import * as make from "../support/certificates";
import { FORMATS } from "./envelopes";

const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

describe("what others wrote, in a message", () => {
  it.each([
    ["plain, \u00e9 and \u{1F600}", '"plain, \u00e9 and \u{1F600}"'],
    ['a "quote"\n', '"a \\"quote\\"\\n"'],
    ["\u001b[2J\u009b2J\u007f", '"\\u001b[2J\\u009b2J\\u007f"'],
    ["a\u202eb\u2066c\u200fd\u061c", '"a\\u202eb\\u2066c\\u200fd\\u061c"'],
    ["\u2028\u2029\u200b\ufeff\u00ad\u00a0\u3164", '"\\u2028\\u2029\\u200b\\ufeff\\u00ad\\u00a0\\u3164"'],
    ["\ud800 \u{E0041}", '"\\ud800 \\udb40\\udc41"'],
    [undefined, "nothing"],
    [33, "33"],
    [["a"], '["a"]'],
  ])("%j is %s", (value, expected) => {
    expect(quoted(value)).toBe(expected);
  });

  it("is cut when it is long", () => {
    expect(quoted("a".repeat(2 ** 25)).length).toBeLessThan(1_100);
    expect(quoted(["a".repeat(2_000)]).length).toBeLessThan(1_100);
  });

  it("says the same to a reader of JSON, and shows nothing unseen", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 100 }), (text) => {
        expect(quoted(text)).not.toMatch(UNSEEN);
        expect(JSON.parse(quoted(text))).toBe(text);
      }),
    );
  });
});

describe.each(FORMATS)("the message about an envelope in the format $format", ({ mediaType, make: makeEnvelope }) => {
  let leaf: make.TestCertificate;
  beforeAll(async () => {
    leaf = await make.selfSignedLeaf();
  });
  const NAME = "x\u202e\u009b".repeat(20_000);
  it.each([
    { "io.cncf.notary.signingScheme": NAME },
    { alg: NAME },
    { crit: [NAME] },
    { crit: ["io.cncf.notary.signingScheme", NAME] },
  ])("is short and shows nothing unseen, case %#", async (header) => {
    const refused = await openEnvelope(makeEnvelope(leaf, { header }), mediaType).catch((error: Error) => error);
    if (!(refused instanceof Error)) throw new Error("it is refused");
    expect(refused.message).not.toMatch(UNSEEN);
    expect(refused.message.length).toBeLessThan(10_000);
  });
});
