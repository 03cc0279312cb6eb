import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { parseCertificate } from "../../components/notary/certificates/certificate";
import { requireSigningChain, requireTimestampingChain } from "../../components/notary/certificates/chain";
import { CertificateError, type CertificateErrorCode } from "../../components/notary/certificates/error";
import { type ChainPurpose, lintChain } from "../../components/notary/certificates/lint";
import * as make from "../support/certificates";
import { expectCode } from "./expectCode";

const { basicConstraints, digitalSignature, ExtendedKeyUsage, extendedKeyUsage, keyCertSign, keyUsage, NOW } = make;
const { nonRepudiation, keyEncipherment, dataEncipherment, keyAgreement, cRLSign, encipherOnly, decipherOnly } =
  x509.KeyUsageFlags;
type Made = Promise<make.TestCertificate[]> | make.TestCertificate[];
const check = { codeSigning: requireSigningChain, timestamping: requireTimestampingChain };
const SECOND = 1000;
const parsed = (chain: make.TestCertificate[]) => chain.map(({ der }) => parseCertificate(der));

let root: make.TestCertificate;
let intermediate: make.TestCertificate;
beforeAll(async () => {
  root = await make.goodRoot();
  intermediate = await make.goodIntermediate(root);
});

/** Each leaf, as the middle of the table below needs it: its purpose's good one, with these extensions. */
const leaf = (purpose: ChainPurpose, options: make.CertificateOptions = {}, issuer = intermediate) =>
  purpose === "codeSigning" ? make.goodLeaf(issuer, options) : make.goodTsaLeaf(issuer, options);
const usage = (purpose: ChainPurpose) =>
  purpose === "codeSigning"
    ? extendedKeyUsage(ExtendedKeyUsage.codeSigning)
    : new x509.ExtendedKeyUsageExtension([ExtendedKeyUsage.timeStamping], true);
const leafWith = async (purpose: ChainPurpose, ...extensions: x509.Extension[]) => [
  await leaf(purpose, { extensions }),
  intermediate,
  root,
];
/** A leaf, the flawed CA and the root. */
const under = async (purpose: ChainPurpose, options: make.CertificateOptions) => {
  const ca = await make.goodIntermediate(root, options);
  return [await leaf(purpose, {}, ca), ca, root];
};
/** A leaf and the flawed root. */
const underRoot = async (purpose: ChainPurpose, options: make.CertificateOptions) => {
  const flawed = await make.goodRoot(options);
  return [await leaf(purpose, {}, flawed), flawed];
};

/** A rule as `<position> <code> § <section>`, with `warning` before it when only the specification has it. */
const found = (chain: make.TestCertificate[], purpose: ChainPurpose) =>
  lintChain(parsed(chain), purpose, NOW).map(({ code, position, section, enforced }) =>
    [...(enforced ? [] : ["warning"]), position, code, section.replace("signature-specification.md ", "")].join(" "),
  );

const LEAF = "§ Leaf Certificates";
const CA = "§ Root and Intermediate CA Certificates";
const OTHER = "§ Other requirements";

