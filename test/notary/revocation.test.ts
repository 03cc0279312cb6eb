import { beforeAll, describe, expect, it } from "vitest";
import { type Certificate, parseCertificate } from "../../components/notary/certificates/certificate";
import { KeyUsageFlags } from "../../components/notary/certificates/usage";
import type { EnvelopeContent } from "../../components/notary/envelope/content";
import { type ChainRevocation, revocationOfChain } from "../../components/notary/revocation/chainRevocation";
import { RevocationError, type RevocationErrorCode } from "../../components/notary/revocation/error";
import { parseOcspResponse } from "../../components/notary/revocation/ocspResponse";
import type { RevocationSource } from "../../components/notary/revocation/revocationSource";
import { checkRevocation } from "../../components/notary/verification/revocation";
import * as make from "../support/certificates";
import { type CrlOptions, distributionPoints, EXTENSION, makeCrl, subjectOf } from "../support/crl";
import {
  boolean,
  der,
  enumerated,
  extension,
  generalizedTime,
  integer,
  membersOf,
  octets,
  oid,
  sequence,
  text,
} from "../support/der";
import { makeOcspResponse, type OcspOptions, singleResponse, successful } from "../support/ocsp";
import { expectCode } from "./expectCode";

const { NOW } = make;
const HOUR = 3_600_000;
const at = (hours: number) => new Date(NOW.getTime() + hours * HOUR);
const OCSP = "http://ocsp.test/";
const CRL = "http://crl.test/ca.crl";
const DELTA = "http://crl.test/delta.crl";

let root: make.TestCertificate;
let other: make.TestCertificate;
/** Leaves that name OCSP, a CRL, both, two of each. */
let byOcsp: make.TestCertificate;
let byCrl: make.TestCertificate;
let byBoth: make.TestCertificate;

const CA = [
  make.basicConstraints(true),
  make.keyUsage(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign | KeyUsageFlags.digitalSignature),
];
const leafOf = (...extensions: NonNullable<make.CertificateOptions["extensions"]>) =>
  make.goodLeaf(root, { extensions: [make.keyUsage(make.digitalSignature), ...extensions] });

beforeAll(async () => {
  root = await make.goodRoot({ extensions: CA });
  other = await make.goodRoot({ extensions: CA, subject: "C=US, ST=WA, O=elsewhere, CN=root" });
  byOcsp = await leafOf(make.ocspResponder(OCSP));
  byCrl = await leafOf(make.crlDistributionPoint(CRL));
  byBoth = await leafOf(make.ocspResponder(OCSP), make.crlDistributionPoint(CRL));
});

/** Answers what it is told, by address; everything else is unreachable. */
function answering(answers: Record<string, Buffer>): RevocationSource & { asked: string[] } {
  const asked: string[] = [];
  const answer = async (url: string) => {
    asked.push(url);
    const found = answers[url];
    if (!found) throw new Error("unreachable");
    return found;
  };
  return { asked, askOcsp: answer, fetchCrl: answer };
}

const chainOf = (...certificates: make.TestCertificate[]): Certificate[] =>
  certificates.map(({ der }) => parseCertificate(der));

async function judge(
  leaf: make.TestCertificate,
  answers: Record<string, Buffer>,
  more: { now?: Date; signingTime?: Date } = {},
): Promise<ChainRevocation> {
  return revocationOfChain({ chain: chainOf(leaf, root), source: answering(answers), now: NOW, ...more });
}

function expectUnknown(found: ChainRevocation, code: RevocationErrorCode): void {
  expect([found.status, found.code]).toEqual(["unknown", code]);
}

const ocsp = (options: Partial<OcspOptions> = {}): Record<string, Buffer> => ({
  [OCSP]: makeOcspResponse({
    certificate: byOcsp,
    issuer: root,
    status: "good",
    thisUpdate: at(-1),
    nextUpdate: at(1),
    ...options,
  }),
});
const crl = (options: Partial<CrlOptions> = {}) =>
  makeCrl({ issuer: root, thisUpdate: at(-1), nextUpdate: at(1), ...options });

