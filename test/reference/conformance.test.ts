import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { SignedAttributes } from "../../components/notary/envelope/content";
import { readCoseSign1 } from "../../components/notary/envelope/coseSign1";
import { parseProtectedHeader } from "../../components/notary/envelope/protectedHeader";
import { draftCose } from "../../components/notary/signing/coseEnvelope";
import { draftJws } from "../../components/notary/signing/jwsEnvelope";
import { goModule } from "../support/goModule";

// notation-core-go's conformance vectors (signature/{jws,cose}/testdata/conformance.json), read from the module: the same
// attributes give the same bytes. The vectors hold no certificates, so what is compared is all but the chain.

const EXTENDED = [
  { key: "signedCritKey1", critical: true, value: "signedCritValue1" },
  { key: "signedKey1", critical: false, value: "signedValue1" },
];

let module: string;
beforeAll(() => {
  module = goModule("github.com/notaryproject/notation-core-go");
});

const vector = (format: string) =>
  JSON.parse(readFileSync(join(module, "signature", format, "testdata/conformance.json"), "utf8"));

describe("the JWS conformance vector", () => {
  const signedAttributes: SignedAttributes = {
    signingScheme: "notary.x509",
    signingTime: new Date("2022-08-29T13:50:00Z"),
    expiry: new Date("2099-08-30T13:50:00Z"),
    extendedAttributes: [
      ...EXTENDED,
      ...["signedKey2", "signedKey3", "signedKey4"].map((key) => ({ key, critical: false, value: "signedValue1" })),
    ],
  };

  it("has the payload and the protected header that we write", () => {
    const { payload, protected: protectedHeader, header } = vector("jws");
    const drafted = draftJws({
      keySpec: "EC-256",
      payload: Buffer.from('{"key":"hello JWS"}'),
      signedAttributes,
      certificateChain: [],
    });
    const signingAgent = header["io.cncf.notary.signingAgent"];
    const ours = JSON.parse(drafted.seal(Buffer.alloc(64), { signingAgent }).toString());
    expect({ payload: ours.payload, protected: ours.protected }).toEqual({ payload, protected: protectedHeader });
    expect(ours.header).toMatchObject(header);
  });

  it("has the attributes that we read", () => {
    const { protected: protectedHeader } = vector("jws");
    expect(parseProtectedHeader(Buffer.from(protectedHeader, "base64url"))).toMatchObject({
      algorithm: "ES256",
      contentType: "application/vnd.cncf.notary.payload.v1+json",
      signedAttributes,
    });
  });
});

describe("the COSE conformance vector", () => {
  it("is what we write, byte for byte, but for the chain", () => {
    const { signingTime, expiry, payload, protectedHeaders, expectedOutput } = vector("cose");
    const expected = Buffer.from(expectedOutput.cborHex, "hex");
    const { signature, unprotectedHeader } = readCoseSign1(expected);
    const drafted = draftCose({
      keySpec: "RSA-3072",
      payload: Buffer.from(payload, "hex"),
      signedAttributes: {
        signingScheme: "notary.x509",
        signingTime: new Date(signingTime * 1000),
        expiry: new Date(expiry * 1000),
        extendedAttributes: EXTENDED,
      },
      certificateChain: [],
    });
    const ours = drafted.seal(signature, { signingAgent: "NotationConformanceTest/1.0.0" });
    const read = readCoseSign1(ours);
    expect(read.protectedBytes.toString("hex").toUpperCase()).toBe(protectedHeaders.cborHex);
    // The entry `33: []` of the chain, and the one byte of the map's head that counts it, are all that differs.
    const withoutChain = Buffer.from(ours.toString("hex").replace("a2182180", "a1"), "hex");
    expect(digest(withoutChain)).toBe(digest(expected));
    expect([...unprotectedHeader.keys()]).toEqual(["io.cncf.notary.signingAgent"]);
  });
});

function digest(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}