describe.each<ChainPurpose>(["codeSigning", "timestamping"])("the lint of a chain for %s", (purpose) => {
  const critical = purpose === "codeSigning" ? "" : "warning ";
  const flawed: [string, string[], () => Made][] = [
    ["nothing in it", [`0 CERTIFICATE_CHAIN_EMPTY ${OTHER}`], () => []],
    ["no root", [`1 CERTIFICATE_CHAIN_ROOT_NOT_SELF_SIGNED ${OTHER}`], async () => [await leaf(purpose), intermediate]],
    [
      "the leaf of a CA alone",
      [`0 CERTIFICATE_CHAIN_ROOT_NOT_SELF_SIGNED ${OTHER}`],
      async () => [await leaf(purpose)],
    ],
    [
      "two roots",
      [`1 CERTIFICATE_CHAIN_EXTRA_SELF_SIGNED ${OTHER}`],
      async () => [await leaf(purpose, {}, root), root, root],
    ],
    ["no intermediate", [`0 CERTIFICATE_CHAIN_NOT_ISSUED_BY_NEXT ${OTHER}`], async () => [await leaf(purpose), root]],
    [
      "an unrelated certificate",
      [`1 CERTIFICATE_CHAIN_NOT_ISSUED_BY_NEXT ${OTHER}`],
      async () => [await leaf(purpose), intermediate, await make.goodRoot()],
    ],
    [
      "a SHA-1 signature by its root",
      [0, 1].map((position) => `${position} CERTIFICATE_SIGNATURE_ALGORITHM_UNSUPPORTED ${OTHER}`),
      () => underRoot(purpose, { keySpec: "RSA-2048", hash: "SHA-1" }),
    ],
    [
      "an expired leaf",
      [`0 CERTIFICATE_NOT_VALID_AT_SIGNING_TIME ${OTHER}`],
      async () => [await leaf(purpose, { notAfter: new Date(NOW.getTime() - SECOND) }), intermediate, root],
    ],
    [
      "a CA that is not valid yet",
      [`1 CERTIFICATE_NOT_VALID_AT_SIGNING_TIME ${OTHER}`],
      () => under(purpose, { notBefore: new Date(NOW.getTime() + SECOND) }),
    ],
    [
      "a leaf with cA true",
      [`0 CERTIFICATE_BASIC_CONSTRAINTS ${LEAF}`],
      () => leafWith(purpose, basicConstraints(true), keyUsage(digitalSignature), usage(purpose)),
    ],
    ["a leaf without keyUsage", [`0 CERTIFICATE_KEY_USAGE ${LEAF}`], () => leafWith(purpose, usage(purpose))],
    [
      "a leaf with a keyUsage that is not critical",
      [`${critical}0 CERTIFICATE_KEY_USAGE ${LEAF}`],
      () => leafWith(purpose, keyUsage(digitalSignature, false), usage(purpose)),
    ],
    [
      "a leaf with nonRepudiation alone",
      [`0 CERTIFICATE_KEY_USAGE ${LEAF}`],
      () => leafWith(purpose, keyUsage(nonRepudiation), usage(purpose)),
    ],
    ...[keyEncipherment, dataEncipherment, keyAgreement, keyCertSign, cRLSign, encipherOnly, decipherOnly].map(
      (bit): [string, string[], () => Made] => [
        `a leaf with ${x509.KeyUsageFlags[bit]} besides digitalSignature`,
        [`0 CERTIFICATE_KEY_USAGE ${LEAF}`],
        () => leafWith(purpose, keyUsage(digitalSignature | bit), usage(purpose)),
      ],
    ),
    [
      "a leaf with a key of 1024 bits",
      [`0 CERTIFICATE_KEY_UNSUPPORTED ${LEAF}`],
      async () => [await leaf(purpose, { keySpec: "RSA-1024" }), intermediate, root],
    ],
    [
      "an issuer without basicConstraints",
      [`0 CERTIFICATE_CHAIN_NOT_ISSUED_BY_NEXT ${OTHER}`, `1 CERTIFICATE_BASIC_CONSTRAINTS ${CA}`],
      () => under(purpose, { extensions: [keyUsage(keyCertSign)] }),
    ],
    [
      "an issuer with cA false",
      [`0 CERTIFICATE_CHAIN_NOT_ISSUED_BY_NEXT ${OTHER}`, `1 CERTIFICATE_BASIC_CONSTRAINTS ${CA}`],
      () => under(purpose, { extensions: [basicConstraints(false), keyUsage(keyCertSign)] }),
    ],
    [
      "an issuer with basicConstraints that are not critical",
      [`warning 1 CERTIFICATE_BASIC_CONSTRAINTS ${CA}`],
      () =>
        under(purpose, {
          extensions: [new x509.BasicConstraintsExtension(true, undefined, false), keyUsage(keyCertSign)],
        }),
    ],
    [
      "a root that allows no CA below it",
      [`2 CERTIFICATE_PATH_LENGTH ${CA}`],
      async () => {
        const narrow = await make.goodRoot({ extensions: [basicConstraints(true, 0), keyUsage(keyCertSign)] });
        const below = await make.goodIntermediate(narrow);
        return [await leaf(purpose, {}, below), below, narrow];
      },
    ],
    [
      "a root without keyUsage",
      [`1 CERTIFICATE_KEY_USAGE ${CA}`],
      () => underRoot(purpose, { extensions: [basicConstraints(true)] }),
    ],
    [
      "a root with a keyUsage that is not critical",
      [`${critical}1 CERTIFICATE_KEY_USAGE ${CA}`],
      () => underRoot(purpose, { extensions: [basicConstraints(true), keyUsage(keyCertSign, false)] }),
    ],
    [
      "an issuer without keyCertSign",
      [`0 CERTIFICATE_CHAIN_NOT_ISSUED_BY_NEXT ${OTHER}`, `1 CERTIFICATE_KEY_USAGE ${CA}`],
      () => under(purpose, { extensions: [basicConstraints(true), keyUsage(digitalSignature)] }),
    ],
  ];

  it("finds nothing in a good one, and in a good one of one", async () => {
    const chain = [await leaf(purpose), intermediate, root];
    expect(found(chain, purpose)).toEqual([]);
    const extensions = [keyUsage(digitalSignature), usage(purpose)];
    const alone = await make.selfSignedLeaf({ extensions });
    expect(found([alone], purpose)).toEqual([]);
    check[purpose](parsed(chain), NOW);
    check[purpose](parsed([alone]), NOW);
  });

  it.each(flawed)("names the rule for %s", async (_, expected, chain) => {
    const made = await chain();
    expect(found(made, purpose)).toEqual(expected);
    const violations = lintChain(parsed(made), purpose, NOW);
    for (const { position, certificate } of violations)
      expect(certificate).toBe(made[position] ? parseCertificate(made[position].der).subject : "");
    const first = violations.find(({ enforced }) => enforced);
    if (first) await expectCode(() => check[purpose](parsed(made), NOW), CertificateError, first.code);
    else check[purpose](parsed(made), NOW);
  });

  it("takes a self-signed leaf with SHA-1 for a warning: notation trusts the certificate, not its signature", async () => {
    const extensions = [keyUsage(digitalSignature), usage(purpose)];
    const weak = await make.selfSignedLeaf({ extensions, keySpec: "RSA-2048", hash: "SHA-1" });
    expect(found([weak], purpose)).toEqual([`warning 0 CERTIFICATE_SIGNATURE_ALGORITHM_UNSUPPORTED ${OTHER}`]);
    check[purpose](parsed([weak]));
  });

  it("does not look at the time unless one is given", async () => {
    const extensions = [keyUsage(digitalSignature), usage(purpose)];
    const expired = await make.selfSignedLeaf({ extensions, notAfter: new Date(NOW.getTime() - SECOND) });
    expect(lintChain(parsed([expired]), purpose)).toEqual([]);
    check[purpose](parsed([expired]));
  });
});

