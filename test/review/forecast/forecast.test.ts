import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Descriptor } from "../../../components/notary/descriptor";
import type { SignatureRepository } from "../../../components/notary/signatureRepository";
import { OciError } from "../../../components/oci/error";
import { LayoutSignatureRepository } from "../../../components/oci/layoutSignatureRepository";
import { RevocationCache } from "../../../components/pki/revocationCache";
import { httpRevocationSource } from "../../../components/pki/revocationSource";
import { httpTimestampServer } from "../../../components/pki/timestampServer";
import { type ForecastArgs, forecast } from "../../../components/review/forecast/forecast";
import { outcomeOf } from "../../../components/review/forecast/forecastReport";
import { forecastSchema } from "../../../components/review/forecast/forecastSchema";
import type { InventoryEntry } from "../../../components/review/inventory/inventory";
import type { TrustState } from "../../../components/review/state/state";
import * as make from "../../support/certificates";
import { EXTENSION, makeCrl } from "../../support/crl";
import { writeLayout } from "../../support/images";
import { makeOcspResponse } from "../../support/ocsp";
import { unreachable } from "../../support/revocation";
import { startTsa, type TestTsa } from "../../support/tsa";
import { describedBy, unsaidIn } from "../report/schemas";
import { side } from "../support";
import { type AnswerServer, chainOf, inDays, just, parsed, signBy, startAnswers, TODAY, trusting } from "./support";

// Real signatures, time stamps and revocation servers; only the clocks of the verdicts are to come.

const SCOPE = "registry.example/app";
let directory: string;
let layout: LayoutSignatureRepository;
let server: AnswerServer;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "breakwater-forecast-"));
  server = await startAnswers();
  await writeLayout(directory, { layers: ["first"] });
  layout = new LayoutSignatureRepository(directory, SCOPE);
});
afterAll(async () => {
  await server.stop();
  await rm(directory, { recursive: true, force: true });
});

let number = 0;
const newImage = async () => (await writeLayout(directory, { layers: [`image ${number++}`] })).root;

function entry(descriptor: Descriptor, signatures: SignatureRepository = layout): InventoryEntry {
  const reference = `${SCOPE}@${descriptor.digest}`;
  const inventory = "oci-layout:images=registry.example/app";
  return { image: { reference, scope: SCOPE, descriptor, tags: ["v1"], inventory, signatures } };
}

async function* listed(entries: Iterable<InventoryEntry>): AsyncGenerator<InventoryEntry> {
  yield* entries;
}

const describesAll = describedBy(forecastSchema);

/** Of the images, in the next year; the published schema describes every field of what is found. */
async function lookAhead(trust: TrustState, images: readonly Descriptor[], more: Partial<ForecastArgs> = {}) {
  const found = await forecast({
    images: listed(images.map((image) => entry(image))),
    trust,
    at: new Date(),
    until: inDays(365),
    today: new Date(),
    revocation: httpRevocationSource({ cache: new RevocationCache() }),
    served: () => Promise.reject(new Error("no registry is asked")),
    ...more,
  });
  describesAll(found);
  return found;
}

it("A forecast's schema says of every field what it means", () => {
  expect(unsaidIn(forecastSchema)).toEqual([]);
});

