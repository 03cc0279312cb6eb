import { beforeAll, describe, expect, it } from "vitest";
import { JWS_MEDIA_TYPE } from "../../components/notary/envelope/content";
import type { SignatureRepository } from "../../components/notary/signatureRepository";
import { digestOf, packSignature } from "../../components/notary/signing/manifest";
import { compileTrust } from "../../components/notary/trust/declaration";
import type { SignatureVerification } from "../../components/notary/trust/document";
import { VerificationError } from "../../components/notary/verification/error";
import { ruleThatFailed } from "../../components/notary/verification/ruleThatFailed";
import type { VerdictCode } from "../../components/notary/verification/verdict";
import { verifyArtifact, verifyEnvelope } from "../../components/notary/verification/verifyArtifact";
import * as make from "../support/certificates";
import { unreachable } from "../support/revocation";
import { ARTIFACT, type JwsOptions, signJws } from "./envelopes";
import { expectCode } from "./expectCode";

const SCOPE = "registry.test/net-monitor";
const SCHEME = "io.cncf.notary.signingScheme";
const EXPIRY = "io.cncf.notary.expiry";
let root: make.TestCertificate;
let leaf: make.TestCertificate;
let stranger: make.TestCertificate;
beforeAll(async () => {
  root = await make.goodRoot();
  leaf = await make.goodLeaf(root);
  stranger = await make.selfSignedLeaf();
});

interface TrustOptions {
  verification?: SignatureVerification;
  trustStores?: string[];
  trustedIdentities?: string[];
  registryScopes?: string[];
  anchors?: string;
}

function trusting({
  verification = { level: "strict" },
  trustStores = ["ca:a"],
  trustedIdentities = ["*"],
  registryScopes = [SCOPE],
  anchors = root.pem,
}: TrustOptions = {}) {
  const skip = verification.level === "skip";
  const statement = {
    name: "images",
    registryScopes,
    signatureVerification: verification,
    ...(!skip && { trustStores, trustedIdentities }),
  };
  return compileTrust({
    policy: { version: "1.0", trustPolicies: [statement] },
    stores: {
      "ca:a": [anchors],
      "ca:b": [root.pem],
      "signingAuthority:a": [anchors],
      "tsa:a": [root.pem],
    },
  });
}

const envelopeOf = (signer = leaf, options: JwsOptions = {}) =>
  Buffer.from(JSON.stringify(signJws(signer, { chain: signer === leaf ? [leaf, root] : [signer], ...options })));

function verify(
  envelope: Buffer,
  trust: TrustOptions = {},
  changes: { clock?: () => Date; userMetadata?: Record<string, string>; scope?: string; mediaType?: string } = {},
) {
  const { clock = make.now, scope = SCOPE, mediaType = JWS_MEDIA_TYPE, userMetadata = {} } = changes;
  return verifyEnvelope({
    envelope,
    envelopeMediaType: mediaType,
    artifact: ARTIFACT,
    scope,
    trust: trusting(trust),
    clock,
    revocation: unreachable,
    userMetadata,
  });
}

const expiring = (time: string): JwsOptions => ({ header: { [EXPIRY]: time, crit: [SCHEME, EXPIRY] } });
const later = () => new Date("2028-01-01T00:00:00Z");