describe("the extendedKeyUsage of a leaf", () => {
  const EKU: CertificateErrorCode = "CERTIFICATE_EXTENDED_KEY_USAGE";
  const { serverAuth, clientAuth, codeSigning, emailProtection, timeStamping, ocspSigning } = ExtendedKeyUsage;
  const any = "2.5.29.37.0";
  const windows = "1.3.6.1.4.1.311.10.3.13";

  it.each([
    ["codeSigning", [codeSigning], []],
    ["a private one", [codeSigning, windows], []],
    ["serverAuth", [codeSigning, serverAuth], [`0 ${EKU} ${LEAF}`]],
    ["clientAuth", [clientAuth], [`0 ${EKU} ${LEAF}`]],
    ["emailProtection", [emailProtection], [`0 ${EKU} ${LEAF}`]],
    ["timeStamping", [timeStamping], [`0 ${EKU} ${LEAF}`]],
    ["OCSPSigning", [ocspSigning], [`0 ${EKU} ${LEAF}`]],
    ["anyExtendedKeyUsage", [codeSigning, any], [`warning 0 ${EKU} ${LEAF}`]],
  ] as const)("may for code signing be %s, or not", async (_, usages, expected) => {
    const chain = await leafWith("codeSigning", keyUsage(digitalSignature), extendedKeyUsage(...usages));
    expect(found(chain, "codeSigning")).toEqual(expected);
  });

  it("may be missing for code signing", async () => {
    expect(found(await leafWith("codeSigning", keyUsage(digitalSignature)), "codeSigning")).toEqual([]);
  });

  it.each([
    ["is missing", []],
    ["is empty", [new x509.Extension("2.5.29.37", true, new Uint8Array([0x30, 0]))]],
    ["is that of a code signer", [new x509.ExtendedKeyUsageExtension([codeSigning], true)]],
    ["has codeSigning besides", [new x509.ExtendedKeyUsageExtension([timeStamping, codeSigning], true)]],
    ["has anyExtendedKeyUsage besides", [new x509.ExtendedKeyUsageExtension([timeStamping, any], true)]],
    ["has a private one besides", [new x509.ExtendedKeyUsageExtension([timeStamping, windows], true)]],
    ["has timeStamping twice", [new x509.ExtendedKeyUsageExtension([timeStamping, timeStamping], true)]],
    ["is not critical", [new x509.ExtendedKeyUsageExtension([timeStamping], false)]],
  ])("of a time stamping authority is refused when it %s", async (_, extensions) => {
    const chain = await leafWith("timestamping", keyUsage(digitalSignature), ...extensions);
    expect(found(chain, "timestamping")).toEqual([`0 ${EKU} ${LEAF}`]);
    await expectCode(() => requireTimestampingChain(parsed(chain)), CertificateError, EKU);
  });
});

