import { beforeAll, describe, expect, it } from "vitest";
import { parseCertificate } from "../../components/notary/certificates/certificate";
import { requireSigningChain } from "../../components/notary/certificates/chain";
import { CertificateError, type CertificateErrorCode } from "../../components/notary/certificates/error";
import { KEY_SPECS, keySpecOf } from "../../components/notary/certificates/keySpec";
import { certificatePem, parseCertificates, parseCertificatesPem } from "../../components/notary/certificates/pem";
import { subjectString } from "../../components/notary/certificates/subject";
import * as make from "../support/certificates";
import { expectCode } from "./expectCode";

const {
  digitalSignature,
  ExtendedKeyUsage,
  extendedKeyUsage,
  keyCertSign,
  keyEncipherment,
  keyUsage,
  basicConstraints,
  NOW,
} = make;
let root: make.TestCertificate;
let intermediate: make.TestCertificate;

beforeAll(async () => {
  root = await make.goodRoot();
  intermediate = await make.goodIntermediate(root);
});

const check = (chain: make.TestCertificate[], time?: Date) =>
  requireSigningChain(
    chain.map(({ der }) => parseCertificate(der)),
    time,
  );

describe("a code signing chain", () => {
  it("may be leaf, intermediate and root, in this order", async () => {
    check([await make.goodLeaf(intermediate), intermediate, root], NOW);
  });

  it.each(KEY_SPECS)("may be one self-signed leaf with the key %s", async (keySpec) => {
    const leaf = await make.selfSignedLeaf({ keySpec });
    check([leaf], NOW);
    expect(keySpecOf(parseCertificate(leaf.der).publicKey)).toBe(keySpec);
  });

  const flawed: [string, CertificateErrorCode, () => Promise<make.TestCertificate[]>][] = [
    ["is empty", "CERTIFICATE_CHAIN_EMPTY", async () => []],
    ["is in reverse order", "CERTIFICATE_CHAIN_EXTRA_SELF_SIGNED", async () => [root, await make.goodLeaf(root)]],
    [
      "lacks its root",
      "CERTIFICATE_CHAIN_ROOT_NOT_SELF_SIGNED",
      async () => [await make.goodLeaf(intermediate), intermediate],
    ],
    ["is a lone leaf of a CA", "CERTIFICATE_CHAIN_ROOT_NOT_SELF_SIGNED", async () => [await make.goodLeaf(root)]],
    [
      "skips the intermediate",
      "CERTIFICATE_CHAIN_NOT_ISSUED_BY_NEXT",
      async () => [await make.goodLeaf(intermediate), root],
    ],
    [
      "ends in a root of the same name with another key",
      "CERTIFICATE_CHAIN_NOT_ISSUED_BY_NEXT",
      async () => [await make.goodLeaf(root), await make.goodRoot()],
    ],
    ["has two roots", "CERTIFICATE_CHAIN_EXTRA_SELF_SIGNED", async () => [await make.goodLeaf(root), root, root]],
    [
      "has a SHA-1 signature",
      "CERTIFICATE_SIGNATURE_ALGORITHM_UNSUPPORTED",
      async () => {
        const weak = await make.goodRoot({ keySpec: "RSA-2048", hash: "SHA-1" });
        return [await make.goodLeaf(weak), weak];
      },
    ],
    [
      "has an expired leaf",
      "CERTIFICATE_NOT_VALID_AT_SIGNING_TIME",
      async () => [await make.selfSignedLeaf({ notAfter: new Date(NOW.getTime() - 1000) })],
    ],
    [
      "has a root that is not valid yet",
      "CERTIFICATE_NOT_VALID_AT_SIGNING_TIME",
      async () => {
        const future = await make.goodRoot({ notBefore: new Date(NOW.getTime() + 1000) });
        return [await make.goodLeaf(future), future];
      },
    ],
    [
      "has a root that may have no CA below it",
      "CERTIFICATE_PATH_LENGTH",
      async () => {
        const narrow = await make.goodRoot({ extensions: [basicConstraints(true, 0), keyUsage(keyCertSign)] });
        const below = await make.goodIntermediate(narrow);
        return [await make.goodLeaf(below), below, narrow];
      },
    ],
    [
      "has a root whose key usage is not critical",
      "CERTIFICATE_KEY_USAGE",
      async () => {
        const lax = await make.goodRoot({ extensions: [basicConstraints(true), keyUsage(keyCertSign, false)] });
        return [await make.goodLeaf(lax), lax];
      },
    ],
    [
      "has a root without key usage",
      "CERTIFICATE_KEY_USAGE",
      async () => {
        const lax = await make.goodRoot({ extensions: [basicConstraints(true)] });
        return [await make.goodLeaf(lax), lax];
      },
    ],
    [
      "has an issuer that is no CA",
      "CERTIFICATE_CHAIN_NOT_ISSUED_BY_NEXT",
      async () => {
        const noCa = await make.goodIntermediate(root, { extensions: [keyUsage(keyCertSign)] });
        return [await make.goodLeaf(noCa), noCa, root];
      },
    ],
    [
      "has an issuer without keyCertSign",
      "CERTIFICATE_CHAIN_NOT_ISSUED_BY_NEXT",
      async () => {
        const noSign = await make.goodIntermediate(root, {
          extensions: [basicConstraints(true), keyUsage(digitalSignature)],
        });
        return [await make.goodLeaf(noSign), noSign, root];
      },
    ],
  ];
  it.each(flawed)("is refused when it %s", async (_, code, chain) => {
    const made = await chain();
    await expectCode(() => check(made, NOW), CertificateError, code);
  });

  it("is refused when the key of the next certificate signed, but under another name", async () => {
    const misnamed = await make.goodLeaf({ ...root, name: "C=US, ST=WA, O=acme, CN=root" });
    await expectCode(() => check([misnamed, root], NOW), CertificateError, "CERTIFICATE_CHAIN_NOT_ISSUED_BY_NEXT");
  });

  it("is not judged by time unless a time is given", async () => {
    check([await make.selfSignedLeaf({ notAfter: new Date(NOW.getTime() - 1000) })]);
  });
});