describe("a good signature", () => {
  it("is verified, with every outcome in order and its signer", async () => {
    const verdict = await verify(envelopeOf());
    expect(verdict).toMatchObject({
      digest: ARTIFACT.digest,
      verdict: "verified",
      enforced: true,
      statement: "images",
      level: "strict",
    });
    expect(verdict.signatures[0]?.outcomes).toEqual(
      ["integrity", "authenticity", "expiry", "authenticTimestamp", "revocation"].map((validation) => ({
        validation,
        action: "enforce",
        result: "passed",
      })),
    );
    expect(verdict.signatures[0]?.signer).toMatchObject({
      subject: "CN=signer,O=wabbit-networks.io,ST=WA,C=US",
      issuer: "CN=root,O=wabbit-networks.io,ST=WA,C=US",
    });
  });

  it("is verified a nanosecond before it expires", async () => {
    const signature = envelopeOf(leaf, expiring("2026-06-01T12:00:01.000000001Z"));
    const clock = () => new Date("2026-06-01T12:00:01Z");
    expect((await verify(signature, {}, { clock })).verdict).toBe("verified");
  });

  it("is verified by a trusted leaf, by an identity in part, and with the metadata asked for", async () => {
    expect((await verify(envelopeOf(stranger), { anchors: stranger.pem })).verdict).toBe("verified");
    expect(
      (await verify(envelopeOf(), { trustedIdentities: ["x509.subject: C=US, S=WA, O=wabbit-networks.io"] })).verdict,
    ).toBe("verified");
    const payload = JSON.stringify({ targetArtifact: { ...ARTIFACT, annotations: { a: "1", b: "2" } } });
    expect((await verify(envelopeOf(leaf, { payload }), {}, { userMetadata: { a: "1" } })).verdict).toBe("verified");
  });

  it("needs no time stamp after afterCertExpiry while its chain is valid, and its own time stamp is not looked at without a tsa store", async () => {
    const verification = { level: "strict", verifyTimestamp: "afterCertExpiry" } as const;
    expect((await verify(envelopeOf(), { verification, trustStores: ["ca:a", "tsa:a"] })).verdict).toBe("verified");
    const stamped = envelopeOf(leaf, { unprotected: { "io.cncf.notary.timestampSignature": "AAAA" } });
    expect((await verify(stamped)).verdict).toBe("verified");
  });
});

describe("under strict", () => {
  const failing: [string, VerdictCode, string | undefined, () => ReturnType<typeof verify>][] = [
    [
      "an altered signature",
      "ENVELOPE_SIGNATURE_INVALID",
      "integrity",
      () => verify(envelopeOf(leaf, { sign: () => Buffer.alloc(64, 1) })),
    ],
    [
      "an envelope of another format than its media type",
      "ENVELOPE_MALFORMED",
      "integrity",
      () => verify(envelopeOf(), {}, { mediaType: "application/cose" }),
    ],
    ["an unknown signer", "CERTIFICATE_CHAIN_NOT_TRUSTED", "authenticity", () => verify(envelopeOf(stranger))],
    [
      "no store of the type ca",
      "NO_TRUSTED_CERTIFICATE",
      "authenticity",
      () => verify(envelopeOf(), { trustStores: ["signingAuthority:a"] }),
    ],
    [
      "another identity",
      "SIGNER_IDENTITY_NOT_TRUSTED",
      "authenticity",
      () => verify(envelopeOf(), { trustedIdentities: ["x509.subject: C=US,ST=WA,O=acme"] }),
    ],
    [
      "a subject that no identity can match",
      "DISTINGUISHED_NAME_INVALID",
      "authenticity",
      async () => {
        const odd = await make.selfSignedLeaf({ subject: "C=US, ST=WA, O=wabbit-networks.io, E=a@b.test" });
        return verify(envelopeOf(odd), {
          anchors: odd.pem,
          trustedIdentities: ["x509.subject: C=US,ST=WA,O=wabbit-networks.io"],
        });
      },
    ],
    [
      "an expiry at this instant",
      "SIGNATURE_EXPIRED",
      "expiry",
      () =>
        verify(
          envelopeOf(leaf, expiring("2026-06-01T12:00:01Z")),
          {},
          { clock: () => new Date("2026-06-01T12:00:01Z") },
        ),
    ],
    [
      "an expiry of which the clock's millisecond has nothing left",
      "SIGNATURE_EXPIRED",
      "expiry",
      () =>
        verify(
          envelopeOf(leaf, expiring("2026-06-01T12:00:00.9999999Z")),
          {},
          { clock: () => new Date("2026-06-01T12:00:01Z") },
        ),
    ],
    [
      "an expired certificate",
      "CERTIFICATE_EXPIRED",
      "authenticTimestamp",
      () => verify(envelopeOf(), {}, { clock: later }),
    ],
    [
      "a certificate that is not valid yet",
      "CERTIFICATE_NOT_YET_VALID",
      "authenticTimestamp",
      () => verify(envelopeOf(), {}, { clock: () => new Date(0) }),
    ],
    [
      "no time stamp under a tsa store",
      "TIMESTAMP_MISSING",
      "authenticTimestamp",
      () => verify(envelopeOf(), { trustStores: ["ca:a", "tsa:a"] }),
    ],
    [
      "no time stamp under a tsa store after the certificate's expiry",
      "TIMESTAMP_MISSING",
      "authenticTimestamp",
      () =>
        verify(
          envelopeOf(),
          { trustStores: ["ca:a", "tsa:a"], verification: { level: "strict", verifyTimestamp: "afterCertExpiry" } },
          { clock: later },
        ),
    ],
    [
      "a certificate with a CRL",
      "REVOCATION_UNKNOWN",
      "revocation",
      () => verify(revokable(make.crlDistributionPoint("http://crl.test"))),
    ],
    [
      "a certificate with an OCSP responder",
      "REVOCATION_UNKNOWN",
      "revocation",
      () => verify(revokable(make.ocspResponder("http://ocsp.test"))),
    ],
    [
      "another artifact",
      "ARTIFACT_MISMATCH",
      undefined,
      () => verify(envelopeOf(leaf, { payload: JSON.stringify({ targetArtifact: { ...ARTIFACT, size: 1 } }) })),
    ],
    [
      "a payload without artifact",
      "ENVELOPE_PAYLOAD_MALFORMED",
      undefined,
      () => verify(envelopeOf(leaf, { payload: "{}" })),
    ],
    [
      "missing metadata",
      "USER_METADATA_MISMATCH",
      undefined,
      () => verify(envelopeOf(), {}, { userMetadata: { a: "1" } }),
    ],
  ];
  let withExtension: Map<string, Buffer>;
  beforeAll(async () => {
    withExtension = new Map();
    for (const extension of [make.crlDistributionPoint("http://crl.test"), make.ocspResponder("http://ocsp.test")]) {
      const signer = await make.goodLeaf(root, { extensions: [make.keyUsage(make.digitalSignature), extension] });
      withExtension.set(extension.type, envelopeOf(signer, { chain: [signer, root] }));
    }
  });
  const revokable = ({ type }: { type: string }) => withExtension.get(type) ?? Buffer.alloc(0);

  it.each(failing)("%s fails, by name", async (_, code, validation, act) => {
    const verdict = await act();
    expect(verdict).toMatchObject({
      verdict: "failed",
      enforced: false,
      code: "NO_SIGNATURE_VERIFIED",
      signatures: [{ verdict: "failed", code }],
    });
    const failed = verdict.signatures[0]?.outcomes.filter(({ result }) => result === "failed") ?? [];
    expect(failed.map((outcome) => [outcome.validation, outcome.code])).toEqual(validation ? [[validation, code]] : []);
    // Nothing is evaluated after an enforced failure.
    if (validation) expect(verdict.signatures[0]?.outcomes.at(-1)?.validation).toBe(validation);
    expect(ruleThatFailed(verdict)).toContain(`"images" (strict): ${validation ?? "the signature"} failed: ${code}: `);
  });
});