describe("a chain", () => {
  it("is good when no certificate below the root says where its status is", async () => {
    const source = answering({});
    const chain = chainOf(await make.goodLeaf(root), root);
    expect(await revocationOfChain({ chain, source, now: NOW })).toEqual({ status: "ok" });
    expect(source.asked).toEqual([]);
  });

  it("is not judged when it is none, or of the wrong kind", async () => {
    const source = answering(ocsp());
    for (const chain of [[], chainOf(byOcsp), chainOf(byOcsp, other), chainOf(root, byOcsp)]) {
      expectUnknown(await revocationOfChain({ chain, source, now: NOW }), "REVOCATION_CHAIN_INVALID");
    }
    const chain = chainOf(byOcsp, root);
    expectUnknown(
      await revocationOfChain({ chain, source, now: NOW, purpose: "timestamping" }),
      "REVOCATION_CHAIN_INVALID",
    );
    expect(source.asked).toEqual([]);
    expect((await revocationOfChain({ chain, source, now: NOW })).status).toBe("ok");
  });

  it("is as bad as its worst certificate, the root apart", async () => {
    const top = await make.goodRoot({ extensions: [...CA, make.ocspResponder("http://root.test/")] });
    const middle = await make.goodIntermediate(top, {
      extensions: [...CA, make.crlDistributionPoint("http://crl.test/top.crl")],
    });
    const leaf = await make.goodLeaf(middle, {
      extensions: [make.keyUsage(make.digitalSignature), make.ocspResponder(OCSP)],
    });
    const chain = chainOf(leaf, middle, top);
    const good = { certificate: leaf, issuer: middle, thisUpdate: at(-1), nextUpdate: at(1) };
    const lists = (entries: CrlOptions["entries"] = []) => ({
      "http://crl.test/top.crl": crl({ issuer: top, entries }),
    });
    const judged = (answers: Record<string, Buffer>) =>
      revocationOfChain({ chain, source: answering(answers), now: NOW });
    const answer = (status: OcspOptions["status"]) => ({ [OCSP]: makeOcspResponse({ ...good, status }) });
    expect(await judged({ ...answer("good"), ...lists() })).toEqual({ status: "ok" });
    const byMiddle = await judged({ ...answer("unknown"), ...lists([{ certificate: middle }]) });
    expect([byMiddle.status, byMiddle.subject]).toEqual(["revoked", chain[1]?.subject]);
    const byLeaf = await judged({ ...answer("revoked"), ...lists([{ certificate: middle }]) });
    expect([byLeaf.status, byLeaf.subject]).toEqual(["revoked", chain[0]?.subject]);
    const unknown = await judged({ ...answer("good") });
    expect([unknown.status, unknown.subject]).toEqual(["unknown", chain[1]?.subject]);
  });
});

