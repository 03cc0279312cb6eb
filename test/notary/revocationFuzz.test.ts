import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { parseCertificate } from "../../components/notary/certificates/certificate";
import { KeyUsageFlags } from "../../components/notary/certificates/usage";
import { DerReader } from "../../components/notary/der/reader";
import { ENCODING_ASN1, readDate } from "../../components/notary/der/time";
import { entriesOf, parseCertificateList } from "../../components/notary/revocation/certificateList";
import { revocationOfChain } from "../../components/notary/revocation/chainRevocation";
import { distributionPointUris } from "../../components/notary/revocation/distributionPoint";
import { RevocationError, readingData } from "../../components/notary/revocation/error";
import { parseOcspResponse } from "../../components/notary/revocation/ocspResponse";
import { crlValidUntil, ocspValidUntil } from "../../components/notary/revocation/validUntil";
import * as make from "../support/certificates";
import { EXTENSION, makeCrl, signedSequence } from "../support/crl";
import { der, integer, sequence, text } from "../support/der";
import { makeOcspResponse, successful } from "../support/ocsp";

// Whatever a server sends: an error with a code or a status, never a crash, and never "ok".

const RUNS = 2_000;
const { NOW } = make;
const at = (hours: number) => new Date(NOW.getTime() + hours * 3_600_000);
const ADDRESS = "http://x.test/";
const DELTA = "http://delta.test/";
let root: make.TestCertificate;
let byOcsp: make.TestCertificate;
let byCrl: make.TestCertificate;
let seeds: { ocsp: Buffer; crl: Buffer; delta: Buffer };

beforeAll(async () => {
  const usage = make.keyUsage(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign);
  root = await make.goodRoot({ extensions: [make.basicConstraints(true), usage] });
  const signing = make.keyUsage(make.digitalSignature);
  byOcsp = await make.goodLeaf(root, { extensions: [signing, make.ocspResponder(ADDRESS)] });
  byCrl = await make.goodLeaf(root, { extensions: [signing, make.crlDistributionPoint(ADDRESS)] });
  const times = { issuer: root, thisUpdate: at(-1), nextUpdate: at(1) };
  const entries = [{ certificate: byCrl, extensions: [EXTENSION.reason(1), EXTENSION.invalidityDate(at(-9))] }];
  seeds = {
    ocsp: makeOcspResponse({ ...times, certificate: byOcsp, status: "revoked", certificates: [root.der] }),
    crl: makeCrl({
      ...times,
      entries,
      extensions: [EXTENSION.number(300), EXTENSION.freshest(DELTA), EXTENSION.issuingDistributionPoint([ADDRESS])],
    }),
    delta: makeCrl({
      ...times,
      entries,
      extensions: [EXTENSION.number(301), EXTENSION.deltaIndicator(300), EXTENSION.issuingDistributionPoint([ADDRESS])],
    }),
  };
});

const statusOf = async (leaf: make.TestCertificate, answers: Record<string, Buffer>) => {
  const answer = async (url: string) => answers[url] ?? Buffer.alloc(0);
  const chain = [leaf, root].map(({ der }) => parseCertificate(der));
  const source = { askOcsp: answer, fetchCrl: answer };
  return (await revocationOfChain({ chain, source, now: NOW, signingTime: at(-2) })).status;
};

/** Bytes changed, taken out and put in, a few times over. */
const mutation = fc.array(
  fc.record({
    kind: fc.constantFrom("change", "flip", "delete", "insert", "truncate", "repeat"),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    octet: fc.integer({ min: 0, max: 255 }),
    length: fc.integer({ min: 1, max: 9 }),
  }),
  { minLength: 1, maxLength: 5 },
);

