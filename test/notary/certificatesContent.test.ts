import { constants, generateKeyPairSync, sign } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { parseCertificate } from "../../components/notary/certificates/certificate";
import { isSelfSigned, requireSigningChain } from "../../components/notary/certificates/chain";
import { CertificateError } from "../../components/notary/certificates/error";
import * as make from "../support/certificates";
import { changed, constant, extensions, name, OID, spki, validity } from "../support/changedCertificate";
import { ascii, der, extension, hex, oid, time } from "../support/der";
import { expectCode } from "./expectCode";

let good: make.TestCertificate;
beforeAll(async () => {
  good = await make.selfSignedLeaf();
});

describe("a name", () => {
  const subject = (element: Buffer) => parseCertificate(changed(good, () => ({ subject: element })).der).subject;

  it("is printed as Go prints it, whatever the types of its values", () => {
    expect(subject(name(0x14, hex("e9")))).toBe("CN=é");
    expect(subject(name(0x1e, hex("65e50000")))).toBe("CN=日");
    expect(subject(name(0x0c, ascii(" #a=b ")))).toBe("CN=\\ #a=b\\ ");
    expect(subject(name(0x0c, ascii('#,+"\\<>;')))).toBe('CN=\\#\\,\\+\\"\\\\\\<\\>\\;');
    expect(subject(hex("3000"))).toBe("");
  });

  it("prints what has no short name in hexadecimal, first in the name and last in print", () => {
    const attribute = (type: string, value: string) => der(0x31, der(0x30, oid(type), der(0x16, ascii(value))));
    const mail = attribute("1.2.840.113549.1.9.1", "a@b");
    const component = attribute("0.9.2342.19200300.100.1.25", "test");
    expect(subject(der(0x30, mail, attribute("2.5.4.6", "US"), component))).toBe(
      "C=US,0.9.2342.19200300.100.1.25=#130474657374,1.2.840.113549.1.9.1=#0c03614062",
    );
  });

  it("keeps its bytes: equal names in other string types are not equal", async () => {
    const root = await make.goodRoot();
    const leaf = await make.goodLeaf(root);
    const printable = der(
      0x30,
      ...["2.5.4.6=US", "2.5.4.8=WA", "2.5.4.10=wabbit-networks.io", "2.5.4.3=root"].map((text) => {
        const [type = "", value = ""] = text.split("=");
        return der(0x31, der(0x30, oid(type), der(0x14, ascii(value))));
      }),
    );
    const renamed = changed(leaf, () => ({ issuer: printable }), root);
    expect(parseCertificate(renamed.der).issuer).toBe(parseCertificate(root.der).subject);
    await expectCode(
      () => requireSigningChain([renamed, root].map((one) => parseCertificate(one.der))),
      CertificateError,
      "CERTIFICATE_CHAIN_NOT_ISSUED_BY_NEXT",
    );
  });
});

