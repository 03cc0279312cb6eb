import { beforeAll, describe, expect, it } from "vitest";
import { parseCertificate } from "../../components/notary/certificates/certificate";
import { CertificateError } from "../../components/notary/certificates/error";
import * as make from "../support/certificates";
import { type Change, changed, constant, extensions, name, OID, spki, validity } from "../support/changedCertificate";
import { ascii, der, extension, hex, oid, time } from "../support/der";
import { expectCode } from "./expectCode";

// What Go's crypto/x509 takes and refuses when it parses a certificate: so must this, or a signature would be judged
// otherwise than by notation.

/** A BIT STRING of the size of a point. */
const POINT = Buffer.concat([hex("00"), Buffer.alloc(65, 4)]);
const generalNames = (tag: number, value: string | Buffer) =>
  extensions(extension("2.5.29.17", der(0x30, der(tag, Buffer.from(value)))));
const constraints = (tag: number, value: string | Buffer) =>
  extensions(extension("2.5.29.30", der(0x30, der(0xa0, der(0x30, der(tag, Buffer.from(value))))), true));

let good: make.TestCertificate;
beforeAll(async () => {
  good = await make.selfSignedLeaf();
});

const refused: [string, Change][] = [
  ["a negative serial number", constant({ serialNumber: hex("020180") })],
  ["a serial number with an octet too many", constant({ serialNumber: hex("02020001") })],
  ["an empty serial number", constant({ serialNumber: hex("0200") })],
  ["version 4", constant({ version: hex("a003020103") })],
  ["a negative version", constant({ version: hex("a0030201ff") })],
  ["data after its version", constant({ version: hex("a00502010205 00") })],
  [
    "another signature algorithm outside than inside",
    constant({ signatureAlgorithm: hex("300a06082a8648ce3d040303") }),
  ],
  ["no object identifier for its signature algorithm", constant({ signature: hex("30020500") })],
  [
    "a long length where a short one would do",
    ({ serialNumber }) => ({ serialNumber: Buffer.concat([hex("028109"), serialNumber.subarray(2, 11)]) }),
  ],
  ["an indefinite length", constant({ issuer: hex("30800000") })],
  ["a tag of two octets", constant({ issuer: hex("3f1000") })],
  ["a time that is neither UTCTime nor GeneralizedTime", constant(validity(time("260101000000Z", 0x16)))],
  ["an UTCTime with letters", constant(validity(time("26010100000aZ")))],
  ["an UTCTime without a zone", constant(validity(time("260101000000")))],
  ["an UTCTime with a fraction", constant(validity(time("260101000000.5Z")))],
  ["an offset of nothing from UTC", constant(validity(time("260101000000+0000")))],
  ["a 30th of February", constant(validity(time("260230000000Z")))],
  ["a 25th hour", constant(validity(time("260101250000Z")))],
  ["a leap second", constant(validity(time("260101235960Z")))],
  ["a GeneralizedTime without seconds", constant(validity(time("202601010000Z", 0x18)))],
  ["a PrintableString with an underscore", constant({ subject: name(0x13, ascii("a_b")) })],
  ["an UTF8String that is not UTF-8", constant({ subject: name(0x0c, hex("ff")) })],
  ["an UTF8String with a surrogate", constant({ subject: name(0x0c, hex("eda080")) })],
  ["an IA5String beyond ASCII", constant({ subject: name(0x16, hex("80")) })],
  ["a NumericString with a letter", constant({ subject: name(0x12, ascii("1a")) })],
  ["half a character in a BMPString", constant({ subject: name(0x1e, hex("004100")) })],
  ["a surrogate in a BMPString", constant({ subject: name(0x1e, hex("d83c")) })],
  ["a UniversalString in its name", constant({ subject: name(0x1c, hex("00000041")) })],
  ["a number for its name", constant({ subject: name(0x02, hex("01")) })],
  [
    "a list for a set in its name",
    constant({ subject: der(0x30, der(0x30, der(0x30, OID.cn, der(0x0c, ascii("a"))))) }),
  ],
  ["an object identifier that is not minimal", constant({ subject: name(0x0c, ascii("a"), hex("0604550480 03")) })],
  ["an object identifier that is cut off", constant({ subject: name(0x0c, ascii("a"), hex("0603550483")) })],
  [
    "an object identifier of more than 31 bits",
    constant({ subject: name(0x0c, ascii("a"), hex("060755048fffffff7f")) }),
  ],
  [
    "a compressed point",
    ({ subjectPublicKeyInfo }) =>
      spki([OID.ecPublicKey, OID.p256], Buffer.concat([hex("0002"), subjectPublicKeyInfo.subarray(27, 59)])),
  ],
  [
    "a point that is not on its curve",
    constant(spki([OID.ecPublicKey, OID.p256], Buffer.concat([hex("0004"), Buffer.alloc(64, 1)]))),
  ],
  ["the curve secp256k1", constant(spki([OID.ecPublicKey, oid("1.3.132.0.10")], POINT))],
  ["an EC key without a curve", constant(spki([OID.ecPublicKey], POINT))],
  [
    "an RSA key without NULL",
    constant(
      spki([OID.rsa], Buffer.concat([hex("00"), der(0x30, der(0x02, Buffer.alloc(256, 0x7f)), hex("0203010001"))])),
    ),
  ],
  [
    "a negative RSA modulus",
    constant(
      spki(
        [OID.rsa, hex("0500")],
        Buffer.concat([hex("00"), der(0x30, der(0x02, Buffer.alloc(256, 0x9f)), hex("0203010001"))]),
      ),
    ),
  ],
  [
    "an RSA exponent of more than 64 bits",
    constant(
      spki(
        [OID.rsa, hex("0500")],
        Buffer.concat([hex("00"), der(0x30, der(0x02, Buffer.alloc(256, 0x7f)), hex("0209010000000000000001"))]),
      ),
    ),
  ],
  ["an Ed25519 key of 31 octets", constant(spki([oid("1.3.101.112")], Buffer.alloc(32, 0)))],
  ["an Ed25519 key with parameters", constant(spki([oid("1.3.101.112"), hex("0500")], Buffer.alloc(33, 0)))],
  [
    "a DSA key with a parameter of nought",
    constant(spki([oid("1.2.840.10040.4.1"), hex("3009020101020100020101")], hex("00020101"))),
  ],
  ["an extension twice", constant(extensions(extension("2.5.29.15", hex("03020780"))))],
  [
    "a critical flag that is neither 00 nor FF",
    constant({ extensions: der(0xa3, der(0x30, der(0x30, OID.keyUsage, hex("010101"), hex("040403020780")))) }),
  ],
  ["an extension without its OCTET STRING", constant(extensions(der(0x30, oid("1.2.3"), hex("0500"))))],
  [
    "basicConstraints with a negative path length",
    constant(extensions(extension("2.5.29.19", hex("30060101ff0201ff"), true))),
  ],
  ["basicConstraints that are no list", constant(extensions(extension("2.5.29.19", hex("0101ff"), true)))],
  [
    "a keyUsage with unused bits that are set",
    constant({ extensions: der(0xa3, der(0x30, extension("2.5.29.15", hex("03020781"), true))) }),
  ],
  [
    "an extendedKeyUsage that is no list of object identifiers",
    constant(extensions(extension("2.5.29.37", hex("30020500")))),
  ],
  ["a critical subjectKeyIdentifier", constant(extensions(extension("2.5.29.14", hex("040101"), true)))],
  ["a subjectKeyIdentifier that is no OCTET STRING", constant(extensions(extension("2.5.29.14", hex("0500"))))],
  ["a critical authorityKeyIdentifier", constant(extensions(extension("2.5.29.35", hex("3003800101"), true)))],
  ["a critical authorityInfoAccess", constant(extensions(extension("1.3.6.1.5.5.7.1.1", hex("3000"), true)))],
  [
    "a CRL distribution point that is relative to its issuer",
    constant(extensions(extension("2.5.29.31", hex("30063004a002a100")))),
  ],
  ["a certificate policy twice", constant(extensions(extension("2.5.29.32", hex("300c300406022a03300406022a03"))))],
  ["policy constraints that are no numbers", constant(extensions(extension("2.5.29.36", hex("30028000"))))],
  ["inhibitAnyPolicy that is no number", constant(extensions(extension("2.5.29.54", hex("0500"))))],
  ["policy mappings of one policy", constant(extensions(extension("2.5.29.33", hex("3006300406022a03"))))],
  ["a DNS name beyond ASCII", constant(generalNames(0x82, "é.test"))],
  ["an e-mail address beyond ASCII", constant(generalNames(0x81, "é@b.test"))],
  ["an IP address of 5 octets", constant(generalNames(0x87, hex("0102030405")))],
  ["a URI without a scheme before its colon", constant(generalNames(0x86, "://a.test"))],
  ["a URI with a bad escape", constant(generalNames(0x86, "https://a.test/%zz"))],
  ["a URI with a bad port", constant(generalNames(0x86, "https://a.test:port/"))],
  ["a URI with a control character", constant(generalNames(0x86, "https://a.test/\n"))],
  ["a URI with an empty label in its host", constant(generalNames(0x86, "https://a..test/"))],
  ["empty name constraints", constant(extensions(extension("2.5.29.30", hex("3000"), true)))],
  ["name constraints with a domain that ends in a period", constant(constraints(0x82, "a.test."))],
  ["name constraints with a mask of holes", constant(constraints(0x87, hex("0a000000ff00ff00")))],
  ["name constraints with a network of 5 octets", constant(constraints(0x87, hex("0a000000ff")))],
  ["name constraints with a mailbox without its name", constant(constraints(0x81, "@a.test"))],
  ["name constraints with an address for a URI", constant(constraints(0x86, "10.0.0.1"))],
];