describe("what a signature demands and we do not know fails under any level", () => {
  const audit = { verification: { level: "audit" } } as const;
  it.each<[string, VerdictCode, Record<string, unknown>]>([
    [
      "a verification plugin",
      "VERIFICATION_PLUGIN_UNSUPPORTED",
      { "io.cncf.notary.verificationPlugin": "p", crit: [SCHEME, "io.cncf.notary.verificationPlugin"] },
    ],
    ["a plugin that is not critical", "VERIFICATION_PLUGIN_UNSUPPORTED", { "io.cncf.notary.verificationPlugin": "p" }],
    ["an unknown critical attribute", "CRITICAL_ATTRIBUTE_UNKNOWN", { custom: 1, crit: [SCHEME, "custom"] }],
  ])("%s", async (_, code, header) => {
    const verdict = await verify(envelopeOf(leaf, { header }), audit);
    expect(verdict).toMatchObject({
      verdict: "failed",
      signatures: [{ code, outcomes: [{ validation: "integrity", result: "passed" }] }],
    });
  });

  it("but an unknown attribute that is not critical does not matter", async () => {
    expect((await verify(envelopeOf(leaf, { header: { custom: 1 } }))).verdict).toBe("verified");
  });
});

describe("the scheme notary.x509.signingAuthority", () => {
  const authority = (time = "2026-06-01T12:00:00Z"): JwsOptions => ({
    header: {
      [SCHEME]: "notary.x509.signingAuthority",
      "io.cncf.notary.signingTime": undefined,
      "io.cncf.notary.authenticSigningTime": time,
      crit: [SCHEME, "io.cncf.notary.authenticSigningTime"],
    },
  });
  const trustStores = ["signingAuthority:a"];
  const codeOf = async (verdict: ReturnType<typeof verify>) => (await verdict).signatures[0]?.code;

  it("is verified by a store of the type signingAuthority, with a certificate that was valid when it signed", async () => {
    expect(await verify(envelopeOf(leaf, authority()), { trustStores })).toMatchObject({
      verdict: "verified",
      enforced: true,
    });
    expect((await verify(envelopeOf(leaf, authority()), { trustStores }, { clock: later })).verdict).toBe("verified");
    // A tsa store asks nothing of it.
    const withTsa = { trustStores: [...trustStores, "tsa:a"] };
    expect((await verify(envelopeOf(leaf, authority()), withTsa)).verdict).toBe("verified");
  });

  it("is trusted by no store of another type, nor is another scheme by its own", async () => {
    const others = { trustStores: ["ca:a", "tsa:a"] };
    expect(await codeOf(verify(envelopeOf(leaf, authority()), others))).toBe("NO_TRUSTED_CERTIFICATE");
    expect(await codeOf(verify(envelopeOf(), { trustStores }))).toBe("NO_TRUSTED_CERTIFICATE");
    const both = { trustStores: ["ca:b", "signingAuthority:a"], anchors: stranger.pem };
    expect(await codeOf(verify(envelopeOf(leaf, authority()), both))).toBe("CERTIFICATE_CHAIN_NOT_TRUSTED");
  });

  it("may have been signed to the very end of its certificate's validity", async () => {
    const verdict = await verify(envelopeOf(leaf, authority("2027-06-01T12:00:00.000000000Z")), { trustStores });
    expect(verdict.verdict).toBe("verified");
  });

  it.each(["2026-05-31T11:59:59.999999999Z", "2027-06-01T12:00:00.000000001Z", "2027-06-01T12:00:00.001Z"])(
    "fails when its certificate was not valid at %s",
    async (time) => {
      const verdict = await verify(envelopeOf(leaf, authority(time)), { trustStores });
      expect(verdict.signatures[0]?.outcomes.at(-1)).toMatchObject({
        validation: "authenticTimestamp",
        result: "failed",
        code: "CERTIFICATE_NOT_VALID_AT_SIGNING_TIME",
      });
    },
  );
});