describe("OCSP", () => {
  it("says good, revoked, unknown", async () => {
    expect(await judge(byOcsp, ocsp())).toEqual({ status: "ok" });
    expect((await judge(byOcsp, ocsp({ status: "revoked" }))).status).toBe("revoked");
    expectUnknown(await judge(byOcsp, ocsp({ status: "unknown" })), "OCSP_STATUS_UNKNOWN");
    expectUnknown(await judge(byOcsp, {}), "REVOCATION_SOURCE_FAILED");
  });

  it("is believed up to nextUpdate, and not without one", async () => {
    expect((await judge(byOcsp, ocsp({ nextUpdate: NOW }))).status).toBe("ok");
    expectUnknown(await judge(byOcsp, ocsp({ nextUpdate: NOW }), { now: new Date(+NOW + 1) }), "OCSP_EXPIRED");
    expectUnknown(await judge(byOcsp, ocsp({ nextUpdate: undefined })), "OCSP_EXPIRED");
    expectUnknown(await judge(byOcsp, ocsp({ status: "revoked", nextUpdate: at(-0.5) })), "OCSP_EXPIRED");
    // As the reference implementation, which does not look at thisUpdate.
    expect((await judge(byOcsp, ocsp({ thisUpdate: at(1), nextUpdate: at(2) }))).status).toBe("ok");
  });

  it("is not believed when another key signed it, or its bytes changed", async () => {
    expectUnknown(await judge(byOcsp, ocsp({ signer: other })), "OCSP_SIGNATURE_INVALID");
    const changed = ocsp({ status: "revoked" })[OCSP] ?? Buffer.alloc(0);
    const time = changed.indexOf(Buffer.from("20260601"));
    changed[time + 7] = 0x32;
    expectUnknown(await judge(byOcsp, { [OCSP]: changed }), "OCSP_SIGNATURE_INVALID");
  });

  it("must be whole: a responder ID, parameters of an algorithm, explicit tags and their ends are read, used or not", async () => {
    const made = makeOcspResponse({ certificate: byOcsp, issuer: root, status: "good", thisUpdate: at(-1) });
    const [, answer] = membersOf(made);
    const [, wrapped] = membersOf(membersOf(answer ?? made)[0] ?? made);
    const basic = membersOf(membersOf(wrapped ?? made)[0] ?? made);
    const [data = made, algorithm = made, signature = made] = basic;
    const [responder = made, producedAt = made, responses = made] = membersOf(data);
    const [id = made, status = made, thisUpdate = made] = membersOf(membersOf(responses)[0] ?? made);
    const parse = (responseData: Buffer[], parameters: Buffer[] = [], more: Buffer[] = []) =>
      parseOcspResponse(
        successful(
          sequence(sequence(...responseData), sequence(...membersOf(algorithm), ...parameters), signature, ...more),
        ),
      );
    const single = (...members: Buffer[]) => [responder, producedAt, sequence(sequence(...members))];
    const extensions = der(0xa1, sequence(extension("1.3.6.1.5.5.7.48.1.2", octets(Buffer.alloc(8)))));
    expect(parse([responder, producedAt, responses, extensions]).responses).toHaveLength(1);
    const damaged: (() => unknown)[] = [
      () => parse([der(0xa1, sequence(text(0x0c, "no name"))), producedAt, responses]),
      () => parse([der(0xa1, ...membersOf(responder), der(0x05)), producedAt, responses]),
      () => parse([der(0xa2, integer(1)), producedAt, responses]),
      () => parse([der(0xa2, octets(Buffer.alloc(20)), der(0x05)), producedAt, responses]),
      () => parse([der(0xa0, integer(0), der(0x05)), responder, producedAt, responses]),
      () => parse([responder, producedAt, responses, der(0x05)]),
      () => parse([responder, producedAt, responses], [Buffer.of(0x05)]),
      () => parse([responder, producedAt, responses], [der(0x05), der(0x05)]),
      () => parse([responder, producedAt, responses], [], [der(0xa0, sequence(root.der), der(0x05))]),
      () => parse(single(id, status, thisUpdate, der(0xa0, generalizedTime(at(1)), Buffer.of(0)))),
      () => parse(single(id, status, thisUpdate, der(0x30))),
      () => parse(single(sequence(...membersOf(id), der(0x05)), status, thisUpdate)),
    ];
    for (const act of damaged) await expectCode(act, RevocationError, "REVOCATION_DATA_MALFORMED");
  });

  it("must be about this certificate of this issuer, among others", async () => {
    expectUnknown(await judge(byOcsp, ocsp({ certificate: byCrl })), "OCSP_OTHER_CERTIFICATE");
    expectUnknown(await judge(byOcsp, ocsp({ issuer: other, signer: root })), "OCSP_OTHER_CERTIFICATE");
    const before = [
      singleResponse({ certificate: byCrl, issuer: root, status: "revoked", thisUpdate: at(-1), nextUpdate: at(1) }),
    ];
    expect((await judge(byOcsp, ocsp({ before }))).status).toBe("ok");
  });

  it("takes a responder that the issuer delegated it to, and no other", async () => {
    const usage = make.extendedKeyUsage(make.ExtendedKeyUsage.ocspSigning);
    const extensions = [make.keyUsage(make.digitalSignature), usage];
    const answer = (signer: make.TestCertificate, ...certificates: Buffer[]) =>
      judge(byOcsp, ocsp({ signer, certificates }));
    const responder = await make.makeCertificate({ subject: "CN=responder", issuer: root, extensions });
    expect(await answer(responder, responder.der)).toEqual({ status: "ok" });
    expect(
      (await judge(byOcsp, ocsp({ signer: responder, certificates: [responder.der], status: "revoked" }))).status,
    ).toBe("revoked");
    expectUnknown(await answer(responder), "OCSP_SIGNATURE_INVALID");
    expectUnknown(await answer(responder, root.der, responder.der), "OCSP_SIGNATURE_INVALID");
    expect(await answer(root, root.der)).toEqual({ status: "ok" });
    // A revoked signer must not answer for itself.
    expectUnknown(await answer(byOcsp, byOcsp.der), "OCSP_RESPONDER_UNAUTHORIZED");
    const foreign = await make.makeCertificate({ subject: "CN=responder", issuer: other, extensions });
    expectUnknown(await answer(foreign, foreign.der), "OCSP_RESPONDER_UNAUTHORIZED");
    const old = await make.makeCertificate({ issuer: root, extensions, notBefore: at(-9), notAfter: at(-2) });
    expectUnknown(await answer(old, old.der), "OCSP_RESPONDER_UNAUTHORIZED");
    expectUnknown(await answer(root, sequence()), "OCSP_RESPONDER_UNAUTHORIZED");
  });

  it("asks the CRL about a delegated responder, unless its certificate forbids it", async () => {
    const usual = [
      make.keyUsage(make.digitalSignature),
      make.extendedKeyUsage(make.ExtendedKeyUsage.ocspSigning),
      make.crlDistributionPoint(CRL),
    ];
    const responder = await make.makeCertificate({ subject: "CN=responder", issuer: root, extensions: usual });
    const answer = ocsp({ signer: responder, certificates: [responder.der] });
    expect((await judge(byOcsp, { ...answer, [CRL]: crl() })).status).toBe("ok");
    const listed = { ...answer, [CRL]: crl({ entries: [{ certificate: responder }] }) };
    expectUnknown(await judge(byOcsp, listed), "OCSP_RESPONDER_REVOCATION");
    expectUnknown(await judge(byOcsp, answer), "OCSP_RESPONDER_REVOCATION");
    const { Extension } = await import("@peculiar/x509");
    const unasked = await make.makeCertificate({
      subject: "CN=responder",
      issuer: root,
      extensions: [...usual, new Extension("1.3.6.1.5.5.7.48.1.5", false, Buffer.from("0500", "hex"))],
    });
    expect((await judge(byOcsp, ocsp({ signer: unasked, certificates: [unasked.der] }))).status).toBe("ok");
  });

  it("counts a revocation only for signatures made after the key became invalid", async () => {
    const revoked = ocsp({ status: "revoked", extensions: [EXTENSION.invalidityDate(at(-5))] });
    expect((await judge(byOcsp, revoked)).status).toBe("revoked");
    expect((await judge(byOcsp, revoked, { signingTime: at(-6) })).status).toBe("ok");
    expect((await judge(byOcsp, revoked, { signingTime: at(-5) })).status).toBe("revoked");
    const unreadable = ocsp({ status: "revoked", extensions: [extension("2.5.29.24", text(0x18, "2026"))] });
    expect((await judge(byOcsp, unreadable, { signingTime: at(-6) })).status).toBe("revoked");
    const critical = ocsp({ extensions: [extension("1.2.3.4", Buffer.of(5, 0), true)] });
    expectUnknown(await judge(byOcsp, critical), "OCSP_CRITICAL_EXTENSION");
  });

  it("tells why a responder does not answer", async () => {
    for (const status of [1, 2, 3, 5, 6, 77]) {
      expectUnknown(await judge(byOcsp, { [OCSP]: sequence(enumerated(status)) }), "OCSP_UNSUCCESSFUL");
    }
    const good = ocsp()[OCSP] ?? Buffer.alloc(0);
    for (const bytes of [
      Buffer.alloc(0),
      Buffer.from("<html>"),
      good.subarray(0, -1),
      Buffer.concat([good, Buffer.of(0)]),
    ]) {
      expectUnknown(await judge(byOcsp, { [OCSP]: bytes }), "REVOCATION_DATA_MALFORMED");
    }
  });

  it("goes to the next responder until one answers validly, and to http alone", async () => {
    const { AuthorityInfoAccessExtension } = await import("@peculiar/x509");
    const leaf = await leafOf(
      new AuthorityInfoAccessExtension({ ocsp: ["https://a.test/", "http://b.test/", "http://c.test/", OCSP] }),
    );
    const answer = (status: OcspOptions["status"]) => ocsp({ certificate: leaf, status })[OCSP] ?? Buffer.alloc(0);
    const source = answering({
      "https://a.test/": answer("good"),
      "http://c.test/": answer("unknown"),
      [OCSP]: answer("good"),
    });
    const found = await revocationOfChain({ chain: chainOf(leaf, root), source, now: NOW });
    expectUnknown(found, "OCSP_STATUS_UNKNOWN");
    expect(source.asked).toEqual(["http://b.test/", "http://c.test/"]);
    expect((await judge(leaf, { [OCSP]: answer("good") })).status).toBe("ok");
    expectUnknown(await judge(leaf, { "https://a.test/": answer("good") }), "REVOCATION_SOURCE_FAILED");
  });

  it("asks ten responders and no more", async () => {
    const { AuthorityInfoAccessExtension } = await import("@peculiar/x509");
    const urls = Array.from({ length: 12 }, (_, index) => `http://${index}.test/`);
    const source = answering({});
    const chain = chainOf(await leafOf(new AuthorityInfoAccessExtension({ ocsp: urls })), root);
    expectUnknown(await revocationOfChain({ chain, source, now: NOW }), "REVOCATION_SOURCE_FAILED");
    expect(source.asked).toEqual(urls.slice(0, 10));
  });
});

