import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { parseCertificate, parseConcatenatedCertificates } from "../../components/notary/certificates/certificate";
import { requireSigningChain } from "../../components/notary/certificates/chain";
import { CertificateError } from "../../components/notary/certificates/error";
import { parseCertificates } from "../../components/notary/certificates/pem";
import { DerError } from "../../components/notary/der/error";
import { DerReader } from "../../components/notary/der/reader";
import { rightAligned } from "../../components/notary/der/values";
import * as make from "../support/certificates";
import { der, hex } from "../support/der";
import { expectCode } from "./expectCode";

let good: make.TestCertificate;
beforeAll(async () => {
  good = await make.selfSignedLeaf();
});

describe("a file of certificates", () => {
  it("may have several in DER, one after the other", () => {
    const two = Buffer.concat([good.der, good.der]);
    expect(parseConcatenatedCertificates(two)).toHaveLength(2);
    expect(parseCertificates(two)).toHaveLength(2);
    expect(parseConcatenatedCertificates(Buffer.alloc(0))).toEqual([]);
  });

  it.each<[string, () => Buffer]>([
    ["nothing in it", () => Buffer.alloc(0)],
    ["data after a certificate", () => Buffer.concat([good.der, hex("00")])],
    ["more than 64 KiB in one certificate", () => der(0x30, Buffer.alloc(0xfff0), Buffer.alloc(8))],
    ["text before a block, in its line", () => Buffer.from(`root: ${good.pem}`)],
    ["text after a block, in its line", () => Buffer.from(`${good.pem.trim()} root`)],
    ["padding inside a block", () => Buffer.from(good.pem.replace("MII", "MI=I"))],
    ["a block of headers", () => Buffer.from(good.pem.replace("-----\n", "-----\nProc-Type: 4,ENCRYPTED\n\n"))],
    ["two different labels on one block", () => Buffer.from(good.pem.replace("END CERTIFICATE", "END CERT"))],
  ])("is refused with %s", async (_, content) => {
    await expectCode(() => parseCertificates(content()), CertificateError, "CERTIFICATE_MALFORMED");
  });

  it("may have text around its blocks, other labels and Windows' ends of lines", () => {
    const labelled = good.pem.replaceAll("CERTIFICATE", "X509 CERTIFICATE");
    const text = `Bag Attributes\n${good.pem}\nsubject=…\n${labelled}`;
    expect(parseCertificates(Buffer.from(text))).toHaveLength(2);
    expect(parseCertificates(Buffer.from(text.replaceAll("\n", "\r\n")))).toHaveLength(2);
  });
});

describe("hostile bytes", () => {
  const throwsOnly = <E extends Error & { code: string }>(type: new (...args: never[]) => E, act: () => unknown) => {
    try {
      act();
    } catch (error) {
      expect(error).toBeInstanceOf(type);
      expect((error as E).code).toMatch(/^[A-Z_]+$/);
    }
  };

  it("are a certificate or a typed error", () => {
    const mutated = fc
      .array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 })
      .map((edits) =>
        edits.reduce(
          (bytes, [at, value]) => bytes.fill(value, at % bytes.length, (at % bytes.length) + 1),
          Buffer.from(good.der),
        ),
      );
    const cut = fc.tuple(fc.nat(), fc.nat(40)).map(([at, size]) => {
      const start = at % good.der.length;
      return Buffer.concat([good.der.subarray(0, start), good.der.subarray(start + size)]);
    });
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((octets) => Buffer.from(octets)),
      mutated,
      cut,
    );
    fc.assert(
      fc.property(bytes, (candidate) => {
        throwsOnly(CertificateError, () => requireSigningChain([parseCertificate(candidate)]));
        throwsOnly(CertificateError, () => parseCertificates(candidate));
        const pem = `-----BEGIN CERTIFICATE-----\n${candidate.toString("base64")}\n-----END CERTIFICATE-----\n`;
        throwsOnly(CertificateError, () => parseCertificates(Buffer.from(pem)));
      }),
      { numRuns: 2000 },
    );
  });

  it("are elements or a typed error for every reading of the reader", () => {
    const read: ((reader: DerReader) => unknown)[] = [
      (reader) => reader.any(),
      (reader) => reader.sequence(),
      (reader) => reader.int64(),
      (reader) => reader.boolean(),
      (reader) => reader.objectIdentifier(),
      (reader) => rightAligned(reader.bitString()),
    ];
    const element = fc.tuple(fc.constantFrom(1, 2, 3, 4, 6, 0x30, 0x1f), fc.uint8Array({ maxLength: 12 }));
    fc.assert(
      fc.property(element, fc.nat(5), ([tag, content], cut) => {
        const whole = der(tag, Buffer.from(content));
        for (const one of read) {
          throwsOnly(DerError, () => one(new DerReader(whole)));
          throwsOnly(DerError, () => one(new DerReader(whole.subarray(0, Math.max(0, whole.length - cut)))));
          throwsOnly(DerError, () => one(new DerReader(Buffer.from(content))));
        }
      }),
      { numRuns: 2000 },
    );
  });

  it("nested a thousand deep, or with a length of 4 GiB, are refused at once", async () => {
    const deep = Array.from({ length: 1000 }).reduce<Buffer>((inner) => der(0x30, inner), Buffer.alloc(0));
    await expectCode(() => parseCertificate(deep), CertificateError, "CERTIFICATE_MALFORMED");
    await expectCode(() => parseCertificate(hex("3084ffffffff00")), CertificateError, "CERTIFICATE_MALFORMED");
  });

  it("of a BIT STRING are shifted right by the unused bits", () => {
    expect(rightAligned(new DerReader(hex("030304a5f0")).bitString())).toEqual(hex("0a5f"));
    expect(rightAligned(new DerReader(hex("030100")).bitString())).toEqual(Buffer.alloc(0));
  });
});