const taken: [string, Change][] = [
  ["a serial number of 40 octets", constant({ serialNumber: der(0x02, Buffer.alloc(40, 0x11)) })],
  ["a serial number of nought", constant({ serialNumber: hex("020100") })],
  ["UTCTime without seconds", constant(validity(time("2601010000Z")))],
  ["times with an offset", constant(validity(time("260101000000+0200"), time("20300101000000-0130", 0x18)))],
  ["a year before 1970", constant(validity(time("500101000000Z")))],
  ["the year 0000", constant(validity(time("00000101000000Z", 0x18)))],
  ["no name", constant({ subject: hex("3000"), issuer: hex("3000") })],
  ["an empty set in its name", constant({ subject: hex("30023100") })],
  [
    "T61String, BMPString and NumericString in its name",
    constant({
      subject: der(
        0x30,
        ...[name(0x14, hex("e9")), name(0x1e, hex("00e90000")), name(0x12, ascii("1 2"))].map((one) => one.subarray(2)),
      ),
    }),
  ],
  ["an asterisk and an ampersand in a PrintableString", constant({ subject: name(0x13, ascii("*.a&b")) })],
  [
    "data after the value of its name's attribute",
    constant({ subject: der(0x30, der(0x31, der(0x30, OID.cn, der(0x0c, ascii("a")), hex("0500")))) }),
  ],
  [
    "unique identifiers",
    ({ subjectPublicKeyInfo }) => ({
      subjectPublicKeyInfo: Buffer.concat([subjectPublicKeyInfo, hex("8102000182020002")]),
    }),
  ],
  ["data after its extensions", constant({ trailer: hex("0500") })],
  ["an unknown critical extension", constant(extensions(extension("1.2.3.4", hex("0500"), true)))],
  ["data inside an extension, after its value", constant(extensions(extension("2.5.29.14", hex("0401010500"))))],
  ["a critical flag that says false", constant(extensions(der(0x30, oid("1.2.3"), hex("010100"), hex("040100"))))],
  ["a key of an unknown algorithm", constant(spki([oid("1.2.3.4")], hex("0001")))],
  ["an Ed25519 key", constant(spki([oid("1.3.101.112")], Buffer.alloc(33, 0)))],
  [
    "the curve P-224, which may not sign",
    () => spki([OID.ecPublicKey, oid("1.3.132.0.33")], Buffer.concat([hex("00"), P224])),
  ],
  [
    "an RSA key with data after it",
    constant(
      spki(
        [OID.rsa, hex("0500")],
        Buffer.concat([hex("00"), der(0x30, der(0x02, Buffer.alloc(256, 0x7f)), hex("0203010001"), hex("0500"))]),
      ),
    ),
  ],
  [
    "an even RSA modulus",
    constant(
      spki(
        [OID.rsa, hex("0500")],
        Buffer.concat([hex("00"), der(0x30, der(0x02, Buffer.alloc(256, 0x7e)), hex("0203010001"))]),
      ),
    ),
  ],
  ["a signature algorithm that nobody knows", constant({ signature: der(0x30, oid("1.2.3.4")) })],
  ["a URI of a workload", constant(generalNames(0x86, "spiffe://a.test/workload"))],
  ["a URI without a scheme", constant(generalNames(0x86, "//u:p@a.test:80/%41?q#f"))],
  ["a URI with an IPv6 address and a zone", constant(generalNames(0x86, "https://[fe80::1%25eth0]:80/"))],
  ["a name of a type that nobody reads", constant(generalNames(0xa0, hex("0603550403")))],
  [
    "name constraints of every type",
    constant(
      extensions(
        extension(
          "2.5.29.30",
          der(
            0x30,
            der(
              0xa0,
              ...[
                [0x82, ".a.test"],
                [0x81, "me@a.test"],
                [0x81, "a.test"],
                [0x81, '"m e"@a.test'],
                [0x86, "a.test"],
                [0x87, hex("0a000000ff000000")],
                [0xa4, hex("3000")],
              ].map(([tag, value]) => der(0x30, der(tag as number, Buffer.from(value as string)))),
            ),
          ),
          true,
        ),
      ),
    ),
  ],
  [
    "policies, mappings and constraints",
    constant(
      extensions(
        extension("2.5.29.32", hex("3006300406022a03")),
        extension("2.5.29.33", hex("300a300806022a0306022a04")),
        extension("2.5.29.36", hex("3006800100810100")),
        extension("2.5.29.54", hex("020100")),
      ),
    ),
  ],
];
const P224 = hex(
  "04 b70e0cbd6bb4bf7f321390b94a03c1d356c21122343280d6115c1d21 bd376388b5f723fb4c22dfe6cd4375a05a07476444d5819985007e34",
);

describe("a certificate", () => {
  it.each(refused)("is refused with %s", async (_, change) => {
    const made = changed(good, change);
    await expectCode(() => parseCertificate(made.der), CertificateError, "CERTIFICATE_MALFORMED");
  });

  it.each(taken)("is read with %s", (_, change) => {
    const made = changed(good, change);
    expect(parseCertificate(made.der).raw).toEqual(made.der);
  });
});