describe("a signing certificate", () => {
  const flawed: [string, CertificateErrorCode, make.CertificateOptions][] = [
    ["is a CA", "CERTIFICATE_BASIC_CONSTRAINTS", { extensions: [basicConstraints(true), keyUsage(digitalSignature)] }],
    ["has no key usage", "CERTIFICATE_KEY_USAGE", { extensions: [] }],
    [
      "has a key usage that is not critical",
      "CERTIFICATE_KEY_USAGE",
      { extensions: [keyUsage(digitalSignature, false)] },
    ],
    ["lacks digitalSignature", "CERTIFICATE_KEY_USAGE", { extensions: [keyUsage(keyEncipherment)] }],
    ["has keyEncipherment", "CERTIFICATE_KEY_USAGE", { extensions: [keyUsage(digitalSignature | keyEncipherment)] }],
    ["has keyCertSign", "CERTIFICATE_KEY_USAGE", { extensions: [keyUsage(digitalSignature | keyCertSign)] }],
    ...(["serverAuth", "clientAuth", "emailProtection", "timeStamping", "ocspSigning"] as const).map(
      (usage): [string, CertificateErrorCode, make.CertificateOptions] => [
        `has the extended key usage ${usage}`,
        "CERTIFICATE_EXTENDED_KEY_USAGE",
        {
          extensions: [
            keyUsage(digitalSignature),
            extendedKeyUsage(ExtendedKeyUsage.codeSigning, ExtendedKeyUsage[usage]),
          ],
        },
      ],
    ),
    ["has an RSA key of 1024 bits", "CERTIFICATE_KEY_UNSUPPORTED", { keySpec: "RSA-1024" }],
  ];
  it.each(flawed)("is refused when it %s", async (_, code, options) => {
    const leaf = await make.selfSignedLeaf(options);
    await expectCode(() => check([leaf]), CertificateError, code);
  });

  it("may have basicConstraints with cA false, and no extended key usage", async () => {
    check([await make.selfSignedLeaf({ extensions: [basicConstraints(false), keyUsage(digitalSignature)] })]);
  });
});

describe("parsing", () => {
  it("reads DER and PEM alike, and writes what it reads", () => {
    const [fromDer] = parseCertificates(root.der);
    const [fromPem] = parseCertificates(Buffer.from(root.pem));
    expect(fromDer?.thumbprint).toBe(fromPem?.thumbprint);
    expect(certificatePem(root.der)).toBe(root.pem);
  });

  it.each([
    ["nothing", ""],
    ["a damaged block", "-----BEGIN CERTIFICATE-----\nAAAA"],
    ["a private key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"],
    ["no DER", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"],
  ])("refuses %s", async (_, text) => {
    await expectCode(() => parseCertificatesPem(text), CertificateError, "CERTIFICATE_MALFORMED");
  });

  it("refuses data after a certificate, and PEM in place of DER", async () => {
    await expectCode(
      () => parseCertificate(Buffer.concat([root.der, Buffer.from([0])])),
      CertificateError,
      "CERTIFICATE_MALFORMED",
    );
    await expectCode(() => parseCertificate(Buffer.from(root.pem)), CertificateError, "CERTIFICATE_MALFORMED");
  });

  it("names where revocation is published", async () => {
    const leaf = await make.goodLeaf(root, {
      extensions: [
        keyUsage(digitalSignature),
        make.crlDistributionPoint("http://crl.test"),
        make.ocspResponder("http://ocsp.test"),
      ],
    });
    expect(parseCertificate(leaf.der).revocation).toEqual({ ocsp: ["http://ocsp.test"], crl: ["http://crl.test"] });
    expect(parseCertificate(root.der).revocation).toEqual({ ocsp: [], crl: [] });
  });

  it("prints a subject as Go does", async () => {
    const leaf = await make.selfSignedLeaf({ subject: "C=US, ST=WA, L=Seattle, O=Notary, CN=wabbit-networks.io" });
    expect(parseCertificate(leaf.der).subject).toBe("CN=wabbit-networks.io,O=Notary,L=Seattle,ST=WA,C=US");
    const [cn, o] = ["2.5.4.3", "2.5.4.10"];
    const attribute = (type: string, value: string) => ({ type, value });
    expect(subjectString([attribute(o, " a,b "), attribute(o, "#c")])).toBe("O=\\ a\\,b\\ +O=\\#c");
    const mail = attribute("1.2.840.113549.1.9.1", "a@b");
    expect(subjectString([attribute(cn, "a"), attribute(cn, "b"), mail])).toBe("CN=b,1.2.840.113549.1.9.1=#0c03614062");
    const alias = attribute("2.5.4.65", "c".repeat(300));
    expect(subjectString([alias])).toBe(`2.5.4.65=#1382012c${"63".repeat(300)}`);
  });
});
