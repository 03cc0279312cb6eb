import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { certificatePem, parseCertificates } from "../../components/notary/certificates/pem";
import { compileTrust } from "../../components/notary/trust/declaration";
import type { VerifyTimestamp } from "../../components/notary/trust/document";
import { verifyEnvelope } from "../../components/notary/verification/verifyArtifact";
import { goModule } from "../support/goModule";
import { unreachable } from "../support/revocation";

// notation-go's envelopes with time stamps of a real authority (verifier/testdata/timestamp/sigEnv), with the results of its
// timestamp_test.go. The authority's servers are not asked here, so what the reference verifies comes as far as revocation.

const SCOPE = "registry.acme-rockets.io/software/net-monitor";
const ARTIFACT = { mediaType: "a/b", digest: `sha256:${"0".repeat(64)}`, size: 1 };
const JWS = "application/jose+json";
const COSE = "application/cose";
const AS_FAR_AS_REVOCATION = "TIMESTAMP_REVOCATION_UNKNOWN";

let testdata: string;
beforeAll(() => {
  testdata = join(goModule("github.com/notaryproject/notation-go"), "verifier/testdata");
});

const anchors = (path: string) =>
  parseCertificates(readFileSync(join(testdata, "truststore/x509", path))).map(({ raw }) => certificatePem(raw));

interface Trusted {
  tsa?: string;
  verifyTimestamp?: VerifyTimestamp;
  now?: Date;
}

/** The outcome of authenticTimestamp; all that comes before it is only logged. */
async function outcomeOf(name: string, mediaType: string, trusted: Trusted = {}) {
  const { tsa = "test-timestamp/globalsignRoot.cer", verifyTimestamp = "always" } = trusted;
  const verdict = await verifyEnvelope({
    envelope: readFileSync(join(testdata, "timestamp/sigEnv", name)),
    envelopeMediaType: mediaType,
    artifact: ARTIFACT,
    scope: SCOPE,
    trust: compileTrust({
      policy: {
        version: "1.0",
        trustPolicies: [
          {
            name: "test-timestamp",
            registryScopes: ["*"],
            signatureVerification: { level: "audit", verifyTimestamp },
            trustStores: ["ca:valid-trust-store", ...(tsa === "" ? [] : ["tsa:test"])],
            trustedIdentities: ["*"],
          },
        ],
      },
      stores: {
        "ca:valid-trust-store": anchors("ca/valid-trust-store/TestTimestamp.crt"),
        ...(tsa !== "" && { "tsa:test": anchors(`tsa/${tsa}`) }),
      },
    }),
    clock: () => trusted.now ?? new Date("2026-01-01T00:00:00Z"),
    revocation: unreachable,
  });
  const outcomes = verdict.signatures[0]?.outcomes ?? [];
  expect(outcomes[0]).toMatchObject({ validation: "integrity", result: "passed" });
  return outcomes.find(({ validation }) => validation === "authenticTimestamp");
}

describe("notation-go's envelopes with a time stamp", () => {
  it.each([
    ["jwsWithTimestamp.sig", JWS],
    ["coseWithTimestamp.sig", COSE],
    ["jwsExpiredWithTimestamp.sig", JWS],
    ["coseExpiredWithTimestamp.sig", COSE],
  ])("%s has one that the authority's root vouches for", async (name, mediaType) => {
    expect(await outcomeOf(name, mediaType)).toMatchObject({ result: "failed", code: AS_FAR_AS_REVOCATION });
  });

  it("need none before the certificate expired, under afterCertExpiry", async () => {
    const verifyTimestamp = "afterCertExpiry";
    const now = new Date("2024-10-01T00:00:00Z");
    expect(await outcomeOf("jwsWithTimestamp.sig", JWS, { verifyTimestamp, now })).toMatchObject({ result: "passed" });
  });

  it("are of no use when no tsa store is trusted and the certificate has expired", async () => {
    const outcome = await outcomeOf("coseExpiredWithTimestamp.sig", COSE, { tsa: "" });
    expect(outcome).toMatchObject({ result: "failed", code: "CERTIFICATE_EXPIRED" });
  });

  it("fail without it", async () => {
    const outcome = await outcomeOf("withoutTimestamp.sig", JWS);
    expect(outcome).toMatchObject({ result: "failed", code: "TIMESTAMP_MISSING" });
  });

  it("fail under another authority's root", async () => {
    const outcome = await outcomeOf("jwsWithTimestamp.sig", JWS, { tsa: "test-mismatch/DigiCertTSARootSHA384.cer" });
    expect(outcome).toMatchObject({ result: "failed", code: "TIMESTAMP_NOT_TRUSTED" });
  });

  it("fail when it lies before or after the signing certificate's life", async () => {
    const before = await outcomeOf("timestampBeforeNotBefore.sig", JWS);
    expect(before).toMatchObject({ result: "failed", code: "TIMESTAMP_OUTSIDE_CERTIFICATE_VALIDITY" });
    const after = await outcomeOf("timestampAfterNotAfter.sig", COSE);
    expect(after).toMatchObject({ result: "failed", code: "TIMESTAMP_OUTSIDE_CERTIFICATE_VALIDITY" });
  });
});
