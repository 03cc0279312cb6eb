import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { BreakwaterError } from "../../components/errors";
import { openEnvelope } from "../../components/notary/envelope/open";
import * as make from "../support/certificates";
import { FORMATS, signCose, signJws } from "./envelopes";

// Whatever the bytes: an envelope is opened, or refused with a typed error.

let leaf: make.TestCertificate;
beforeAll(async () => {
  leaf = await make.selfSignedLeaf();
});

async function isOpenedOrRefused(envelope: Uint8Array, mediaType: string): Promise<void> {
  try {
    await openEnvelope(Buffer.from(envelope), mediaType);
  } catch (error) {
    expect(error).toBeInstanceOf(BreakwaterError);
  }
}

describe.each(FORMATS)("the format $format", ({ format, mediaType, make: makeEnvelope }) => {
  const check = (bytes: fc.Arbitrary<Uint8Array>, numRuns = 400) =>
    fc.assert(
      fc.asyncProperty(bytes, (envelope) => isOpenedOrRefused(envelope, mediaType)),
      { numRuns },
    );

  it("stands any bytes", async () => {
    const random = fc.uint8Array({ maxLength: 200 });
    const prefix = Buffer.from([0xd2, 0x84]);
    await check(
      fc.oneof(
        random,
        random.map((rest) => Buffer.concat([prefix, rest])),
      ),
    );
  });

  it("stands any change of a good envelope", async () => {
    const good = makeEnvelope(leaf, { timestampSignature: Buffer.from("token"), signingAgent: "agent" });
    const mutated = fc
      .tuple(fc.nat(good.length), fc.nat(8), fc.uint8Array({ maxLength: 4 }))
      .map(([at, drop, bytes]) => Buffer.concat([good.subarray(0, at), bytes, good.subarray(at + drop)]));
    await check(mutated);
  });

  it("stands any signed content", async () => {
    const names = ["alg", "cty", "crit", "io.cncf.notary.signingScheme", "io.cncf.notary.expiry", "__proto__", "x"];
    const value = fc.oneof(fc.jsonValue(), fc.date({ noInvalidDate: true }));
    const header = fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 3 });
    await check(header.map((changes) => makeEnvelope(leaf, { header: changes })));
  });

  it("stands any bytes as the protected header", async () => {
    const good =
      format === "jws" ? Buffer.from('{"alg":"ES256","crit":["a"],"a":{"b":1.5}}') : signCose(leaf).subarray(4, 120);
    const bytes = fc
      .tuple(fc.nat(good.length), fc.nat(3), fc.uint8Array({ maxLength: 12 }))
      .map(([at, drop, inserted]) => Buffer.concat([good.subarray(0, at), inserted, good.subarray(at + drop)]));
    const envelope = bytes.map((protectedBytes) => {
      if (format === "cose") return signCose(leaf, { protectedBytes });
      return Buffer.from(JSON.stringify({ ...signJws(leaf), protected: protectedBytes.toString("base64url") }));
    });
    await check(envelope);
  });
});