describe("the signature of a certificate", () => {
  const PSS = (hash: string, salt: string) => {
    const algorithm = hex(`300d06096086480165030402${hash}0500`);
    const mask = der(0x30, oid("1.2.840.113549.1.1.8"), algorithm);
    const parameters = [der(0xa0, algorithm), der(0xa1, mask), der(0xa2, der(0x02, hex(salt)))];
    return { signature: der(0x30, oid("1.2.840.113549.1.1.10"), der(0x30, ...parameters)) };
  };
  const pss = (signer: make.TestCertificate, hash: string, saltLength: number) => (toBeSigned: Buffer) =>
    sign(hash, toBeSigned, { key: signer.privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength });
  let rsa: make.TestCertificate;
  beforeAll(async () => {
    rsa = await make.selfSignedLeaf({ keySpec: "RSA-2048" });
  });

  it("may be RSASSA-PSS, when the hash, the mask's hash and the size of the salt agree", () => {
    const made = (parameters: { signature: Buffer }, hash: string, salt: number) =>
      parseCertificate(changed(rsa, () => ({ ...parameters, sign: pss(rsa, hash, salt) })).der);
    expect(made(PSS("01", "20"), "sha256", 32).signatureAlgorithm).toBe("RSA-PSS/SHA-256");
    expect(isSelfSigned(made(PSS("01", "20"), "sha256", 32))).toBe(true);
    expect(isSelfSigned(made(PSS("02", "30"), "sha384", 48))).toBe(true);
    expect(isSelfSigned(made(PSS("03", "40"), "sha512", 64))).toBe(true);
    expect(isSelfSigned(made(PSS("01", "20"), "sha256", 20))).toBe(false);
    expect(isSelfSigned(made(PSS("01", "14"), "sha256", 20))).toBe(false);
    expect(isSelfSigned(made(PSS("04", "1c"), "sha224", 28))).toBe(false);
  });

  it.each<[string, () => make.TestCertificate]>([
    ["of an algorithm for another key", () => changed(rsa, () => ({ signature: ECDSA_SHA256 }))],
    ["of an unknown algorithm", () => changed(rsa, () => ({ signature: der(0x30, oid("1.2.3")) }))],
    ["with MD5", () => changed(rsa, () => ({ signature: der(0x30, oid("1.2.840.113549.1.1.4"), hex("0500")) }))],
    ["of nothing", () => changed(rsa, () => ({ sign: () => Buffer.alloc(0) }))],
    ["in another form than DER", () => changed(good, () => ({ sign: raw }))],
    ["by another key", () => changed(good, () => ({ sign: (tbs) => sign("sha256", tbs, rsa.privateKey) }))],
    ["by a key of an unknown algorithm", () => changed(good, constant(spki([oid("1.2.3.4")], hex("0001"))))],
  ])("is not valid when it is one %s", (_, made) => {
    expect(isSelfSigned(parseCertificate(made().der))).toBe(false);
  });
  const ECDSA_SHA256 = hex("300a06082a8648ce3d040302");
  const raw = (toBeSigned: Buffer) => sign("sha256", toBeSigned, { key: good.privateKey, dsaEncoding: "ieee-p1363" });

  it("is not verified with an RSA key that has an even modulus or exponent", () => {
    for (const [modulus, exponent] of [
      [0x7e, "0203010001"],
      [0x7f, "0203010000"],
      [0x7f, "020101"],
    ] as const) {
      const key = der(0x30, der(0x02, Buffer.alloc(256, modulus)), hex(exponent));
      const made = changed(rsa, constant(spki([OID.rsa, hex("0500")], Buffer.concat([hex("00"), key]))));
      expect(isSelfSigned(parseCertificate(made.der))).toBe(false);
    }
  });

  it("may be an Ed25519 authority's, whose own key may not sign artifacts", async () => {
    const keys = generateKeyPairSync("ed25519");
    const edwards = {
      ...(await make.goodRoot()),
      privateKey: keys.privateKey.export({ type: "pkcs8", format: "pem" }) as string,
    };
    const change = {
      signature: der(0x30, oid("1.3.101.112")),
      sign: (toBeSigned: Buffer) => sign(null, toBeSigned, keys.privateKey),
    };
    const subjectPublicKeyInfo = keys.publicKey.export({ type: "spki", format: "der" });
    const root = changed(edwards, () => ({ ...change, subjectPublicKeyInfo }));
    const leaf = changed(await make.goodLeaf(edwards), () => change, edwards);
    requireSigningChain([leaf, root].map((one) => parseCertificate(one.der)));
    const self = changed(good, () => ({ ...change, subjectPublicKeyInfo }));
    await expectCode(
      () => requireSigningChain([parseCertificate(self.der)]),
      CertificateError,
      "CERTIFICATE_KEY_UNSUPPORTED",
    );
  });

  it("is nobody's when the key is of an unknown algorithm, which has no spec and cannot be had", async () => {
    const made = parseCertificate(changed(good, constant(spki([oid("1.2.3.4")], hex("0001")))).der);
    expect(made.keySpec).toBeUndefined();
    await expectCode(() => made.publicKey, CertificateError, "CERTIFICATE_KEY_UNSUPPORTED");
  });
});

describe("what a certificate shows", () => {
  it("has the serial number, the key's bits and the key identifiers as they stand in the DER", () => {
    const serialNumber = hex("020900ff00112233445566");
    const identifiers = extensions(
      extension("2.5.29.14", hex("04020a0b")),
      extension("2.5.29.35", hex("300480020c0d")),
      extension("1.2.3", hex("0500"), true),
    );
    const made = parseCertificate(changed(good, () => ({ serialNumber, ...identifiers })).der);
    expect(made.serialNumber).toEqual(serialNumber.subarray(2));
    expect(made.publicKeyBits[0]).toBe(4);
    expect(made.publicKeyBits).toHaveLength(65);
    expect(made.subjectKeyIdentifier).toEqual(hex("0a0b"));
    expect(made.authorityKeyIdentifier).toEqual(hex("0c0d"));
    expect(made.extensions.get("1.2.3")).toEqual({ critical: true, value: hex("0500") });
    expect(made.unhandledCriticalExtensions).toEqual(["1.2.3"]);
    expect(made.version).toBe(3);
  });

  it("reads times as Go does", () => {
    const read = (text: string, tag?: number) =>
      parseCertificate(changed(good, constant(validity(time(text, tag)))).der).notBefore.toISOString();
    expect(read("490101000000Z")).toBe("2049-01-01T00:00:00.000Z");
    expect(read("500101000000Z")).toBe("1950-01-01T00:00:00.000Z");
    expect(read("2602281230+0130")).toBe("2026-02-28T11:00:00.000Z");
    expect(read("20240229235959-0030", 0x18)).toBe("2024-03-01T00:29:59.000Z");
    expect(read("00500101000000Z", 0x18)).toBe("0050-01-01T00:00:00.000Z");
  });

  it("has no extensions when it is of version 1, and may then be an issuer, but not in a chain", async () => {
    const root = changed(await make.goodRoot(), () => ({ version: hex("a003020100") }));
    expect(parseCertificate(root.der).extensions.size).toBe(0);
    const leaf = await make.goodLeaf(root);
    await expectCode(
      () => requireSigningChain([leaf, root].map((one) => parseCertificate(one.der))),
      CertificateError,
      "CERTIFICATE_BASIC_CONSTRAINTS",
    );
  });
});