describe("OCSP and CRL together", () => {
  it.each(["", "status", "ldap://first.test/"])("asks the CRL where the OCSP address is %j", async (address) => {
    const leaf = await leafOf(make.ocspResponder(address), make.crlDistributionPoint(CRL));
    const source = answering({ [CRL]: crl() });
    const chain = chainOf(leaf, root);
    expect((await revocationOfChain({ chain, source, now: NOW })).status).toBe("ok");
    expect(source.asked).toEqual([CRL]);
  });

  it.each(["\0", "/\x7f", "/%zz", "/%4"])("asks nobody for an OCSP address that is no URL: …%j", async (ending) => {
    const address = `http://first.test${ending}`;
    const leaf = await leafOf(make.ocspResponder(address), make.crlDistributionPoint(CRL));
    const source = answering({ [CRL]: crl() });
    const found = await revocationOfChain({ chain: chainOf(leaf, root), source, now: NOW });
    expectUnknown(found, "OCSP_ADDRESS_MALFORMED");
    expect(source.asked).toEqual([]);
  });

  it("falls back to the CRL when OCSP leaves the status unknown, and only then", async () => {
    const answer = (status: OcspOptions["status"]) => ocsp({ certificate: byBoth, status });
    const listed = { [CRL]: crl({ entries: [{ certificate: byBoth }] }) };
    expect((await judge(byBoth, { ...answer("good"), ...listed })).status).toBe("ok");
    expect((await judge(byBoth, { ...answer("revoked"), [CRL]: crl() })).status).toBe("revoked");
    expect((await judge(byBoth, { ...answer("unknown"), [CRL]: crl() })).status).toBe("ok");
    expect((await judge(byBoth, listed)).status).toBe("revoked");
    expectUnknown(await judge(byBoth, answer("unknown")), "REVOCATION_SOURCE_FAILED");
  });
});