describe("a certificate of Let's Encrypt", () => {
  const name = (text: string) => `C=US, O=Let's Encrypt, CN=${text}`;
  const policies = new x509.CertificatePolicyExtension(["2.23.140.1.2.1"]);
  let chain: make.TestCertificate[];
  beforeAll(async () => {
    const { serverAuth, clientAuth } = ExtendedKeyUsage;
    const isrg = await make.goodRoot({
      subject: "C=US, O=Internet Security Research Group, CN=ISRG Root X2",
      keySpec: "EC-384",
      extensions: [basicConstraints(true), keyUsage(keyCertSign | cRLSign)],
    });
    const e7 = await make.goodIntermediate(isrg, {
      subject: name("E7"),
      keySpec: "EC-384",
      extensions: [
        keyUsage(digitalSignature | keyCertSign | cRLSign),
        extendedKeyUsage(clientAuth, serverAuth),
        basicConstraints(true, 0),
        make.crlDistributionPoint("http://x2.c.lencr.org/"),
        policies,
      ],
    });
    const site = await make.goodLeaf(e7, {
      subject: "CN=registry.example.com",
      extensions: [
        keyUsage(digitalSignature),
        extendedKeyUsage(serverAuth),
        basicConstraints(false),
        new x509.SubjectAlternativeNameExtension([{ type: "dns", value: "registry.example.com" }]),
        policies,
        make.crlDistributionPoint("http://e7.c.lencr.org/42.crl"),
      ],
    });
    chain = [site, e7, isrg];
  });

  it("can never sign, and the reason is its extendedKeyUsage", async () => {
    await expectCode(() => requireSigningChain(parsed(chain), NOW), CertificateError, "CERTIFICATE_EXTENDED_KEY_USAGE");
    const violations = lintChain(parsed(chain), "codeSigning", NOW);
    expect(violations).toHaveLength(1);
    expect(violations[0]?.message).toMatch(/serverAuth.*TLS.*never sign.*codeSigning/);
  });

  it("as certbot writes it, without the root, breaks two rules", async () => {
    expect(found(chain.slice(0, 2), "codeSigning")).toEqual([
      `0 CERTIFICATE_EXTENDED_KEY_USAGE ${LEAF}`,
      `1 CERTIFICATE_CHAIN_ROOT_NOT_SELF_SIGNED ${OTHER}`,
    ]);
    expect(found(chain.slice(0, 1), "codeSigning")).toEqual([
      `0 CERTIFICATE_CHAIN_ROOT_NOT_SELF_SIGNED ${OTHER}`,
      `0 CERTIFICATE_EXTENDED_KEY_USAGE ${LEAF}`,
    ]);
  });
});

describe("the lint", () => {
  it("gives all that is wrong with a certificate, in order, each with a way out", async () => {
    const bad = await make.makeCertificate({
      keySpec: "RSA-1024",
      notAfter: new Date(NOW.getTime() - SECOND),
      extensions: [
        basicConstraints(true),
        keyUsage(keyCertSign | keyEncipherment, false),
        extendedKeyUsage(ExtendedKeyUsage.serverAuth, "2.5.29.37.0"),
      ],
    });
    const violations = lintChain(parsed([bad]), "codeSigning", NOW);
    expect(violations.map(({ code }) => code)).toEqual([
      "CERTIFICATE_NOT_VALID_AT_SIGNING_TIME",
      "CERTIFICATE_BASIC_CONSTRAINTS",
      "CERTIFICATE_KEY_USAGE",
      "CERTIFICATE_KEY_USAGE",
      "CERTIFICATE_KEY_USAGE",
      "CERTIFICATE_EXTENDED_KEY_USAGE",
      "CERTIFICATE_EXTENDED_KEY_USAGE",
      "CERTIFICATE_KEY_UNSUPPORTED",
    ]);
    for (const { message } of violations) expect(message).toMatch(/^the certificate ".*" .*: .{10}/);
  });

  it("agrees with the check about any pile of certificates", async () => {
    const pile = [
      root,
      intermediate,
      await leaf("codeSigning"),
      await leaf("timestamping"),
      await make.selfSignedLeaf(),
    ];
    const chains = fc.array(fc.constantFrom(...pile), { maxLength: 5 });
    const purposes = fc.constantFrom<ChainPurpose>("codeSigning", "timestamping");
    fc.assert(
      fc.property(chains, purposes, fc.option(fc.date({ noInvalidDate: true })), (chain, purpose, time) => {
        const first = lintChain(parsed(chain), purpose, time ?? undefined).find(({ enforced }) => enforced);
        let code: string | undefined;
        try {
          check[purpose](parsed(chain), time ?? undefined);
        } catch (error) {
          code = (error as CertificateError).code;
        }
        expect(code).toBe(first?.code);
      }),
      { numRuns: 1000 },
    );
  });
});