function mutated(seed: Buffer, steps: typeof mutation extends fc.Arbitrary<infer T> ? T : never): Buffer {
  let bytes = Buffer.from(seed);
  for (const { kind, at: place, octet, length } of steps) {
    const from = Math.floor(place * bytes.length);
    const [head, tail] = [bytes.subarray(0, from), bytes.subarray(from)];
    if (kind === "change") bytes = Buffer.concat([head, Buffer.of(octet), tail.subarray(1)]);
    else if (kind === "flip")
      bytes = Buffer.concat([head, Buffer.of((tail[0] ?? 0) ^ (1 << (octet & 7))), tail.subarray(1)]);
    else if (kind === "delete") bytes = Buffer.concat([head, tail.subarray(length)]);
    else if (kind === "insert") bytes = Buffer.concat([head, Buffer.alloc(length, octet), tail]);
    else if (kind === "truncate") bytes = Buffer.from(head);
    else bytes = Buffer.concat([head, tail.subarray(0, length * 20), tail]);
  }
  return bytes;
}

async function entriesOfBytes(bytes: Buffer) {
  return entriesOf(parseCertificateList(bytes), Buffer.of(1));
}

function expectTyped(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof RevocationError)) throw error;
  }
}

async function readEverything(bytes: Buffer): Promise<void> {
  expectTyped(() => parseOcspResponse(bytes));
  await entriesOfBytes(bytes).catch((error) => {
    if (!(error instanceof RevocationError)) throw error;
  });
  expectTyped(() => distributionPointUris(bytes));
  expectTyped(() => readingData(() => readDate(new DerReader(bytes), ENCODING_ASN1)));
  expectTyped(() => readingData(() => new DerReader(bytes).bigInteger()));
  crlValidUntil(bytes);
  ocspValidUntil(bytes);
}

const arbitraryBytes = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));
/** DER of arbitrary shape: tags that occur, nested. */
const arbitraryDer = fc.letrec<{ element: Buffer }>((tie) => ({
  element: fc.oneof(
    { maxDepth: 8 },
    fc
      .tuple(fc.constantFrom(0x01, 0x02, 0x03, 0x04, 0x06, 0x0a, 0x17, 0x18, 0x80, 0x82, 0x86), arbitraryBytes)
      .map(([tag, bytes]) => der(tag, bytes)),
    fc
      .tuple(fc.constantFrom(0x30, 0xa0, 0xa1, 0xa2), fc.array(tie("element"), { maxLength: 5 }))
      .map(([tag, elements]) => der(tag, ...elements)),
  ),
})).element;

describe("what a server sends", () => {
  it("is read or refused with a code, whatever it is", async () => {
    await fc.assert(fc.asyncProperty(fc.oneof(arbitraryBytes, arbitraryDer), readEverything), { numRuns: RUNS });
  });

  it("is read or refused with a code when it is nearly right", async () => {
    const nearly = fc.tuple(fc.constantFrom("ocsp", "crl", "delta"), mutation);
    await fc.assert(
      fc.asyncProperty(nearly, ([kind, steps]) => readEverything(mutated(seeds[kind as keyof typeof seeds], steps))),
      { numRuns: RUNS },
    );
  });

  it("never makes a revoked certificate good, nor a changed answer", async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(arbitraryBytes, arbitraryDer, mutation), async (input) => {
        const make = (seed: Buffer) => (Buffer.isBuffer(input) ? input : mutated(seed, input));
        expect(await statusOf(byOcsp, { [ADDRESS]: make(seeds.ocsp) })).not.toBe("ok");
        expect(await statusOf(byCrl, { [ADDRESS]: make(seeds.crl), [DELTA]: seeds.delta })).not.toBe("ok");
        expect(await statusOf(byCrl, { [ADDRESS]: seeds.crl, [DELTA]: make(seeds.delta) })).not.toBe("ok");
      }),
      { numRuns: RUNS / 10 },
    );
  });

  it("never makes a crash when the issuer itself signed nonsense", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(arbitraryDer, { maxLength: 6 }), async (elements) => {
        const signed = signedSequence(sequence(...elements), root);
        expect(await statusOf(byOcsp, { [ADDRESS]: successful(signed) })).toBe("unknown");
        expect(await statusOf(byCrl, { [ADDRESS]: signed })).toBe("unknown");
      }),
      { numRuns: RUNS / 10 },
    );
  });

  it("may be nested deeply and long", async () => {
    let deep: Buffer = Buffer.alloc(0);
    for (let depth = 0; depth < 5_000; depth++) deep = der(0x30, deep);
    await readEverything(deep);
    const entries = [{ certificate: byOcsp, extensions: [EXTENSION.reason(1)] }];
    const many = makeCrl({ issuer: root, thisUpdate: at(-1), entries, repeat: 100_000 });
    expect(await entriesOf(parseCertificateList(many), parseCertificate(byCrl.der).serialNumber)).toEqual([]);
  });
});