describe("An image's forecast", () => {
  it.each([
    ["leaf", { leaf: 30, intermediate: 60, root: 90 }, 30],
    ["intermediate", { leaf: 30, intermediate: 20, root: 90 }, 20],
    ["root", { leaf: 30, intermediate: 20, root: 10 }, 10],
  ] as const)("names the %s certificate that ends first, and the first moment after it", async (cause, days, first) => {
    const [chain, image] = [await chainOf(days), await newImage()];
    await signBy(layout, image, chain);
    const found = await lookAhead(trusting([chain.root]), [image]);
    const { subject, thumbprint } = parsed(chain[cause]);
    expect(found.events).toEqual([
      {
        instant: just(inDays(first)),
        reference: `${SCOPE}@${image.digest}`,
        tags: ["v1"],
        stack: "production",
        cause,
        validation: "authenticTimestamp",
        code: "CERTIFICATE_EXPIRED",
        certificate: expect.objectContaining({ subject, thumbprint, notAfter: inDays(first).toISOString() }),
        unlessRenewed: false,
        sentence: expect.stringContaining(subject),
      },
    ]);
    expect(found.events[0]?.sentence.includes("trust anchor")).toBe(cause === "root");
    expect(found.counts).toEqual({ lasting: 0, refused: 1, failing: 0, skipped: 0 });
    expect(outcomeOf(found)).toBe(1);
  });

  it("looks until the given time and no further: the last moment of a certificate is a good one", async () => {
    const [chain, image] = [await chainOf(), await newImage()];
    await signBy(layout, image, chain);
    const found = await lookAhead(trusting([chain.root]), [image], { until: inDays(30) });
    expect(found).toMatchObject({ events: [], counts: { lasting: 1, refused: 0 } });
    expect(outcomeOf(found)).toBe(0);
    const oneMore = new Date(inDays(30).getTime() + 1);
    expect((await lookAhead(trusting([chain.root]), [image], { until: oneMore })).events).toHaveLength(1);
    // From a time to come on, what is over then is not to come.
    const later = await lookAhead(trusting([chain.root]), [image], { at: oneMore });
    expect(later).toMatchObject({ events: [], failing: [{ code: "CERTIFICATE_EXPIRED", ended: true }] });
  });

  it("tells when a signature expires, from that very moment on", async () => {
    const [chain, image] = [await chainOf(), await newImage()];
    await signBy(layout, image, chain, { clock: () => TODAY, expirySeconds: 5 * 86_400 });
    const found = await lookAhead(trusting([chain.root]), [image]);
    expect(found.events).toMatchObject([
      { cause: "signature-expiry", code: "SIGNATURE_EXPIRED", validation: "expiry", instant: inDays(5).toISOString() },
    ]);
    expect(found.validity).toMatchObject([{ what: "signature", notAfter: inDays(5).toISOString() }]);
  });

  it("fails an image with several signatures when the last good one ends, and by that", async () => {
    const [short, long, untrusted, image] = [
      await chainOf({ leaf: 10 }),
      await chainOf({ leaf: 40, intermediate: 50, name: "another" }),
      await chainOf({ leaf: 50, name: "unknown" }),
      await newImage(),
    ];
    for (const chain of [short, long, untrusted]) await signBy(layout, image, chain);
    const { events } = await lookAhead(trusting([short.root, long.root]), [image]);
    expect(events).toMatchObject([
      { cause: "leaf", instant: just(inDays(40)), certificate: { subject: parsed(long.leaf).subject } },
    ]);
  });

  it("fails nothing that is only logged, or let through unseen", async () => {
    const [chain, image] = [await chainOf(), await newImage()];
    await signBy(layout, image, chain);
    const levels = async (level: "audit" | "permissive" | "skip") =>
      (await lookAhead(trusting([chain.root], { verification: { level } }), [image])).counts;
    expect(await levels("audit")).toMatchObject({ lasting: 1, refused: 0 });
    expect(await levels("permissive")).toMatchObject({ lasting: 1, refused: 0 });
    expect(await levels("skip")).toMatchObject({ lasting: 0, skipped: 1 });
  });

  it("lists what fails already apart: what has ended, what was never good, and what no trust is about", async () => {
    const [chain, expired, unsigned, stranger] = [
      await chainOf(),
      await newImage(),
      await newImage(),
      await newImage(),
    ];
    await signBy(layout, expired, chain, { clock: () => new Date(Date.now() - 60_000), expirySeconds: 1 });
    const images = [entry(expired), entry(unsigned)];
    const found = await lookAhead(trusting([chain.root]), [], { images: listed(images) });
    expect(found.events).toEqual([]);
    const rows = found.failing.map(({ reference, code, ended }) => [reference.split("@")[1], code, ended]);
    expect(rows).toContainEqual([expired.digest, "SIGNATURE_EXPIRED", true]);
    expect(rows).toContainEqual([unsigned.digest, "NO_SIGNATURE", false]);
    expect(outcomeOf(found)).toBe(1);
    const onlyUnsigned = await lookAhead(trusting([chain.root]), [unsigned]);
    expect(outcomeOf(onlyUnsigned)).toBe(0);
    const ungoverned = await lookAhead(side("nothing", {}), [stranger]);
    expect(ungoverned.failing).toMatchObject([{ stack: null, code: "NO_APPLICABLE_TRUST_POLICY", ended: false }]);
  });

  it("can't tell of what can't be had or judged, and goes on", async () => {
    const [chain, image] = [await chainOf(), await newImage()];
    await signBy(layout, image, chain);
    const down = () => Promise.reject(new OciError("REGISTRY_UNREACHABLE", "it is down"));
    const broken = {
      scope: SCOPE,
      listSignatures: down,
      fetchManifest: down,
      fetchEnvelope: down,
      pushSignature: down,
    };
    const images = [entry(await newImage(), broken), entry(image)];
    const found = await lookAhead(trusting([chain.root]), [], { images: listed(images), until: inDays(1) });
    expect(found).toMatchObject({ partial: true, unknown: [{ code: "REGISTRY_UNREACHABLE" }], counts: { lasting: 1 } });
    expect(outcomeOf(found)).toBe(2);
    const unreadable = await lookAhead(side("broken", { production: { trust: "unreadable" } }), [image]);
    expect(unreadable).toMatchObject({
      unknown: [{ code: "POLICY_MALFORMED" }],
      problems: [{ code: "POLICY_MALFORMED" }],
    });
    expect(outcomeOf(unreadable)).toBe(2);
  });

  it("is made once of an image that comes twice, so many at a time, soonest failure first", async () => {
    const [soon, late] = [await chainOf({ leaf: 3 }), await chainOf({ leaf: 4, name: "late" })];
    const [one, other] = [await newImage(), await newImage()];
    await signBy(layout, one, late);
    await signBy(layout, other, soon);
    const progress: number[] = [];
    const found = await lookAhead(trusting([soon.root, late.root]), [one, other, one], {
      concurrency: 1,
      onProgress: ({ images }) => progress.push(images),
    });
    expect(found.events.map(({ reference }) => reference.split("@")[1])).toEqual([other.digest, one.digest]);
    expect(progress).toEqual([1, 2, 2]);
  });
});