describe("a CRL", () => {
  const listed = (...extensions: Buffer[]) => ({ [CRL]: crl({ entries: [{ certificate: byCrl, extensions }] }) });

  it("lists a certificate or not", async () => {
    expect(await judge(byCrl, { [CRL]: crl() })).toEqual({ status: "ok" });
    expect((await judge(byCrl, { [CRL]: crl({ entries: [{ certificate: byOcsp }] }) })).status).toBe("ok");
    expect((await judge(byCrl, listed())).status).toBe("revoked");
    for (const code of [0, 1, 2, 3, 4, 5, 9, 10, 77]) {
      expect((await judge(byCrl, listed(EXTENSION.reason(code)))).status).toBe("revoked");
    }
    expect((await judge(byCrl, listed(EXTENSION.reason(6)))).status).toBe("revoked");
    expect((await judge(byCrl, listed(EXTENSION.reason(8)))).status).toBe("ok");
  });

  it("counts a revocation only for signatures made after the key became invalid", async () => {
    const since = listed(EXTENSION.invalidityDate(at(-5)));
    expect((await judge(byCrl, since)).status).toBe("revoked");
    expect((await judge(byCrl, since, { signingTime: at(-6) })).status).toBe("ok");
    expect((await judge(byCrl, since, { signingTime: at(-5) })).status).toBe("revoked");
    const unreadable = listed(extension("2.5.29.24", text(0x18, "20260230000000Z")));
    expectUnknown(await judge(byCrl, unreadable, { signingTime: at(-6) }), "REVOCATION_DATA_MALFORMED");
  });

  it("takes the latest of holds and releases, and a real revocation above all", async () => {
    const entry = (hours: number, ...extensions: Buffer[]) => ({ certificate: byCrl, date: at(hours), extensions });
    const judged = async (...entries: CrlOptions["entries"] & object) =>
      (await judge(byCrl, { [CRL]: crl({ entries }) })).status;
    const [hold, release] = [EXTENSION.reason(6), EXTENSION.reason(8)];
    expect(await judged(entry(-3, hold), entry(-2, release))).toBe("ok");
    expect(await judged(entry(-2, hold), entry(-3, release))).toBe("revoked");
    expect(await judged(entry(-2, hold), entry(-2, release))).toBe("revoked");
    expect(await judged(entry(-3, hold), entry(-2, release), entry(-9))).toBe("revoked");
  });

  it("is believed up to nextUpdate, and not without one", async () => {
    expect((await judge(byCrl, { [CRL]: crl({ nextUpdate: NOW }) })).status).toBe("ok");
    expectUnknown(await judge(byCrl, { [CRL]: crl({ nextUpdate: NOW }) }, { now: at(0.1) }), "CRL_EXPIRED");
    expectUnknown(await judge(byCrl, { [CRL]: crl({ nextUpdate: undefined }) }), "CRL_EXPIRED");
  });

  it("must be signed by the issuer, which must be allowed to", async () => {
    expectUnknown(await judge(byCrl, { [CRL]: crl({ issuer: other }) }), "CRL_SIGNATURE_INVALID");
    expectUnknown(
      await judge(byCrl, { [CRL]: crl({ issuer: other, issuerName: subjectOf(root) }) }),
      "CRL_SIGNATURE_INVALID",
    );
    expectUnknown(await judge(byCrl, { [CRL]: crl({ issuerName: subjectOf(other) }) }), "CRL_SIGNATURE_INVALID");
    const mute = await make.goodRoot();
    const leaf = await make.goodLeaf(mute, {
      extensions: [make.keyUsage(make.digitalSignature), make.crlDistributionPoint(CRL)],
    });
    const source = answering({ [CRL]: crl({ issuer: mute }) });
    expectUnknown(await revocationOfChain({ chain: chainOf(leaf, mute), source, now: NOW }), "CRL_ISSUER_UNAUTHORIZED");
  });

  it("may have no critical extension that is not understood", async () => {
    const strange = extension("1.2.3.4", Buffer.of(5, 0), true);
    expectUnknown(await judge(byCrl, { [CRL]: crl({ extensions: [strange] }) }), "CRL_CRITICAL_EXTENSION");
    expectUnknown(await judge(byCrl, listed(strange)), "CRL_CRITICAL_EXTENSION");
    const elsewhere = crl({ entries: [{ certificate: byOcsp, extensions: [strange] }] });
    expect((await judge(byCrl, { [CRL]: elsewhere })).status).toBe("ok");
  });

  it("must be whole and of version 2; what follows it is ignored, as in the reference implementation", async () => {
    const good = crl({ entries: [{ certificate: byOcsp }] });
    for (const bytes of [Buffer.alloc(0), text(0x30, "no"), good.subarray(0, -1), crl({ version: 0 })]) {
      expectUnknown(await judge(byCrl, { [CRL]: bytes }), "REVOCATION_DATA_MALFORMED");
    }
    expect((await judge(byCrl, { [CRL]: Buffer.concat([good, Buffer.from("\n")]) })).status).toBe("ok");
    const entries = [{ certificate: byOcsp, extensions: [extension("2.5.29.21", Buffer.of(1))] }];
    expectUnknown(await judge(byCrl, { [CRL]: crl({ entries }) }), "REVOCATION_DATA_MALFORMED");
  });

  it("must be about the certificate's kind and distribution point", async () => {
    const judged = (urls: string[], ...flags: number[]) =>
      judge(byCrl, { [CRL]: crl({ extensions: [EXTENSION.issuingDistributionPoint(urls, ...flags)] }) });
    expect((await judged([])).status).toBe("ok");
    expect((await judged([CRL], 1)).status).toBe("ok");
    expect((await judged(["ldap://x/", CRL])).status).toBe("ok");
    expectUnknown(await judged(["http://crl.test/other.crl"]), "CRL_OTHER_SCOPE");
    expectUnknown(await judged([CRL], 2), "CRL_OTHER_SCOPE");
    expectUnknown(await judged([], 4), "CRL_OTHER_SCOPE");
    expectUnknown(await judged([], 5), "CRL_OTHER_SCOPE");
    const value = sequence(boolean(0x82), integer(3));
    expectUnknown(
      await judge(byCrl, { [CRL]: crl({ extensions: [extension("2.5.29.28", value, true)] }) }),
      "CRL_OTHER_SCOPE",
    );
  });

  it("is read at every address, over http alone, and at ten at most", async () => {
    const { CRLDistributionPointsExtension } = await import("@peculiar/x509");
    const leaf = await leafOf(new CRLDistributionPointsExtension([CRL, "http://crl.test/2.crl"]));
    const second = (bytes: Buffer) => judge(leaf, { [CRL]: crl(), "http://crl.test/2.crl": bytes });
    expect((await second(crl())).status).toBe("ok");
    expect((await second(crl({ entries: [{ certificate: leaf }] }))).status).toBe("revoked");
    expectUnknown(await judge(leaf, { [CRL]: crl() }), "REVOCATION_SOURCE_FAILED");
    expectUnknown(await judge(leaf, { "http://crl.test/2.crl": crl() }), "REVOCATION_SOURCE_FAILED");
    const secure = await leafOf(make.crlDistributionPoint("https://crl.test/"));
    expectUnknown(await judge(secure, { "https://crl.test/": crl() }), "REVOCATION_ADDRESS_UNSUPPORTED");
    const many = await leafOf(
      new CRLDistributionPointsExtension(Array.from({ length: 11 }, (_, index) => `http://${index}.test/`)),
    );
    expectUnknown(await judge(many, {}), "REVOCATION_ADDRESSES_TOO_MANY");
  });
});

