import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isSubset, parseDistinguishedName } from "../../components/notary/trust/distinguishedName";
import { TrustPolicyError } from "../../components/notary/trust/error";
import { expectCode } from "./expectCode";

const parse = (text: string) => Object.fromEntries(parseDistinguishedName(text));

describe("a distinguished name", () => {
  it.each([
    ["commas", " C=US, ST=WA , O=wabbit networks ", { C: "US", ST: "WA", O: "wabbit networks" }],
    ["semicolons", "C=US;ST=WA;O=x", { C: "US", ST: "WA", O: "x" }],
    ["S for ST", "C=US,S=WA,O=x", { C: "US", ST: "WA", O: "x" }],
    ["escapes", String.raw`C=US,ST=WA,O=a\,b\;c\\d\ ,CN=\C3\A9\3D=`, { C: "US", ST: "WA", O: "a,b;c\\d ", CN: "é==" }],
    ["a number sign after a space", "C=US,ST=WA,O= #1", { C: "US", ST: "WA", O: "#1" }],
    ["characters beyond ASCII", "C=US,ST=WA,O=日本 🎉", { C: "US", ST: "WA", O: "日本 🎉" }],
    ["64 KiB", `C=US,ST=WA,O=${"x".repeat(64 * 1024 - 13)}`, { C: "US", ST: "WA", O: "x".repeat(64 * 1024 - 13) }],
  ])("is read with %s", (_, text, expected) => {
    expect(parse(text)).toEqual(expected);
  });

  it.each([
    ["empty", " "],
    ["without C", "ST=WA,O=x"],
    ["without ST", "C=US,O=x"],
    ["without O", "C=US,ST=WA"],
    ["with an empty O", "C=US,ST=WA,O="],
    ["with lower-case types", "c=US,st=WA,o=x"],
    ["with S and ST", "C=US,S=WA,ST=WA,O=x"],
    ["with a type twice", "C=US,ST=WA,O=x,OU=a,OU=b"],
    ["with a multi-valued part", "C=US,ST=WA,O=x+OU=y"],
    ["with a hexadecimal value", "C=US,ST=WA,O=#0401"],
    ["with =# anywhere", "C=US,ST=WA,O=x,CN=a=#b"],
    ["with a part without type", "C=US,ST=WA,O=x,y"],
    ["with an empty type", "C=US,ST=WA,O=x,=y"],
    ["ending in an escape", "C=US,ST=WA,O=x\\"],
    ["with a bad escape", "C=US,ST=WA,O=\\xy"],
    ["with an escape that is not UTF-8", "C=US,ST=WA,O=\\ff"],
    ["longer than 64 KiB", `C=US,ST=WA,O=${"x".repeat(64 * 1024 - 12)}`],
    ["of a megabyte", `CN=${"x".repeat(1024 * 1024)}`],
  ])("is refused %s", async (_, text) => {
    await expectCode(() => parseDistinguishedName(text), TrustPolicyError, "DISTINGUISHED_NAME_INVALID");
  });

  it("contains another when every attribute is equal", () => {
    const leaf = parseDistinguishedName("C=US,ST=WA,O=x,CN=y");
    expect(isSubset(parseDistinguishedName("C=US,ST=WA,O=x"), leaf)).toBe(true);
    expect(isSubset(parseDistinguishedName("C=US,ST=WA,O=X"), leaf)).toBe(false);
    expect(isSubset(parseDistinguishedName("C=US,ST=WA,O=x,OU=z"), leaf)).toBe(false);
    expect(isSubset(leaf, parseDistinguishedName("C=US,ST=WA,O=x"))).toBe(false);
  });

  it("is read or refused with a typed error, whatever the text", () => {
    const part = fc.constantFrom(
      "C=US",
      ",",
      "ST=WA",
      "O=",
      "\\",
      "=",
      "#",
      "+",
      ";",
      " ",
      "é",
      "\ud800",
      "\\C3",
      "S",
      "CN",
    );
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(part, { maxLength: 20 }).map((parts) => parts.join("")),
    );
    fc.assert(
      fc.property(text, (candidate) => {
        try {
          parseDistinguishedName(candidate);
        } catch (error) {
          expect(error).toBeInstanceOf(TrustPolicyError);
          expect((error as TrustPolicyError).code).toBe("DISTINGUISHED_NAME_INVALID");
        }
      }),
      { numRuns: 2000 },
    );
  });
});