describe("A forecast with CRLs and OCSP", () => {
  let crlNumber = 0;
  async function withCrl(days: number, more: Parameters<typeof chainOf>[0] = {}) {
    const path = `/${crlNumber++}.crl`;
    const chain = await chainOf({ ...more, extensions: [make.crlDistributionPoint(`${server.url}${path}`)] });
    server.answers.set(
      path,
      makeCrl({
        issuer: chain.intermediate,
        thisUpdate: TODAY,
        nextUpdate: inDays(days),
        extensions: [EXTENSION.number(1)],
      }),
    );
    return { chain, path };
  }

  it("tells that a CRL ends unless it is renewed, and what fails if it is", async () => {
    const [{ chain, path }, image] = [await withCrl(7), await newImage()];
    await signBy(layout, image, chain);
    const found = await lookAhead(trusting([chain.root]), [image]);
    expect(found.events).toMatchObject([
      {
        instant: just(inDays(7)),
        cause: "crl",
        validation: "revocation",
        code: "REVOCATION_UNKNOWN",
        unlessRenewed: true,
        certificate: { subject: parsed(chain.leaf).subject },
        sentence: expect.stringContaining(`${server.url}${path}`),
      },
      { instant: just(inDays(30)), cause: "leaf", code: "CERTIFICATE_EXPIRED", unlessRenewed: false },
    ]);
    expect(found.counts).toMatchObject({ refused: 1 });
  });

  it("asks a CRL server for thousands of verdicts as for one", async () => {
    const [{ chain, path }, images] = [await withCrl(7), [await newImage(), await newImage(), await newImage()]];
    for (const image of images) await signBy(layout, image, chain);
    await lookAhead(trusting([chain.root]), images);
    // And once more past every cache, when it does not hold any more.
    expect(server.asked.filter((asked) => asked === path).length).toBeLessThanOrEqual(2);
  });

  it("knows the CRL that only a signature behind the first one asks for", async () => {
    const [first, { chain: second }, image] = [await chainOf({ leaf: 5 }), await withCrl(9), await newImage()];
    await signBy(layout, image, first);
    await signBy(layout, image, second);
    const { events } = await lookAhead(trusting([first.root, second.root]), [image]);
    expect(events.map(({ cause, instant }) => [cause, instant])).toEqual([
      ["crl", just(inDays(9))],
      ["leaf", just(inDays(30))],
    ]);
  });

  it("takes today's OCSP answer for the one that is given then: its age is no failure, a revocation is one", async () => {
    const path = "/ocsp";
    const [chain, image] = [
      await chainOf({ extensions: [make.ocspResponder(`${server.url}${path}`)] }),
      await newImage(),
    ];
    await signBy(layout, image, chain);
    const answer = (status: "good" | "revoked") =>
      makeOcspResponse({
        certificate: chain.leaf,
        issuer: chain.intermediate,
        status,
        thisUpdate: TODAY,
        nextUpdate: inDays(0.1),
      });
    server.answers.set(path, answer("good"));
    const found = await lookAhead(trusting([chain.root]), [image]);
    expect(found.events).toMatchObject([{ cause: "leaf", instant: just(inDays(30)) }]);
    expect(found.failing).toEqual([]);
    server.answers.set(path, answer("revoked"));
    const revoked = await lookAhead(trusting([chain.root]), [image]);
    expect(revoked).toMatchObject({ events: [], failing: [{ code: "CERTIFICATE_REVOKED", ended: false }] });
  });

  it("has an image whose revocation nobody can tell fail at once, as the core does", async () => {
    const [{ chain }, image] = [await withCrl(7), await newImage()];
    await signBy(layout, image, chain);
    const found = await lookAhead(trusting([chain.root]), [image], { revocation: unreachable });
    expect(found).toMatchObject({ events: [], failing: [{ code: "REVOCATION_UNKNOWN" }] });
  });
});