describe("the mutations", () => {
  it("start from answers that are right: both certificates are revoked", async () => {
    expect(await statusOf(byOcsp, { [ADDRESS]: seeds.ocsp })).toBe("revoked");
    expect(await statusOf(byCrl, { [ADDRESS]: seeds.crl, [DELTA]: seeds.delta })).toBe("revoked");
  });
});

describe("times and numbers", () => {
  const time = (tag: number, value: string) =>
    readingData(() => readDate(new DerReader(text(tag, value)), ENCODING_ASN1)).toISOString();
  it.each([
    [0x17, "260601120000Z", "2026-06-01T12:00:00.000Z"],
    [0x17, "2606011200Z", "2026-06-01T12:00:00.000Z"],
    [0x17, "500101000000Z", "1950-01-01T00:00:00.000Z"],
    [0x17, "491231235959Z", "2049-12-31T23:59:59.000Z"],
    [0x18, "20260601120000Z", "2026-06-01T12:00:00.000Z"],
    [0x18, "20260601120000.25Z", "2026-06-01T12:00:00.250Z"],
    [0x18, "20260601120000+0130", "2026-06-01T10:30:00.000Z"],
    [0x18, "20240229000000Z", "2024-02-29T00:00:00.000Z"],
  ])("reads tag %i %s", (tag, value, expected) => {
    expect(time(tag, value)).toBe(expected);
  });

  it.each([
    [0x17, "260601120000"],
    [0x17, "260631120000Z"],
    [0x18, "20260229000000Z"],
    [0x18, "20260601240000Z"],
    [0x18, "20260601120060Z"],
    [0x18, "20260601120000.50Z"],
    [0x18, "20260601120000+0000"],
    [0x18, "20260601120000+2400"],
    [0x18, "202606011200Z"],
    [0x0c, "20260601120000Z"],
  ])("refuses tag %i %s", (tag, value) => {
    expect(() => time(tag, value)).toThrow(RevocationError);
  });

  it("reads every INTEGER that DER has, and no other", () => {
    const value = (hex: string) => readingData(() => new DerReader(integer(Buffer.from(hex, "hex"))).bigInteger());
    expect(["00", "7f", "0080", "80", "ff", "00ffffffffffffffff"].map(value)).toEqual([
      0n,
      127n,
      128n,
      -128n,
      -1n,
      2n ** 64n - 1n,
    ]);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 - 1 }), (number) => {
        expect(new DerReader(integer(number)).bigInteger()).toBe(BigInt(number));
      }),
    );
    for (const hex of ["", "0000", "007f", "ff80", "00".repeat(65)]) expect(() => value(hex)).toThrow(RevocationError);
  });

  it.each(["3080", "308105", "30820001ff", "3085000000000100", "30", "3002ff", "3f0100"])(
    "refuses the length in %s",
    (hex) => {
      const reader = new DerReader(Buffer.from(hex, "hex"));
      expect(() => readingData(() => reader.content(0x30))).toThrow(RevocationError);
    },
  );
});