describe("a delta CRL", () => {
  const base = (entries: CrlOptions["entries"] = [], ...more: Buffer[]) =>
    crl({ entries, extensions: [EXTENSION.number(5), EXTENSION.freshest(DELTA), ...more] });
  const delta = (options: Partial<CrlOptions> = {}) =>
    crl({ extensions: [EXTENSION.number(6), EXTENSION.deltaIndicator(5)], ...options });
  const judged = (baseCrl: Buffer, deltaCrl: Buffer) => judge(byCrl, { [CRL]: baseCrl, [DELTA]: deltaCrl });
  const entry = (hours: number, ...extensions: Buffer[]) => ({ certificate: byCrl, date: at(hours), extensions });

  it("is judged with the base CRL of its day: one that the source had kept is asked for once more", async () => {
    const old = base();
    const young = crl({ extensions: [EXTENSION.number(10), EXTENSION.freshest(DELTA)] });
    const newer = crl({ extensions: [EXTENSION.number(11), EXTENSION.deltaIndicator(10)] });
    const forged = crl({ issuer: other, extensions: [EXTENSION.number(99)] });
    for (const kept of [old, forged]) {
      const fetched: [string, boolean][] = [];
      const source: RevocationSource = {
        ...answering({}),
        fetchCrl: async (url, fresh = false) => {
          fetched.push([url, fresh]);
          return url === DELTA ? newer : fresh ? young : kept;
        },
      };
      expect(await revocationOfChain({ chain: chainOf(byCrl, root), source, now: NOW })).toEqual({ status: "ok" });
      expect(fetched.at(-2)).toEqual([CRL, true]);
    }
  });

  it("adds to its base and takes from it", async () => {
    expect((await judged(base(), delta())).status).toBe("ok");
    expect((await judged(base(), delta({ entries: [entry(-1)] }))).status).toBe("revoked");
    const held = base([entry(-3, EXTENSION.reason(6))]);
    expect((await judged(held, delta())).status).toBe("revoked");
    expect((await judged(held, delta({ entries: [entry(-2, EXTENSION.reason(8))] }))).status).toBe("ok");
    expect((await judged(base([entry(-3)]), delta({ entries: [entry(-2, EXTENSION.reason(8))] }))).status).toBe(
      "revoked",
    );
  });

  it("must be there and fit", async () => {
    expectUnknown(await judge(byCrl, { [CRL]: base() }), "REVOCATION_SOURCE_FAILED");
    for (const extensions of [
      [EXTENSION.number(5), EXTENSION.deltaIndicator(5)],
      [EXTENSION.number(7), EXTENSION.deltaIndicator(6)],
      [EXTENSION.number(6)],
      [EXTENSION.deltaIndicator(5)],
      [EXTENSION.number(6), EXTENSION.deltaIndicator(5), EXTENSION.issuingDistributionPoint([DELTA])],
    ]) {
      expectUnknown(await judged(base(), delta({ extensions })), "CRL_DELTA_INVALID");
    }
    expectUnknown(await judged(base(), delta({ issuer: other })), "CRL_SIGNATURE_INVALID");
    expectUnknown(await judged(base(), delta({ nextUpdate: at(-0.5) })), "CRL_EXPIRED");
    expectUnknown(await judged(base(), Buffer.from("no")), "REVOCATION_DATA_MALFORMED");
  });

  it("cannot stand for the base CRL", async () => {
    expectUnknown(await judge(byCrl, { [CRL]: delta() }), "CRL_DELTA_INVALID");
  });

  it("is not fetched from where an unsigned CRL says", async () => {
    const forged = crl({ issuer: other, extensions: [EXTENSION.number(5), EXTENSION.freshest("http://169.254.1.1/")] });
    const source = answering({ [CRL]: forged });
    await revocationOfChain({ chain: chainOf(byCrl, root), source, now: NOW });
    expect(source.asked).toEqual([CRL, CRL]);
  });

  it("may be at several addresses, of which one suffices", async () => {
    const extensions = [EXTENSION.number(5), EXTENSION.freshest("https://x.test/", "http://gone.test/", DELTA)];
    const answers = { [CRL]: crl({ extensions }), [DELTA]: delta({ entries: [entry(-1)] }) };
    expect((await judge(byCrl, answers)).status).toBe("revoked");
    const nowhere = [EXTENSION.number(5), extension("2.5.29.46", distributionPoints())];
    expect((await judge(byCrl, { [CRL]: crl({ extensions: nowhere }) })).status).toBe("ok");
    const relative = sequence(sequence(der(0xa0, der(0xa1, sequence(oid("2.5.4.3"), text(0x0c, "x"))))));
    expectUnknown(
      await judge(byCrl, { [CRL]: crl({ extensions: [extension("2.5.29.46", relative)] }) }),
      "REVOCATION_DATA_MALFORMED",
    );
  });

  it("is not supported when only the certificate names it", async () => {
    const { Extension } = await import("@peculiar/x509");
    const leaf = await leafOf(
      make.crlDistributionPoint(CRL),
      new Extension("2.5.29.46", false, distributionPoints(DELTA)),
    );
    expectUnknown(await judge(leaf, { [CRL]: crl(), [DELTA]: delta() }), "CRL_DELTA_UNSUPPORTED");
    expect((await judge(leaf, { [CRL]: base(), [DELTA]: delta() })).status).toBe("ok");
  });
});

describe("the step of a verification", () => {
  const revoked = () => crl({ entries: [{ certificate: byCrl, extensions: [EXTENSION.invalidityDate(at(-5))] }] });
  const step = async (answers: Record<string, Buffer>, attributes: Partial<EnvelopeContent["signedAttributes"]>) => {
    const content = {
      certificateChain: chainOf(byCrl, root),
      signedAttributes: { signingScheme: "notary.x509", signingTime: at(-6), ...attributes },
    } as EnvelopeContent;
    return (await checkRevocation(content, answering(answers), NOW))?.code;
  };

  it("tells revoked from unknown", async () => {
    expect(await step({ [CRL]: crl() }, {})).toBeUndefined();
    expect(await step({ [CRL]: revoked() }, {})).toBe("CERTIFICATE_REVOKED");
    expect(await step({}, {})).toBe("REVOCATION_UNKNOWN");
  });

  it("believes the signing time of a signing authority alone", async () => {
    const signingScheme = "notary.x509.signingAuthority";
    expect(await step({ [CRL]: revoked() }, { signingScheme })).toBeUndefined();
    expect(await step({ [CRL]: revoked() }, { signingScheme, signingTime: at(-4) })).toBe("CERTIFICATE_REVOKED");
  });
});