describe("A forecast with time stamps", () => {
  let tsa: TestTsa;
  let another: TestTsa;
  const afterCertExpiry = { verification: { level: "strict", verifyTimestamp: "afterCertExpiry" } as const };
  beforeAll(async () => {
    const crl = make.crlDistributionPoint(`${server.url}/tsa.crl`);
    const ca = await chainOf({ name: "tsa" });
    [tsa, another] = [await startTsa({ root: ca.root, extensions: [crl] }), await startTsa()];
    server.answers.set("/tsa.crl", makeCrl({ issuer: ca.root, thisUpdate: TODAY, nextUpdate: inDays(50) }));
  });
  afterAll(() => Promise.all([tsa.stop(), another.stop()]));

  async function stamped(by: TestTsa | undefined) {
    const [chain, image] = [await chainOf(), await newImage()];
    const revocation = httpRevocationSource({ cache: new RevocationCache() });
    const timestamping = by && { server: httpTimestampServer(by.url), roots: [parsed(by.root)], revocation };
    await signBy(layout, image, chain, timestamping && { timestamping });
    return { chain, image };
  }

  it("names the certificate whose end no time stamp outlasts", async () => {
    const { chain, image } = await stamped(undefined);
    const { events } = await lookAhead(trusting([chain.root], { ...afterCertExpiry, tsa: tsa.rootPem }), [image]);
    expect(events).toMatchObject([{ cause: "leaf", code: "TIMESTAMP_MISSING", instant: just(inDays(30)) }]);
  });

  it("has a time stamp outlast the signer's certificates and the authority's own, and its CRL end", async () => {
    const { chain, image } = await stamped(tsa);
    const trust = trusting([chain.root], { ...afterCertExpiry, tsa: tsa.rootPem });
    const { events } = await lookAhead(trust, [image], { until: inDays(40) });
    expect(events).toEqual([]);
    const found = await lookAhead(trust, [image]);
    expect(found.events).toMatchObject([
      {
        cause: "crl",
        validation: "authenticTimestamp",
        code: "TIMESTAMP_REVOCATION_UNKNOWN",
        instant: just(inDays(50)),
        unlessRenewed: true,
        certificate: { subject: parsed(tsa.leaf).subject },
      },
    ]);
  });

  it("names a time stamp that does not count, from when on it is needed", async () => {
    const { chain, image } = await stamped(another);
    const { events } = await lookAhead(trusting([chain.root], { ...afterCertExpiry, tsa: tsa.rootPem }), [image]);
    expect(events).toMatchObject([
      {
        cause: "tsa",
        validation: "authenticTimestamp",
        code: "TIMESTAMP_NOT_TRUSTED",
        instant: just(inDays(30)),
        certificate: { subject: parsed(another.leaf).subject },
      },
    ]);
  });
});
