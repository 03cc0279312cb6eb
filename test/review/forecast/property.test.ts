import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SignatureVerification } from "../../../components/notary/trust/document";
import { verifyArtifact } from "../../../components/notary/verification/verifyArtifact";
import { LayoutSignatureRepository } from "../../../components/oci/layoutSignatureRepository";
import { RevocationCache } from "../../../components/pki/revocationCache";
import { httpRevocationSource } from "../../../components/pki/revocationSource";
import { httpTimestampServer } from "../../../components/pki/timestampServer";
import { forecast } from "../../../components/review/forecast/forecast";
import type { InventoryEntry } from "../../../components/review/inventory/inventory";
import * as make from "../../support/certificates";
import { makeCrl } from "../../support/crl";
import { writeLayout } from "../../support/images";
import { startTsa, type TestTsa } from "../../support/tsa";
import { type AnswerServer, chainOf, inDays, parsed, signBy, startAnswers, TODAY, trusting } from "./support";

const DAYS = 50;
const days = fc.double({ min: 0.1, max: DAYS, noNaN: true });
const signature = fc.record({
  leaf: days,
  intermediate: days,
  root: days,
  /** Days of its CRL, of its expiry; whether it is stamped, and trusted. */
  crl: fc.option(days, { nil: undefined }),
  expiry: fc.option(days, { nil: undefined }),
  stamped: fc.boolean(),
  trusted: fc.boolean(),
});
const verification = fc.constantFrom<SignatureVerification>(
  { level: "strict" },
  { level: "strict", verifyTimestamp: "afterCertExpiry" },
  { level: "strict", override: { expiry: "log" } },
  { level: "strict", override: { revocation: "skip" } },
  { level: "strict", override: { authenticTimestamp: "log" } },
  { level: "permissive" },
  { level: "audit" },
);

let directory: string;
let server: AnswerServer;
let tsa: TestTsa;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "breakwater-forecast-property-"));
  server = await startAnswers();
  const ca = await chainOf({ name: "tsa" });
  tsa = await startTsa({ root: ca.root, extensions: [make.crlDistributionPoint(`${server.url}/tsa`)] });
  server.answers.set("/tsa", makeCrl({ issuer: ca.root, thisUpdate: TODAY, nextUpdate: inDays(DAYS / 2) }));
});
afterAll(async () => {
  await Promise.all([server.stop(), tsa.stop()]);
  await rm(directory, { recursive: true, force: true });
});

async function* listed(entry: InventoryEntry): AsyncGenerator<InventoryEntry> {
  yield entry;
}

describe("A forecast", () => {
  it("says of every clock what the core's verdict at that clock says", { timeout: 300_000 }, async () => {
    let made = 0;
    const clocks = fc.array(fc.double({ min: 0, max: DAYS, noNaN: true }), { minLength: 8, maxLength: 8 });
    const signatures = fc.array(signature, { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(signatures, verification, clocks, fc.boolean(), async (signed, verified, at, withTsa) => {
        const image = (await writeLayout(directory, { layers: [`image ${made}`] })).root;
        const layout = new LayoutSignatureRepository(directory, "registry.example/app");
        const issuers = new Map([["/tsa", tsa.root]]);
        const anchors: make.TestCertificate[] = [(await chainOf()).root];
        const revocation = httpRevocationSource({ cache: new RevocationCache() });
        const timestamping = { server: httpTimestampServer(tsa.url), roots: [parsed(tsa.root)], revocation };
        for (const { crl, expiry, stamped, trusted, ...ends } of signed) {
          const path = `/${made++}`;
          const extensions = crl === undefined ? [] : [make.crlDistributionPoint(`${server.url}${path}`)];
          const chain = await chainOf({ ...ends, extensions, name: `signer ${made}` });
          issuers.set(path, chain.intermediate);
          if (crl !== undefined)
            server.answers.set(
              path,
              makeCrl({ issuer: chain.intermediate, thisUpdate: TODAY, nextUpdate: inDays(crl) }),
            );
          if (trusted) anchors.push(chain.root);
          await signBy(layout, image, chain, {
            ...(expiry !== undefined && { expirySeconds: Math.ceil(expiry * 86_400) }),
            ...(stamped && { timestamping }),
          });
        }
        const state = trusting(anchors, { verification: verified, ...(withTsa && { tsa: tsa.rootPem }) });
        const entry = { reference: `registry.example/app@${image.digest}`, scope: "registry.example/app", tags: [] };
        const source = { image: { ...entry, descriptor: image, inventory: "oci-layout:.=a/b", signatures: layout } };
        const now = new Date();
        const lookAhead = () =>
          forecast({
            images: listed(source),
            trust: state,
            at: now,
            until: inDays(DAYS + 1),
            today: now,
            revocation: httpRevocationSource({ cache: new RevocationCache() }),
            served: async () => [],
          });
        const found = await lookAhead();
        const first = found.events[0] === undefined ? undefined : Date.parse(found.events[0].instant);
        const trust = state.stacks.get("production")?.trust;
        if (trust === undefined || !("value" in trust)) throw new Error("the trust can't be read");
        const edges = first === undefined ? [] : [first - 1, first];
        for (const clock of [now.getTime(), ...edges, ...at.map((each) => inDays(each).getTime())]) {
          if (clock < now.getTime()) continue;
          const { verdict } = await verifyArtifact({
            ...{ artifact: image, scope: entry.scope, signatures: layout, revocation },
            trust: trust.value,
            clock: () => new Date(clock),
          });
          const isGood = found.failing.length === 0 && (first === undefined || clock < first);
          expect(verdict, `${JSON.stringify(found.events)} at ${new Date(clock).toISOString()}`).toBe(
            isGood ? "verified" : "failed",
          );
        }
        // What is told to fail if all CRLs are renewed fails, and nothing else, once they are.
        const outdated = new Map(server.answers);
        for (const [path, issuer] of issuers) {
          server.answers.set(path, makeCrl({ issuer, thisUpdate: TODAY, nextUpdate: inDays(DAYS + 2) }));
        }
        const renewed = await lookAhead();
        for (const [path, crl] of outdated) server.answers.set(path, crl);
        const lasting = found.events.filter(({ unlessRenewed }) => !unlessRenewed);
        expect(renewed.events.map(({ instant }) => instant)).toEqual(lasting.map(({ instant }) => instant));
      }),
      { numRuns: 25, endOnFailure: true },
    );
  });
});