describe("levels", () => {
  it("permissive logs what is stale and enforces who signed", async () => {
    const verification = { level: "permissive" } as const;
    const stale = await verify(envelopeOf(leaf, expiring("2026-06-02T00:00:00Z")), { verification }, { clock: later });
    expect(stale).toMatchObject({ verdict: "verified", enforced: true });
    const logged = stale.signatures[0]?.outcomes.filter(
      ({ action, result }) => action === "log" && result === "failed",
    );
    expect(logged?.map(({ code }) => code)).toEqual(["SIGNATURE_EXPIRED", "CERTIFICATE_EXPIRED"]);
    expect((await verify(envelopeOf(stranger), { verification })).verdict).toBe("failed");
  });

  it("audit verifies a stranger, but not as enforced; it never relaxes integrity or the artifact", async () => {
    const verification = { level: "audit" } as const;
    expect(await verify(envelopeOf(stranger), { verification })).toMatchObject({
      verdict: "verified",
      enforced: false,
    });
    expect((await verify(envelopeOf(leaf, { sign: () => Buffer.alloc(64, 1) }), { verification })).verdict).toBe(
      "failed",
    );
    expect((await verify(envelopeOf(leaf, { payload: "{}" }), { verification })).verdict).toBe("failed");
  });

  it("audit keeps the later reason when store and identity both fail", async () => {
    const verdict = await verify(envelopeOf(stranger), {
      verification: { level: "audit" },
      trustedIdentities: ["x509.subject: C=US,ST=WA,O=acme"],
    });
    expect(verdict.signatures[0]?.outcomes[1]).toMatchObject({
      validation: "authenticity",
      action: "log",
      result: "failed",
      code: "SIGNER_IDENTITY_NOT_TRUSTED",
    });
  });

  it("an override changes the action of its validation only", async () => {
    const verification = { level: "strict", override: { expiry: "log", revocation: "skip" } } as const;
    const verdict = await verify(
      envelopeOf(leaf, expiring("2026-06-01T13:00:00Z")),
      { verification },
      { clock: () => new Date("2026-06-02T00:00:00Z") },
    );
    expect(verdict).toMatchObject({ verdict: "verified", enforced: true });
    expect(verdict.signatures[0]?.outcomes.map(({ action, result }) => `${action} ${result}`)).toEqual([
      "enforce passed",
      "enforce passed",
      "log failed",
      "enforce passed",
      "skip skipped",
    ]);
  });

  it("skip looks at nothing, and is not verified", async () => {
    const verdict = await verify(Buffer.from("nonsense"), { verification: { level: "skip" } });
    expect(verdict).toEqual({
      digest: ARTIFACT.digest,
      verdict: "skipped",
      enforced: false,
      statement: "images",
      level: "skip",
      signatures: [],
    });
  });

  it("no statement for the repository is a failure", async () => {
    const verdict = await verify(envelopeOf(), {}, { scope: "registry.test/other" });
    expect(verdict).toMatchObject({
      verdict: "failed",
      statement: null,
      level: null,
      code: "NO_APPLICABLE_TRUST_POLICY",
    });
    expect(ruleThatFailed(verdict)).toContain("NO_APPLICABLE_TRUST_POLICY");
  });
});

