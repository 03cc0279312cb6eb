import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { BoundedMap } from "../../components/notary/certificates/bounded";
import { parseCertificate } from "../../components/notary/certificates/certificate";
import { requireSigningChain } from "../../components/notary/certificates/chain";
import { CertificateError } from "../../components/notary/certificates/error";
import * as make from "../support/certificates";
import { expectCode } from "./expectCode";

// Node's verify itself, counted.
const { verify } = vi.hoisted(() => ({ verify: vi.fn() }));
vi.mock("node:crypto", async (original) => {
  const crypto = await original<typeof import("node:crypto")>();
  return { ...crypto, verify: verify.mockImplementation(crypto.verify) };
});

let chain: Buffer[];
let foreign: make.TestCertificate;
beforeAll(async () => {
  const root = await make.goodRoot();
  chain = [await make.goodLeaf(root), root].map(({ der }) => der);
  foreign = await make.goodRoot();
});
beforeEach(() => {
  verify.mockClear();
});

describe("a chain that comes again", () => {
  it("is not verified again, but judged by the time anew", async () => {
    requireSigningChain(chain.map(parseCertificate), make.NOW);
    expect(verify).toHaveBeenCalledTimes(2);
    for (let repetition = 0; repetition < 10; repetition++)
      requireSigningChain(
        chain.map((der) => parseCertificate(Buffer.from(der))),
        make.NOW,
      );
    const later = new Date("2040-01-01T00:00:00Z");
    await expectCode(
      () => requireSigningChain(chain.map(parseCertificate), later),
      CertificateError,
      "CERTIFICATE_NOT_VALID_AT_SIGNING_TIME",
    );
    expect(verify).toHaveBeenCalledTimes(2);
  });

  it("is refused again when it was refused, whatever else was seen of its certificates", async () => {
    const [leaf = Buffer.alloc(0)] = chain;
    for (let repetition = 0; repetition < 2; repetition++)
      await expectCode(
        () => requireSigningChain([leaf, foreign.der].map(parseCertificate)),
        CertificateError,
        "CERTIFICATE_CHAIN_NOT_ISSUED_BY_NEXT",
      );
    expect(verify).toHaveBeenCalledTimes(1);
    requireSigningChain(chain.map(parseCertificate));
  });
});

describe("what is remembered of certificates", () => {
  it("is bounded, and the oldest goes first", () => {
    const map = new BoundedMap<string, number>(2);
    for (const [key, value] of [
      ["a", 1],
      ["b", 2],
      ["c", 3],
      ["b", 9],
      ["a", 4],
    ] as const)
      map.get(key, () => value);
    expect(map.size).toBe(2);
    expect([map.get("a", () => 0), map.get("c", () => 0)]).toEqual([4, 3]);
  });

  it("is no failure", () => {
    const map = new BoundedMap<string, number>(2);
    expect(() =>
      map.get("a", () => {
        throw new RangeError("once");
      }),
    ).toThrow(RangeError);
    expect(map.get("a", () => 1)).toBe(1);
  });
});