describe("an artifact with several signatures", () => {
  /** The port in memory: what the core asks for, in which order. */
  function repositoryOf(envelopes: Buffer[]) {
    const fetched: string[] = [];
    const packed = envelopes.map((envelope) =>
      packSignature({
        envelope,
        envelopeMediaType: JWS_MEDIA_TYPE,
        subject: ARTIFACT,
        certificateChain: [leaf.der, root.der],
        created: make.NOW,
      }),
    );
    const repository: SignatureRepository = {
      scope: SCOPE,
      listSignatures: async () =>
        packed.map(({ digest, manifest }) => ({ mediaType: ARTIFACT.mediaType, digest, size: manifest.length })),
      fetchManifest: async ({ digest }) => {
        fetched.push(digest);
        const found = packed.find((candidate) => candidate.digest === digest);
        if (!found) throw new Error("the registry cannot be read");
        return found.manifest;
      },
      fetchEnvelope: async ({ digest }) => {
        const found = envelopes.find((envelope) => digestOf(envelope) === digest);
        if (!found) throw new Error("the registry cannot be read");
        return found;
      },
      pushSignature: async () => undefined,
    };
    return { repository, fetched, digests: packed.map(({ digest }) => digest) };
  }
  const verifyAll = (signatures: SignatureRepository, maxSignatures = 100) =>
    verifyArtifact({
      artifact: ARTIFACT,
      scope: SCOPE,
      trust: trusting(),
      signatures,
      clock: make.now,
      revocation: unreachable,
      maxSignatures,
    });

  it("is verified by the first that passes, and no further one is fetched", async () => {
    const { repository, fetched, digests } = repositoryOf([
      envelopeOf(stranger),
      envelopeOf(),
      envelopeOf(leaf, { header: { a: 1 } }),
    ]);
    const verdict = await verifyAll(repository);
    expect(verdict).toMatchObject({
      verdict: "verified",
      enforced: true,
      signatures: [
        { digest: digests[0], verdict: "failed" },
        { digest: digests[1], verdict: "verified" },
      ],
    });
    expect(fetched).toEqual(digests.slice(0, 2));
  });

  it("fails without any signature, when none passes, and by its own code at the maximum", async () => {
    expect(await verifyAll(repositoryOf([]).repository)).toMatchObject({ verdict: "failed", code: "NO_SIGNATURE" });
    const strangers = [envelopeOf(stranger), envelopeOf(stranger, { header: { a: 1 } })];
    expect(await verifyAll(repositoryOf(strangers).repository)).toMatchObject({
      verdict: "failed",
      code: "NO_SIGNATURE_VERIFIED",
    });
    const limited = await verifyAll(repositoryOf([...strangers, envelopeOf()]).repository, 2);
    expect(limited).toMatchObject({ verdict: "failed", code: "MAX_SIGNATURES_REACHED" });
    expect(limited.signatures).toHaveLength(2);
    expect(ruleThatFailed(limited)).toContain("MAX_SIGNATURES_REACHED");
  });

  it("throws what the registry throws, and refuses a maximum that is none", async () => {
    const { repository } = repositoryOf([envelopeOf()]);
    const broken = { ...repository, listSignatures: () => Promise.reject(new RangeError("unreachable")) };
    await expect(verifyAll(broken)).rejects.toThrow(RangeError);
    await expectCode(() => verifyAll(repository, 0), VerificationError, "VERIFICATION_MAX_SIGNATURES_INVALID");
  });
});
